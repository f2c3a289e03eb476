package secretstore

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"authctl/internal/fault"
	"authctl/internal/secret"
)

// vault is a Vault in memory.
type vault map[string]string

// Chosen is true for one with the item "chosen".
func (v vault) Chosen() bool { _, ok := v["chosen"]; return ok }

func (v vault) Get(_ context.Context, profile, name string) (secret.Text, error) {
	if s, ok := v[profile+"/"+name]; ok {
		return secret.New(s), nil
	}
	return secret.Text{}, ErrAbsent
}

func (v vault) Set(_ context.Context, profile, name string, value secret.Text) error {
	v[profile+"/"+name] = value.Reveal()
	return nil
}

func (v vault) Delete(_ context.Context, profile, name string) error {
	if _, ok := v[profile+"/"+name]; !ok {
		return ErrAbsent
	}
	delete(v, profile+"/"+name)
	return nil
}

func TestALargeSecretGoesToTheVaultAndBack(t *testing.T) {
	ctx := context.Background()
	m, v := &memory{}, vault{}
	r := NewResolver(Sources{Ring: NewRing(m, noEnv), Env: noEnv, Vault: v})
	r.from.Ring.platform.maxItem = 10
	large := strings.Repeat("x", 11)
	ref := secret.Ref{Kind: secret.Keyring, Name: "key"}
	for _, step := range []struct {
		value string
		want  Place
	}{{"small", InKeyring}, {large, InVault}, {"smaller", InKeyring}, {large, InVault}} {
		if got, err := r.Put(ctx, "klg", "key", secret.New(step.value)); err != nil || got.Place != step.want {
			t.Fatalf("put: %v, %v", got, err)
		}
		if s, err := r.Resolve(ctx, "klg", ref); err != nil || s.Reveal() != step.value {
			t.Errorf("resolve: %v", err)
		}
		if at, err := r.Find(ctx, "klg", "key"); err != nil || at != string(step.want) {
			t.Errorf("find: %s, %v", at, err)
		}
		if len(m.items)+len(v) != 1 {
			t.Error("a second copy was left behind")
		}
	}
	if err := r.Remove(ctx, "klg", "key"); err != nil || len(v) != 0 {
		t.Errorf("remove: %v", err)
	}
	if err := r.Remove(ctx, "klg", "key"); !errors.Is(err, ErrAbsent) {
		t.Errorf("removed twice: %v", err)
	}
	if at, err := r.Find(ctx, "klg", "key"); err != nil || at != "" {
		t.Errorf("find: %s, %v", at, err)
	}
}

// With store: file a keyring that is absent, locked or silent is stood in for,
// and what was kept last is what is found, whoever holds an older one.
func TestTheChosenVaultStandsInForAKeyring(t *testing.T) {
	ctx := context.Background()
	for _, why := range []error{ErrNoKeyring, ErrLocked, ErrTimeout} {
		m, v := &memory{}, vault{"chosen": ""}
		r := NewResolver(Sources{Ring: NewRing(m, noEnv), Env: noEnv, Vault: v})
		want := func(value string, where Place) {
			t.Helper()
			s, err := r.Resolve(ctx, "klg", secret.Ref{Kind: secret.Keyring, Name: "key"})
			if err != nil || s.Reveal() != value {
				t.Errorf("%v: resolve: %v", why, err)
			}
			if at, err := r.Find(ctx, "klg", "key"); err != nil || at != string(where) {
				t.Errorf("%v: find: %s, %v", why, at, err)
			}
		}
		put := func(value string, where Place) {
			t.Helper()
			if got, err := r.Put(ctx, "klg", "key", secret.New(value)); err != nil || got.Place != where || (where == InVault) != errors.Is(got.Because, why) {
				t.Fatalf("%v: put: %v, %v", why, got, err)
			}
			want(value, where)
		}
		put("one", InKeyring)
		m.fail = fmt.Errorf("odd: %w", why)
		r.from.Ring.platform.diagnose = func(context.Context, error) error { return why }
		if err := r.Ready(ctx, "klg", "key"); err != nil {
			t.Errorf("%v: %v", why, err)
		}
		put("two", InVault)
		m.fail = nil
		want("two", InVault)
		put("three", InKeyring)
		m.fail = fmt.Errorf("odd: %w", why)
		put("four", InVault)
		if err := r.Remove(ctx, "klg", "key"); (err == nil) != errors.Is(why, ErrNoKeyring) || len(v) != 1 {
			t.Errorf("%v: remove: %v", why, err)
		}
		delete(v, "chosen") // store: keyring says what is wrong
		if _, err := r.Put(ctx, "klg", "key", secret.New("x")); fault.KindOf(err) != fault.Store || len(v) != 0 {
			t.Errorf("%v: %v", why, err)
		}
		if err := r.Ready(ctx, "klg", "key"); fault.KindOf(err) != fault.Store {
			t.Errorf("%v: %v", why, err)
		}
	}
}

func TestTooLargeWithoutAVault(t *testing.T) {
	r := NewResolver(Sources{Ring: NewRing(&memory{}, noEnv), Env: noEnv})
	r.from.Ring.platform.maxItem = 1
	if _, err := r.Put(context.Background(), "klg", "key", secret.New("xx")); fault.KindOf(err) != fault.Store {
		t.Errorf("got %v", err)
	}
}

// Who wants a secret stored is told where else it may stand, who removes one is not.
func TestAKeyringThatChangesNothing(t *testing.T) {
	ctx, r := context.Background(), resolver(&memory{fail: errors.New("odd")}, noEnv)
	_, put := r.Put(ctx, "klg", "key", secret.New("v"))
	for name, c := range map[string]struct {
		err   error
		hints int
	}{"put": {put, 1}, "remove": {r.Remove(ctx, "klg", "key"), 0}} {
		var f *fault.Error
		if !errors.As(c.err, &f) || f.Kind != fault.Store || len(f.Hints) != c.hints {
			t.Errorf("%s: %v", name, c.err)
		}
	}
}

func TestFindNamesTheOverride(t *testing.T) {
	r := resolver(&memory{}, environ("AUTHCTL_SECRET_KLG_KEY", "v"))
	if at, err := r.Find(context.Background(), "klg", "key"); err != nil || at != "AUTHCTL_SECRET_KLG_KEY" {
		t.Errorf("%s, %v", at, err)
	}
}

func TestSealingKey(t *testing.T) {
	ctx := context.Background()
	m := &memory{}
	k := SealingKey{NewRing(m, noEnv)}
	if _, err := k.Load(ctx); !k.IsAbsent(err) {
		t.Errorf("never made: %v", err)
	}
	want := []byte(strings.Repeat("k", 32))
	if err := k.Save(ctx, want); err != nil {
		t.Fatal(err)
	}
	if got, err := k.Load(ctx); err != nil || string(got) != string(want) {
		t.Errorf("got %v", err)
	}
	m.items["authctl\x00store-key"] = "not base64!"
	if _, err := k.Load(ctx); fault.KindOf(err) != fault.Store || k.IsAbsent(err) {
		t.Errorf("damaged: %v", err)
	}
	m.fail = errors.New("odd")
	if _, err := k.Load(ctx); fault.KindOf(err) != fault.Store || k.IsAbsent(err) {
		t.Errorf("unreadable: %v", err)
	}
}
