package cmd_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"authctl/cmd"
	"authctl/internal/app"
)

// watched tells whether somebody asked when it ends, which is when authctl
// begins to take notice of interrupts.
type watched struct {
	context.Context
	asked atomic.Bool
}

func (w *watched) Done() <-chan struct{} {
	w.asked.Store(true)
	return w.Context.Done()
}

// A token out of the store, kid, decode and assert leave interrupts to the
// system: taking notice of them would be a tenth of their time. A request is
// never under way before interrupts are noticed, and what writes notices them
// from the beginning.
func TestInterruptsAreNoticedWhenThereIsSomethingToInterrupt(t *testing.T) {
	var current atomic.Pointer[watched]
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if !current.Load().asked.Load() {
			t.Error("a request is under way, and an interrupt would go unnoticed")
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte(`{"access_token":"abc","token_type":"Bearer","expires_in":3600}`))
	}))
	t.Cleanup(server.Close)
	dir := t.TempDir()
	file := filepath.Join(dir, "profiles.yaml")
	text := strings.ReplaceAll("version: 1\nprofiles:\n  p: {token_url: URL, discovery: never, client: {id: x, secret: \"env:S\"}}\n", "URL", server.URL)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	jwt := filepath.Join(dir, "token")
	if err := os.WriteFile(jwt, []byte("eyJhbGciOiJub25lIn0.e30."), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"AUTHCTL_CONFIG": file, "HOME": dir, "AUTHCTL_STORE": "file", "S": "secret"}
	key := privateKey(t, "ES256")
	for _, c := range []struct {
		args   []string
		notice bool
	}{
		{[]string{"token", "-p", "p"}, true},
		{[]string{"token", "-p", "p"}, false},
		{[]string{"token", "-p", "p", "-o", "env"}, false},
		{[]string{"token", "-p", "p", "--force"}, true},
		{[]string{"token", "-p", "p", "--store", "none"}, true},
		{[]string{"kid", key}, false},
		{[]string{"decode", jwt}, false},
		{[]string{"assert", "--key", "file:" + key, "--client-id", "x", "--audience", "https://as.example"}, false},
		{[]string{"version"}, false},
		{[]string{"status"}, true},
		{[]string{"logout", "-p", "p"}, true},
	} {
		ctx := &watched{Context: t.Context()}
		current.Store(ctx)
		var out, errs bytes.Buffer
		sys := app.System{
			In: strings.NewReader(""), Out: &out, Err: &errs, Now: time.Now, Rand: rand.Reader, IsTerminal: func(int) bool { return false },
			Env: func(n string) (string, bool) { v, ok := env[n]; return v, ok },
		}
		code := cmd.Main(ctx, sys, c.args)
		if code != 0 || ctx.asked.Load() != c.notice {
			t.Errorf("%s: exit %d, notices interrupts: %v\n%s", strings.Join(c.args, " "), code, ctx.asked.Load(), errs.String())
		}
	}
}
