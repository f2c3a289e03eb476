//go:build e2e

package oidcprovider

import (
	"bufio"
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

// TestOneLoginTwoResources: of one login, a token for each of two resources
// (RFC 8707), both bound to the session's DPoP key, while the session's own
// token and refresh token go on. The provider ends a session whose refresh token
// is sent twice.
func TestOneLoginTwoResources(t *testing.T) {
	_, a := start(t, 0)
	signIn(t, a, "apis")
	own := a.Must(t, "", "token", "-p", "apis")
	bound := map[string]bool{}
	for _, api := range []string{"https://api-one.example", "https://api-two.example"} {
		token := a.Must(t, "", "token", "-p", "apis", "--resource", api)
		seen, err := jwt.Parse(token)
		if err != nil {
			t.Fatal(err)
		}
		if to := seen.Claims.String("aud"); to != api {
			t.Errorf("--resource %s gives a token for %q", api, to)
		}
		bound[string(seen.Claims.Raw("cnf"))] = true
		if a.Must(t, "", "token", "-p", "apis", "--resource", api) != token {
			t.Error("the second call asked again")
		}
	}
	if len(bound) != 1 || bound[""] {
		t.Errorf("bound to %v", bound)
	}
	if a.Must(t, "", "token", "-p", "apis") != own {
		t.Error("the session has another token")
	}
	if a.Must(t, "", "refresh", "-p", "apis") == own {
		t.Error("refresh gave the old token")
	}
	a.Must(t, "", "token", "-p", "apis", "--resource", "https://api-one.example", "--force")
	// This provider spends the refresh token before it looks at the resource: the
	// refusal has ended the session, and the command that finds out says so.
	if r := a.Run(t, "", "token", "-p", "apis", "--resource", "https://elsewhere.example"); r.Code != 4 || !strings.Contains(r.Stderr, "invalid_target") {
		t.Errorf("another resource: exit %d\n%s", r.Code, r.Stderr)
	}
	if r := a.Run(t, "", "refresh", "-p", "apis"); r.Code != 8 || !strings.Contains(r.Stderr, "refused a token for resource https://elsewhere.example") {
		t.Errorf("then: exit %d\n%s", r.Code, r.Stderr)
	}
}

// signIn is login-pkce, the person played by a plain HTTP client.
func signIn(t *testing.T, a *program.Authctl, profile string) {
	t.Helper()
	cmd := a.Command(t, "login-pkce", "-p", profile, "--no-browser")
	says, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var said strings.Builder
	log := bufio.NewScanner(says)
	for log.Scan() {
		said.WriteString(log.Text() + "\n")
		if address := strings.TrimSpace(log.Text()); strings.Contains(address, "request_uri=") {
			visit(t, address)
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("login-pkce: %v\n%s", err, &said)
	}
}

// visit fills in the provider's two pages, who and yes, and ends at the callback.
func visit(t *testing.T, address string) {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	action := regexp.MustCompile(`action="([^"]+/interaction/[^"]+|/interaction/[^"]+)"`)
	at, page := open(t, browser, http.MethodGet, address, nil)
	for _, prompt := range []string{"login", "consent"} {
		form := action.FindStringSubmatch(page)
		if form == nil {
			t.Fatalf("no form to %s at %s: %.500s", prompt, at, page)
		}
		to, err := at.Parse(html.UnescapeString(form[1]))
		if err != nil {
			t.Fatal(err)
		}
		at, page = open(t, browser, http.MethodPost, to.String(), url.Values{"prompt": {prompt}, "login": {"alice"}, "password": {"any"}})
	}
}

func open(t *testing.T, browser *http.Client, method, address string, form url.Values) (*url.URL, string) {
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
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s, %v: %.500s", address, resp.Status, err, body)
	}
	return resp.Request.URL, string(body)
}
