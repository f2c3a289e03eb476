package acquire

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/grant"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/store"
	"authctl/internal/token"
)

func exchangeOf(p *profile.Profile, subject string) grant.TokenExchange {
	return grant.TokenExchange{Profile: p, Subject: grant.Subject{Token: secret.New(subject), Type: "jwt"}}
}

// The exchange that was asked for last is the profile's session, also where
// its token was still kept.
func TestAKeptExchangeBecomesTheSession(t *testing.T) {
	b := newFixture(t, granted("of-a", "ra"), granted("of-b", "rb"))
	p := plain()
	for _, subject := range []string{"a", "b"} {
		if _, err := b.Start(t.Context(), p, exchangeOf(p, subject), StartOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	hit, ok, err := b.process().exchanged(t.Context(), p, p, exchangeOf(p, "a"), Options{})
	if !ok || err != nil || hit.Set.AccessToken.Reveal() != "of-a" {
		t.Fatalf("%v %v %+v", ok, err, hit)
	}
	r, err := b.process().Token(t.Context(), p, Options{})
	if err != nil || r.Set.AccessToken.Reveal() != "of-a" {
		t.Errorf("token gives %q, %v", r.Set.AccessToken.Reveal(), err)
	}
	puts := len(b.store.puts)
	if _, ok, _ := b.process().exchanged(t.Context(), p, p, exchangeOf(p, "a"), Options{}); !ok || len(b.store.puts) != puts {
		t.Error("what is the session already was written again")
	}
}

// A refresh that switched the session's context is no answer to an exchange
// that does not ask for it.
func TestASwitchedSessionIsNoAnswerToAnExchange(t *testing.T) {
	b := newFixture(t, granted("switched", "r2"), granted("still", "r3"))
	p := plain()
	session(t, b, p, "r1")
	asked, err := Overrides{Params: []string{"organization_id=5"}}.Apply(p)
	if err != nil {
		t.Fatal(err)
	}
	for _, as := range []*profile.Profile{asked, p} { // a plain refresh keeps the context
		b.now = testNow
		if _, err := b.Refresh(t.Context(), p, as); err != nil {
			t.Fatal(err)
		}
		if hit, ok, err := b.exchanged(t.Context(), p, p, exchangeOf(p, "subject"), Options{}); ok || err != nil {
			t.Errorf("%q, %v", hit.Set.AccessToken.Reveal(), err)
		}
	}
	if r, err := b.process().Token(t.Context(), p, Options{}); err != nil || r.Set.AccessToken.Reveal() != "still" {
		t.Errorf("the session's token: %q, %v", r.Set.AccessToken.Reveal(), err)
	}
}

// A session whose record is gone (damaged, set aside) says so, and how to go on.
func TestALostSessionIsExplained(t *testing.T) {
	b := newFixture(t)
	p := plain()
	session(t, b, p, "r1")
	delete(b.store.records, b.store.records[Key(p, "")].Session)
	_, refreshErr := b.process().Refresh(t.Context(), p, p)
	for name, err := range map[string]error{"token": second(b.process().Token(t.Context(), p, Options{})), "refresh": refreshErr} {
		f := asFault(t, err)
		hints := strings.Join(f.Hints, "\n")
		if f.Kind != fault.Login || !strings.Contains(f.Error(), "what was kept of it is gone") {
			t.Errorf("%s: %v", name, err)
		}
		if !strings.Contains(hints, "authctl exchange -p plain") || !strings.Contains(hints, "authctl logout -p plain") || strings.Contains(hints, "needs none") {
			t.Errorf("%s: %q", name, hints)
		}
	}
}

// A logout while `token` waits for the lock ends the session, not the command.
func TestALogoutMeanwhileLeavesTheOwnGrant(t *testing.T) {
	b := newFixture(t, granted("own", ""))
	p := plain()
	session(t, b, p, "r1")
	b.store.locked = func() { clear(b.store.records) }
	r, err := b.process().Token(t.Context(), p, Options{})
	if err != nil || r.Set.AccessToken.Reveal() != "own" {
		t.Errorf("%v %+v", err, r)
	}
}

// rereading is a profile that can produce its subject token again.
func rereading() *profile.Profile {
	p := plain()
	p.Grant, p.Exchange.SubjectToken = "token_exchange", secret.Ref{Kind: secret.Keyring, Name: "subject"}
	return p
}

// The call that finds the session over exchanges again by itself, and keeps
// the outcome as what it is: the token of that subject.
func TestAnExchangeThatCanBeRepeatedIs(t *testing.T) {
	b := newFixture(t, refused("invalid_grant", "Stale token"), nil)
	p := rereading()
	session(t, b, p, "r1") // of a subject token that the profile gives no more
	b.http.answers[2] = status(200, nil, object{"access_token": "again", "token_type": "Bearer", "expires_in": 36000, "refresh_token": "r9"})
	for range 2 {
		r, err := b.process().Token(t.Context(), p, Options{})
		if err != nil || r.Set.AccessToken.Reveal() != "again" {
			t.Fatalf("%v %+v", err, r)
		}
	}
	if hit, ok, _ := b.exchanged(t.Context(), p, p, exchangeOf(p, "subject"), Options{}); ok {
		t.Errorf("one subject's token is another's: %q", hit.Set.AccessToken.Reveal())
	}
	if to := b.store.records[b.store.records[Key(p, "")].Session]; to.Set.RefreshToken.Reveal() != "r9" {
		t.Errorf("the session is %+v", to)
	}
}

// Where the repeated exchange cannot even be asked for, that is what is wrong.
func TestAnExchangeThatFailsAgainSaysWhy(t *testing.T) {
	for name, c := range map[string]struct {
		answer func(*endpoint.Request) (endpoint.Answer, error)
		kind   fault.Kind
	}{
		"network":             {status(302, nil, nil), fault.Network},
		"the client":          {refused("invalid_client", "no"), fault.Refused},
		"the subject is over": {refused("invalid_request", "subject token expired"), fault.Login},
	} {
		b := newFixture(t, refused("invalid_grant", "Stale token"), c.answer)
		p := rereading()
		session(t, b, p, "r1")
		if _, err := b.Token(t.Context(), p, Options{}); fault.KindOf(err) != c.kind {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A nearly full disk takes the intent but not the larger raw answer: the new
// refresh token is kept all the same.
func TestARawAnswerThatDoesNotFitLosesNothing(t *testing.T) {
	b := newFixture(t, granted("second", "r2"))
	p := plain()
	session(t, b, p, "r1")
	b.store.fail = func(r store.Record) error {
		if len(r.Pending) > 0 {
			return errors.New("no space left")
		}
		return nil
	}
	set, err := b.Refresh(t.Context(), p, p)
	if err != nil || set.RefreshToken.Reveal() != "r2" {
		t.Errorf("%v %+v", err, set)
	}
	if kept := b.store.puts[len(b.store.puts)-1]; kept.Set.RefreshToken.Reveal() != "r2" || !kept.Intent.IsZero() {
		t.Errorf("kept %+v", kept)
	}
}

// What fixes a store is what the store says, not the store that is in use.
func TestAStoreFaultKeepsItsOwnHints(t *testing.T) {
	b := newFixture(t)
	p := plain()
	session(t, b, p, "r1")
	b.store.fail = func(store.Record) error {
		return fault.New(fault.Store, "the folder is open to others").Hint("chmod 700 it")
	}
	_, err := b.Refresh(t.Context(), p, p)
	if f := asFault(t, err); strings.Join(f.Hints, "|") != "chmod 700 it" {
		t.Errorf("%q", f.Hints)
	}
}

// An exchange whose token cannot be kept says so: `token` goes on with what was.
func TestASessionThatIsNotKeptIsSaid(t *testing.T) {
	b := newFixture(t, status(200, nil, object{"access_token": "a", "token_type": "Bearer"}))
	p := plain()
	if _, err := b.Start(t.Context(), p, exchangeOf(p, "a"), StartOptions{}); err != nil {
		t.Fatal(err)
	}
	if len(b.store.records) != 0 || len(b.warns) != 1 || !strings.Contains(b.warns[0], "token.default_lifetime of profile plain") {
		t.Errorf("%d are kept, warnings %q", len(b.store.records), b.warns)
	}
	p.Token.SingleUse = true
	b.http.answers = append(b.http.answers, status(200, nil, object{"access_token": "a", "token_type": "Bearer"}))
	if _, err := b.Start(t.Context(), p, exchangeOf(p, "a"), StartOptions{}); err != nil || len(b.warns) != 1 {
		t.Errorf("%v, warnings %q", err, b.warns)
	}
}

// Who waits for the lock of one session and finds the profile at another uses that.
func TestASessionThatIsReplacedMeanwhileIsFollowed(t *testing.T) {
	fresh := token.Set{AccessToken: secret.New("other"), TokenType: "Bearer", RefreshToken: secret.New("ro"), ExpiresAt: testNow.Add(24 * time.Hour)}
	for name, c := range map[string]struct {
		before func(b *fixture, own string) // what is kept when the command starts
		lost   bool                         // the session waited for is forgotten
	}{
		"nothing, then an exchange": {func(b *fixture, own string) { delete(b.store.records, own) }, false},
		"a login, then an exchange": {func(b *fixture, own string) {
			b.store.records[own] = store.Record{Profile: "plain", Grant: "authorization_code", Set: token.Set{RefreshToken: secret.New("rl")}}
		}, false},
		"one exchange, then another": {func(*fixture, string) {}, true},
	} {
		for _, command := range []string{"refresh", "token"} {
			b := newFixture(t)
			p := plain()
			session(t, b, p, "r1")
			own := Key(p, "")
			c.before(b, own)
			b.store.locked = func() {
				if c.lost {
					clear(b.store.records)
				}
				b.store.records["other"] = store.Record{Profile: "plain", Grant: "token_exchange", Set: fresh}
				b.store.records[own] = store.Record{Profile: "plain", Grant: "token_exchange", Session: "other"}
				b.store.locked = nil
			}
			var err error
			var set token.Set
			if command == "refresh" {
				b.http.answers = append(b.http.answers, granted("refreshed", "rn"))
				set, err = b.process().Refresh(t.Context(), p, p)
				if spent := param(b.http.seen[len(b.http.seen)-1], "refresh_token"); spent != "ro" {
					t.Errorf("%s: %s spent %q", name, command, spent)
				}
			} else {
				var r Result
				r, err = b.process().Token(t.Context(), p, Options{})
				set = r.Set
			}
			if err != nil || (set.AccessToken.Reveal() != "other" && command == "token") {
				t.Errorf("%s: %s: %q, %v", name, command, set.AccessToken.Reveal(), err)
			}
		}
	}
}

// N exchanges of one subject are one request: the others wait, and use what it kept.
func TestManyProcessesExchangeOnce(t *testing.T) {
	b := newFixture(t, nil)
	p := plain()
	b.http.answers[0] = b.crowded(t, 20, granted("one", "r1"))
	var wg sync.WaitGroup
	for range 20 {
		a := b.process()
		wg.Go(func() {
			r, err := a.Exchange(t.Context(), p, p, exchangeOf(p, "a"), Options{})
			if err != nil || r.Set.AccessToken.Reveal() != "one" {
				t.Errorf("%v %q", err, r.Set.AccessToken.Reveal())
			}
		})
	}
	wg.Wait()
	if r, err := b.process().Exchange(t.Context(), p, p, exchangeOf(p, "a"), Options{}); err != nil || !r.FromStore {
		t.Errorf("%v %+v", err, r)
	}
	b.http.answers = append(b.http.answers, granted("two", "r2"))
	if r, err := b.process().Exchange(t.Context(), p, p, exchangeOf(p, "a"), Options{Force: true}); err != nil || r.Set.AccessToken.Reveal() != "two" || r.FromStore {
		t.Errorf("--force: %v %+v", err, r)
	}
}

// A token by the own grant, asked for before the exchange and granted after it,
// is not written over the profile's new session.
func TestAnExchangeIsNotWrittenOver(t *testing.T) {
	b := newFixture(t, nil)
	p := plain()
	own, done := Key(p, ""), make(chan error)
	b.http.answers[0] = func(r *endpoint.Request) (endpoint.Answer, error) {
		locks := b.store.asked()
		go func() {
			done <- b.process().keepSession(t.Context(), p, "other", store.Record{
				Profile: p.Name, Grant: "token_exchange", Set: token.Set{AccessToken: secret.New("x"), RefreshToken: secret.New("r")},
			})
		}()
		for wait := time.Now().Add(5 * time.Second); time.Now().Before(wait); time.Sleep(time.Millisecond) {
			rec, _ := b.store.Get(t.Context(), own)
			if rec.Session != "" || b.store.asked() > locks {
				break
			}
		}
		return granted("own", "")(r)
	}
	if _, err := b.Token(t.Context(), p, Options{}); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil || b.store.records[own].Session != "other" {
		t.Errorf("%v, the session is %+v", err, b.store.records[own])
	}
}
