//go:build e2e

package keycloak

import (
	"bufio"
	"bytes"
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"authctl/internal/e2e/program"
	"authctl/internal/jwt"
)

// TestLogin is authorization code with PKCE at the realm's public client, the
// person played by a plain HTTP client.
func TestLogin(t *testing.T) {
	g := needsReal(t)
	a := client(t, g)
	seen, err := jwt.Parse(g.signIn(t, a, "-p", "person", "--select", "id_token"))
	if err != nil {
		t.Fatal(err)
	}
	if email := seen.Claims.String("email"); email != "anna@example.org" {
		t.Errorf("the id_token is %q's", email)
	}
	if g.active(t, a.Must(t, "", "token", "-p", "person", "--force")) != "app" {
		t.Error("the session was not refreshed")
	}
}

// signIn is login-pkce with these flags; it returns what was printed.
func (g *gateway) signIn(t *testing.T, a *program.Authctl, flags ...string) string {
	t.Helper()
	cmd := a.Command(t, append([]string{"login-pkce", "--no-browser"}, flags...)...)
	var out bytes.Buffer
	cmd.Stdout = &out
	says, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	log := bufio.NewScanner(says)
	for log.Scan() {
		if address := strings.TrimSpace(log.Text()); strings.HasPrefix(address, g.issuer()) {
			g.visit(t, address)
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(out.String())
}

// visit opens the authorize URL, fills in the login form and follows the
// redirect back to the loopback listener.
func (g *gateway) visit(t *testing.T, address string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	page := g.fetch(t, browser, http.MethodGet, address, nil)
	action := regexp.MustCompile(`action="([^"]+)"`).FindStringSubmatch(page)
	if action == nil {
		t.Fatalf("no login form at Keycloak: %.300s", page)
	}
	g.fetch(t, browser, http.MethodPost, html.UnescapeString(action[1]), url.Values{"username": {g.User}, "password": {g.Password}})
}

func (g *gateway) fetch(t *testing.T, browser *http.Client, method, address string, form url.Values) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := browser.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s: %.300s", address, resp.Status, body)
	}
	return string(body)
}
