package cmd_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// A token of a scope that nobody asks for any more goes away, a week after its end by
// whatever keeps another one, or when asked to.
func TestWhatIsOfNoUseGoesAway(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = fmt.Fprint(w, `{"access_token":"a","token_type":"Bearer","expires_in":3600}`)
	}))
	defer server.Close()
	d := newDesk(t, "profiles: {p: {token_url: "+server.URL+"/token, discovery: never, client: {id: x, auth: none}}}\n")
	token := func(scope string, want int) {
		t.Helper()
		d.must(d.run(t.Context(), "token", "-p", "p", "--scope", scope), 0)
		if d.records() != want {
			t.Fatalf("%s: %d records, want %d", scope, d.records(), want)
		}
	}
	token("a", 1)
	token("b", 2)
	d.ahead = 2 * time.Hour
	token("c", 3)
	if o := d.must(d.run(t.Context(), "status", "--prune"), 0); !strings.Contains(o.stderr, "dropped: 2\n") || d.records() != 1 {
		t.Errorf("%+v, %d records", o, d.records())
	}
	token("d", 2)
	d.ahead += 6 * 24 * time.Hour
	token("e", 3)
	d.ahead += 2 * 24 * time.Hour
	if o := d.run(t.Context(), "status"); o.code != 8 {
		t.Errorf("all are over: exit %d", o.code)
	}
	if d.records() != 3 {
		t.Error("a command that keeps nothing dropped something")
	}
	token("f", 2) // of e and f
	if o := d.must(d.run(t.Context(), "status", "--prune", "-o", "json"), 0); !strings.Contains(o.stdout, `"dropped":1,`) {
		t.Errorf("%s", o.stdout)
	}
	d.env["AUTHCTL_STORE"] = "none"
	d.must(d.run(t.Context(), "status", "--prune"), 0)
}
