//go:build e2e

package keycloak

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"authctl/internal/e2e/process"
	"authctl/internal/keys"
)

// gateway is the one Keycloak of this run and its realm.
type gateway struct {
	*process.Process
	*realm
	root   string // http://127.0.0.1:PORT
	folder string // with key.pem and crt.pem
}

// shared is set by TestMain; absent says why there is none on this machine.
var (
	shared *gateway
	absent string
)

func TestMain(m *testing.M) {
	// Pdeathsig is bound to the thread that started the process.
	runtime.LockOSThread()
	os.Exit(run(m))
}

func run(m *testing.M) int {
	ctx, cancel := context.WithTimeout(context.Background(), 8*time.Minute)
	defer cancel()
	for _, program := range []string{"java", "mvn"} {
		if _, err := exec.LookPath(program); err != nil {
			absent = program + " is not on this machine"
			return m.Run()
		}
	}
	file, err := fetch(ctx)
	if errors.Is(err, errCannotHave) {
		absent = err.Error()
		return m.Run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	folder, err := os.MkdirTemp("", "authctl-keycloak-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	shared, err = start(ctx, file, folder)
	if err != nil {
		// It is here and must run: that is a failure, not a skip.
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer shared.Stop()
	return m.Run()
}

func start(ctx context.Context, file, folder string) (*gateway, error) {
	home, err := unpack(file, folder)
	if err != nil {
		return nil, err
	}
	r, err := newRealm()
	if err != nil {
		return nil, err
	}
	text, err := r.file()
	if err != nil {
		return nil, err
	}
	if err := r.write(folder); err != nil {
		return nil, err
	}
	p, root, err := launch(ctx, home, text)
	if err != nil {
		return nil, err
	}
	return &gateway{p, r, root, folder}, nil
}

// needsReal skips where the machine cannot have Keycloak.
func needsReal(t *testing.T) *gateway {
	t.Helper()
	if absent != "" {
		t.Skip("no Keycloak: " + absent)
	}
	return shared
}

func (g *gateway) issuer() string { return g.root + "/realms/ehealth" }

// server is the real one as a case of the table sees it.
func (g *gateway) server(t *testing.T) *server {
	t.Helper()
	kid, err := (&keys.Key{Public: g.key.Public()}).SPKISHA256()
	if err != nil {
		t.Fatal(err)
	}
	s := &server{
		issuer: g.issuer(), tokenURL: g.issuer() + "/protocol/openid-connect/token",
		client: "eoj", key: g.key, kid: kid,
	}
	// client_credentials.use_refresh_token of the realm's client
	s.session = func(t *testing.T) string {
		return s.mustGrant(t, s.clientCredentials(s.assertion().sign())).RefreshToken
	}
	return s
}
