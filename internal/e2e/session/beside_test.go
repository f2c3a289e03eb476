//go:build e2e

package session

import (
	"bufio"
	mathrand "math/rand/v2"
	"net/http"
	"net/url"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// kinds are what is asked for by one login: the session's own token and one for
// each of two APIs.
func kinds() [][]string {
	return [][]string{nil, {"--scope", "openid email"}, {"--scope", "profile"}}
}

func besideArgs(r round) func(i int) []string {
	return func(i int) []string {
		return append([]string{"token", "-p", "klg-device", "--min-ttl", r.minTTL()}, kinds()[i%len(kinds())]...)
	}
}

// login is a person at the verification page.
func (b *fixture) login(t *testing.T) {
	t.Helper()
	cmd := b.Command(t, "login-device", "-p", "klg-device")
	says, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	log, approved := bufio.NewScanner(says), false
	for log.Scan() {
		_, code, found := strings.Cut(log.Text(), "?user_code=")
		if !found || approved {
			continue
		}
		approved = true
		form := url.Values{"request": {strings.Fields(code)[0]}, "decision": {"login"}}
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.url+"/klg/auth/realms/ehealth/device/decision", strings.NewReader(form.Encode()))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		b.send(t, req)
	}
	if err := cmd.Wait(); err != nil || !approved {
		t.Fatalf("login-device: %v", err)
	}
}

// Two APIs of one login, and the session itself: 50 processes of each at once
// are three requests and three tokens. A refresh token that was sent twice would
// end the session, and the next round with it.
func TestOneLoginManyAPIs(t *testing.T) {
	b := newFixture(t, 50*time.Millisecond)
	b.begin(t, 0)
	b.login(t)
	for r := round(1); r <= 5; r++ {
		b.begin(t, r)
		before := b.asked(t)
		tokens := map[string]int{}
		for i, o := range b.throng(t, 150, besideArgs(r), nobody) {
			if o.code != 0 {
				t.Fatalf("round %d: exit %d: %s", r, o.code, o.stderr)
			}
			tokens[o.stdout] |= 1 << (i % len(kinds()))
		}
		if asked := b.asked(t) - before; asked != 3 || len(tokens) != 3 {
			t.Fatalf("round %d: %d requests, %d different tokens", r, asked, len(tokens))
		}
		for _, kind := range tokens {
			if kind != 1 && kind != 2 && kind != 4 {
				t.Fatalf("round %d: one API got another's token", r)
			}
		}
	}
	b.Must(t, "", "logout", "-p", "klg-device")
	for i := range kinds() {
		if o := b.run(t, i, besideArgs(5)(i), nobody); o.code != 8 || o.stdout != "" {
			t.Errorf("after logout %v: exit %d\n%s", besideArgs(5)(i), o.code, o.stderr)
		}
	}
}

// A third of the processes die at random. As in TestRefreshUnderKill the
// session may be lost only between send and write, and then that is said; no
// API ever gets another's token.
func TestManyAPIsUnderKill(t *testing.T) {
	b := newFixture(t, 100*time.Millisecond)
	b.begin(t, 0)
	b.login(t)
	const rounds = 8
	lost := 0
	for r := round(1); r <= rounds; r++ {
		b.begin(t, r)
		b.throng(t, 90, besideArgs(r), func(i int) (time.Duration, bool) {
			return time.Duration(mathrand.IntN(600)) * time.Millisecond, i%4 == 0 || i%5 == 0
		})
		tokens := map[string]bool{}
		for i := range kinds() {
			o := b.run(t, i, besideArgs(r)(i), nobody)
			switch {
			case o.code == 0:
				tokens[o.stdout] = true
				continue
			case o.code != 8:
				t.Fatalf("round %d: exit %d: %s", r, o.code, o.stderr)
			case !strings.Contains(o.stderr, "its answer is lost"):
				t.Fatalf("round %d: a session ended without a word about the lost answer:\n%s", r, o.stderr)
			}
			lost++
			tokens = nil
			b.login(t)
			break
		}
		if tokens != nil && len(tokens) != len(kinds()) {
			t.Fatalf("round %d: %d different tokens", r, len(tokens))
		}
		if leftovers, _ := exec.CommandContext(t.Context(), "sh", "-c", "ls '"+b.Home+"'/.local/state/authctl/records/*/*.bad 2>/dev/null").Output(); len(leftovers) > 0 {
			t.Fatalf("round %d: unreadable records: %s", r, leftovers)
		}
	}
	if lost == rounds {
		t.Error("every session was lost")
	}
	t.Logf("%d of %d sessions were lost to a kill between the server's commit and the durable write", lost, rounds)
}
