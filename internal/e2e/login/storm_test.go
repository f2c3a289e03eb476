//go:build e2e

package login

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"authctl/internal/e2e/chromium"
	"authctl/internal/sandbox"
)

// TestStormOfForgedCallbacks: 1,000 callbacks of strangers and 20 clients that
// dawdle, then the person clicks.
func TestStormOfForgedCallbacks(t *testing.T) {
	browser := chromium.Start(t)
	d, _ := sandboxed(t, sandbox.Options{})
	login := d.start(t, "login-pkce", "-p", "salus-public")
	address := d.address(login)
	page := browser.Open(t, address, false)
	page.Wait("#login")
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	back, state := u.Query().Get("redirect_uri"), u.Query().Get("state")
	target, err := url.Parse(back)
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		conn, err := net.Dial("tcp", target.Host)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, "GET /callback?state=for")
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	for i := range 1000 {
		if status, said := storm(t, &client, back, state, i); status != 0 && status < 400 || strings.Contains(said, "forged") || strings.Contains(said, state) {
			t.Fatalf("callback %d: HTTP %d\n%s", i, status, said)
		}
	}
	page.Click("#login")
	page.Wait("body.success")
	if token := login.end(0); strings.Contains(token, "forged") {
		t.Error("a forged code was redeemed")
	}
}

// storm sends one forged callback; status 0 is a connection that was cut off.
func storm(t *testing.T, client *http.Client, back, state string, i int) (status int, said string) {
	t.Helper()
	queries := []string{
		"code=forged&state=forged%3Cscript%3E", "error=forged%3Cscript%3E&state=forged", "code=forged",
		"code=forged&code=forged2&state=" + state, "code=forged&error=forged&state=" + state, strings.Repeat("forged=1&", 2000),
	}
	req, err := http.NewRequest(http.MethodGet, back+"?"+queries[i%len(queries)], nil)
	if err != nil {
		t.Fatal(err)
	}
	switch i % 7 {
	case 5:
		req.Host = "forged.example"
		req.URL.RawQuery = "code=forged&state=" + state
	case 6:
		req.Header.Set("X-Forged", strings.Repeat("forged", 3000))
	}
	resp, err := client.Do(req)
	if err != nil {
		return 0, ""
	}
	defer resp.Body.Close()
	body, _ := io.ReadAll(resp.Body)
	return resp.StatusCode, fmt.Sprint(resp.Header) + string(body)
}
