package session

import (
	"context"
	"crypto/rand"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"authctl/internal/acquire"
	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/store"
	"authctl/internal/token"
)

// kept is a store in a folder of the test's, and what lists and forgets it.
func kept(t *testing.T) (Sessions, *store.Store) {
	t.Helper()
	dir := t.TempDir()
	s, err := store.Open(store.Options{
		Kind: store.KindFile, Dir: dir, Rand: rand.Reader, Now: time.Now, Warn: func(string) {},
		Key: store.NewFileKey(dir, os.LookupEnv),
	})
	if err != nil {
		t.Fatal(err)
	}
	named := func(name string) (*profile.Profile, error) {
		return &profile.Profile{Name: name, Grant: "client_credentials"}, nil
	}
	return Sessions{Store: s, Now: time.Now, Warn: func(string) {}, Profile: named}, s
}

// A logout that is cut off leaves no pointer to a session that is gone.
func TestForgetTakesPointersFirst(t *testing.T) {
	a, s := kept(t)
	ctx := t.Context()
	for key, r := range map[string]store.Record{"a": {Profile: "p", Grant: "token_exchange"}, "b": {Profile: "p", Session: "a"}} {
		if err := s.Put(ctx, key, r); err != nil {
			t.Fatal(err)
		}
	}
	list, err := a.records(ctx, "p")
	if err != nil {
		t.Fatal(err)
	}
	if list = pointersFirst(list); len(list) != 2 || list[0].Key != "b" {
		t.Errorf("%+v", list)
	}
}

// What another logout has taken meanwhile is neither revoked nor counted again.
func TestForgetOfWhatIsGone(t *testing.T) {
	a, _ := kept(t)
	var done Forgotten
	if err := a.forget(t.Context(), store.Entry{Key: "gone", Record: store.Record{Profile: "p"}}, true, &done); err != nil || done.Records != 0 {
		t.Errorf("%v %+v", err, done)
	}
}

// What stands beside a session is listed while the session lives, and logout
// takes it last, also what another process adds meanwhile.
func TestWhatStandsBesideASession(t *testing.T) {
	a, s := kept(t)
	ctx := t.Context()
	set := token.Set{AccessToken: secret.New("x"), TokenType: "Bearer"}
	side := func(id string) store.Record {
		return store.Record{Profile: "p", Grant: "refresh_token", Set: set, Aux: map[string]string{"beside": id, "asked": "scope one"}}
	}
	for key, r := range map[string]store.Record{
		"session": {Profile: "p", Grant: "authorization_code", Set: set, Aux: map[string]string{"id": "this"}},
		"alive":   side("this"),
		"dead":    side("another"),
	} {
		if err := s.Put(ctx, key, r); err != nil {
			t.Fatal(err)
		}
	}
	list, err := a.List(ctx, "p")
	if err != nil || len(list.Tokens) != 2 || list.Tokens[0].Asked+list.Tokens[1].Asked != "scope one" {
		t.Errorf("%v %+v", err, list)
	}
	done, err := a.Forget(ctx, "p", false)
	if left, _ := s.List(ctx); err != nil || done.Records != 3 || len(left) != 0 {
		t.Errorf("%v, %+v, left %v", err, done, left)
	}
	both := []store.Entry{{Key: "1", Record: side("this")}, {Key: "2"}}
	if found := sessions(slices.Clone(both)); len(found) != 1 || found[0].Key != "2" {
		t.Errorf("sessions %v", found)
	}
	if found := besides(both); len(found) != 1 || found[0].Key != "1" {
		t.Errorf("besides them %v", found)
	}
}

// A refresh token that has expired lives on nowhere.
func TestWhatLivesOn(t *testing.T) {
	a, s := kept(t)
	for key, until := range map[string]time.Time{"over": time.Now().Add(-1), "good": time.Now().Add(time.Hour), "no-end": {}} {
		r := store.Record{Profile: "p", Grant: "g", Set: token.Set{AccessToken: secret.New("a"), RefreshToken: secret.New("r"), RefreshExpires: until}}
		if err := s.Put(t.Context(), key, r); err != nil {
			t.Fatal(err)
		}
	}
	if done, err := a.Forget(t.Context(), "p", false); err != nil || done.Records != 3 || done.Alive != 2 {
		t.Errorf("%v %+v", err, done)
	}
}

// foreign is a store that lists what cannot be opened, and what others are about to begin.
type foreign struct{ *store.Store }

func (f foreign) All(ctx context.Context) ([]store.Entry, error) {
	list, err := f.Store.All(ctx)
	p := &profile.Profile{Name: "p", Grant: "client_credentials"}
	own, claim := acquire.Key(p, ""), &store.Claim{Holder: store.Holder{Host: "runner"}, Step: "login", Age: -1}
	return append(list,
		store.Entry{Key: "sealed", Unread: true}, store.Entry{Key: "other", Absent: true, Claim: claim},
		store.Entry{Key: acquire.Turn(own), Absent: true, Claim: claim}, store.Entry{Key: "left", Absent: true},
		store.Entry{Key: "half", Record: store.Record{Profile: "q"}, Claim: claim},
	), err
}

// A machine that is about to write the first record is seen, of one profile too, and
// what cannot be opened is counted by a logout and nowhere listed.
func TestWhatIsNoRecord(t *testing.T) {
	a, s := kept(t)
	a.Store = foreign{s}
	own := acquire.Key(&profile.Profile{Name: "p", Grant: "client_credentials"}, "")
	for name, want := range map[string]string{"": "half q, other , " + own + " ", "p": own + " p"} {
		list, err := a.List(t.Context(), name)
		var got []string
		for _, k := range list.Claims {
			got = append(got, k.Key+" "+k.Profile)
			if k.Claim != "runner: login" {
				t.Errorf("claim %q", k.Claim)
			}
		}
		if err != nil || strings.Join(got, ", ") != want || len(list.Tokens) != 0 {
			t.Errorf("%q: %v %q, tokens %v", name, err, got, list.Tokens)
		}
	}
	if done, err := a.Forget(t.Context(), "p", true); err != nil || done.Records != 0 || done.Unread != 1 {
		t.Errorf("%v %+v", err, done)
	}
}

// locked is a store that lists nothing of what another key seals, as that of a fleet.
type locked struct{ *store.Store }

func (locked) Get(context.Context, string) (store.Record, error) {
	return store.Record{}, fault.New(fault.Store, "it is sealed under another key")
}

// A session that cannot be opened is kept, and no logout says that it is not.
func TestForgetOfWhatCannotBeOpened(t *testing.T) {
	a, s := kept(t)
	a.Store = locked{s}
	if _, err := a.Forget(t.Context(), "p", true); fault.KindOf(err) != fault.Store || !strings.Contains(err.Error(), "another key") {
		t.Errorf("got %v", err)
	}
	if _, err := a.Forget(t.Context(), "", true); err != nil {
		t.Errorf("of all: %v", err) // the list warns
	}
}
