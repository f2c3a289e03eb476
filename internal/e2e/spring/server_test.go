//go:build e2e

package spring

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"authctl/internal/e2e/features"
	"authctl/internal/e2e/maven"
	"authctl/internal/e2e/nginx"
	"authctl/internal/e2e/person"
	"authctl/internal/e2e/process"
	"authctl/internal/e2e/program"
)

// start runs the server for the test with these clients, nginx before it where the
// machine has one, and returns it with an authctl that has a profile for each. It skips where
// Java, Maven or the packages cannot be had.
func start(t *testing.T, c *clients) *features.Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	jar := maven.Server(ctx, t, "spring", sources)
	port, front := freePort(t), nginx.Front{Port: freePort(t), PKI: c.pki}
	front.Server = fmt.Sprintf("127.0.0.1:%d", port)
	if nginx.Absent() == "" {
		front.Start(t)
	}
	s := &features.Server{Person: person.Person{User: "anna", Password: rand.Text()}, ID: "basic", Secret: c.of("basic")}
	issuer := "http://" + front.Server
	s.IntrospectURL, s.UserinfoURL = issuer+"/oauth2/introspect", issuer+"/userinfo"
	s.Issuer, s.DeviceURL = issuer, issuer+"/oauth2/device_authorization"
	launch(ctx, t, jar, issuer, map[string]string{
		"server.address":                "127.0.0.1",
		"server.port":                   fmt.Sprint(port),
		"spring.security.user.name":     s.User,
		"spring.security.user.password": s.Password,
		"e2e.issuer":                    issuer,
		"e2e.mtls":                      front.URL(),
		"e2e.ca":                        c.pki.File("ca.pem"),
		"e2e.secret":                    c.secret,
		"e2e.keys":                      c.serve(t),
	})
	s.Authctl = program.New(t, profiles(t, issuer, c))
	return s
}

// launch returns when the server with these settings answers.
func launch(ctx context.Context, t *testing.T, jar, issuer string, settings map[string]string) {
	t.Helper()
	folder := t.TempDir()
	var text string
	for name, value := range settings {
		text += name + "=" + value + "\n"
	}
	// Spring Boot reads this file of the working folder by itself.
	if err := os.WriteFile(filepath.Join(folder, "application.properties"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("java", "-XX:TieredStopAtLevel=1", "-Xmx256m", "-jar", jar)
	cmd.Dir = folder
	p, err := process.Start(cmd, filepath.Join(folder, "spring.log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Stop)
	if err := p.Ready(ctx, issuer+"/.well-known/openid-configuration"); err != nil {
		t.Fatal(err)
	}
}

func freePort(t *testing.T) int {
	t.Helper()
	port, err := process.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	return port
}
