package cmd_test

import (
	"crypto/rand"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"authctl/internal/jwt"
	"authctl/internal/keys"
)

// TestForgedSignedAnswersAndTheRealOne: for another client, under another key or plain, with the
// right state: refused, nothing is fetched for them, and the login goes on.
func TestForgedSignedAnswersAndTheRealOne(t *testing.T) {
	stranger, err := keys.Generate("ES256", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	for mode, pushed := range map[string]string{"jwt": "", "query.jwt": "    par_url: ISSUER/par\n"} {
		t.Run(mode, func(t *testing.T) {
			d := objects(t, pushed+"    login: {request_object: {}, response_mode: "+mode+"}")
			answer := map[string]any{}
			d.server.Response = func(claims map[string]any) (string, error) {
				answer = claims // of the server: the forger below has all of it but the key
				claims["aud"] = "another"
				return d.server.SignK1(claims)
			}
			statuses := []int{}
			d.browser.Before = func(address string) bool {
				if len(d.server.Seen("/jwks")) != 1 {
					t.Error("the keys were not fetched before the browser opened")
				}
				first, back := fetched(t, address)
				answer["aud"] = "app"
				unknown, err := jwt.Sign(stranger, "ES256", map[string]any{"kid": "k2"}, answer)
				if err != nil {
					t.Error(err)
				}
				plain := url.Values{"code": {answer["code"].(string)}, "state": {answer["state"].(string)}, "iss": {d.server.URL}}
				for _, query := range []string{"response=" + unknown, plain.Encode()} {
					status, _ := fetched(t, back+"?"+query)
					statuses = append(statuses, status)
				}
				real, err := d.server.SignK1(answer)
				if err != nil {
					t.Error(err)
				}
				if len(d.server.Seen("/jwks")) != 1 {
					t.Error("a forged answer had the keys fetched")
				}
				statuses = append(statuses, first)
				go fetched(t, back+"?response="+real)
				return false
			}
			o := d.must(d.run(t.Context(), "login-pkce", "-v", "--timeout", "20s"), 0)
			if len(statuses) != 3 || statuses[0] != 400 || statuses[1] != 400 || statuses[2] != 400 {
				t.Errorf("forged answers: %v", statuses)
			}
			if !strings.HasPrefix(o.stdout, "access-") || len(d.server.Seen("/token")) != 1 {
				t.Errorf("stdout %q", o.stdout)
			}
		})
	}
}

// fetched follows an address to its end: the status there, and the address without its query.
func fetched(t *testing.T, address string) (int, string) {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	resp, err := client.Get(address) //nolint:noctx // bounded by the client
	if err != nil {
		t.Error(err)
		return 0, ""
	}
	defer func() { _ = resp.Body.Close() }()
	_, _ = io.Copy(io.Discard, resp.Body)
	end, _, _ := strings.Cut(resp.Request.URL.String(), "?")
	return resp.StatusCode, end
}

// TestALoginThatOnlyForgersAnsweredSaysWhy: who waited in vain is told what was wrong.
func TestALoginThatOnlyForgersAnsweredSaysWhy(t *testing.T) {
	d := newDesk(t, strings.Replace(demo, "    grant:", "    login: {response_mode: jwt}\n    grant:", 1))
	d.server.Response = func(claims map[string]any) (string, error) {
		claims["iss"] = "https://other.example"
		return d.server.SignK1(claims)
	}
	o := d.must(d.run(t.Context(), "login-pkce", "--timeout", "1s"), 8)
	if !strings.Contains(o.stderr, `the last one: its JWT is not to be believed: iss is "https://other.example"`) &&
		!strings.Contains(o.stderr, `the last one: its JWT is not to be believed: iss is \"https://other.example\"`) {
		t.Errorf("stderr %s", o.stderr)
	}
}

// TestASignedAnswerIsPasted: --paste takes the address with the JWT, and no other.
func TestASignedAnswerIsPasted(t *testing.T) {
	d := newDesk(t, strings.Replace(demo, "    grant:", "    login: {response_mode: jwt, redirect_uri: 'https://app.example/cb'}\n    grant:", 1))
	in, typed := io.Pipe()
	d.in = in
	d.browser.Before = func(address string) bool {
		client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
		resp, err := client.Get(address) //nolint:noctx // a fake on this machine
		if err != nil {
			t.Error(err)
			return false
		}
		defer func() { _ = resp.Body.Close() }()
		go func() { _, _ = io.WriteString(typed, resp.Header.Get("Location")+"\n") }()
		return false
	}
	if o := d.must(d.run(t.Context(), "login-pkce", "--paste"), 0); !strings.HasPrefix(o.stdout, "access-") {
		t.Errorf("stdout %q", o.stdout)
	}
}

// TestTheKeysOfAnAnswerAreOfNow: what is kept of the server's keys may be older than the key
// that it signs with, and a callback is no time to ask again.
func TestTheKeysOfAnAnswerAreOfNow(t *testing.T) {
	d := newDesk(t, strings.Replace(demo, "    grant:", "    login: {response_mode: jwt}\n    grant:", 1))
	d.must(d.run(t.Context(), "login-pkce"), 0)
	key, err := keys.Generate("ES256", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	d.server.Key = key
	d.must(d.run(t.Context(), "login-pkce", "--timeout", "5s"), 0)
}

// TestNoKeysNoBrowser: without the server's keys no answer could be verified.
func TestNoKeysNoBrowser(t *testing.T) {
	d := newDesk(t, strings.Replace(demo, "    grant:", "    jwks_url: ISSUER/nowhere\n    login: {response_mode: jwt}\n    grant:", 1))
	o := d.must(d.run(t.Context(), "login-pkce"), 5)
	if len(d.browser.Opened()) != 0 || !strings.Contains(o.stderr, "jwks_url") {
		t.Errorf("opened %d, stderr %s", len(d.browser.Opened()), o.stderr)
	}
}
