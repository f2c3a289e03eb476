package engine_test

import (
	"cmp"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"authctl/internal/engine"
	"authctl/internal/fakes"
	"authctl/internal/fakes/contract"
	"authctl/internal/fault"
)

// held: err is a failure of the store with that state and a hint that holds the
// words, on one line, and without the token.
func held(t *testing.T, err error, state engine.State, hint string) {
	t.Helper()
	var f *fault.Error
	if !errors.Is(err, state) || !errors.As(err, &f) || f.Kind != fault.Store {
		t.Errorf("%v, want %q as a failure of the store", err, state)
		return
	}
	if !strings.Contains(strings.Join(f.Hints, "\n"), hint) {
		t.Errorf("hints %q, want %q", f.Hints, hint)
	}
	if said := f.Error() + strings.Join(f.Hints, ""); strings.ContainsAny(f.Error(), "\n\r\x1b") || strings.Contains(said, "hush") {
		t.Errorf("told badly: %q", said)
	}
}

type hurried interface {
	contract.Engine
	Hurry(d time.Duration)
}

func TestVaultsTroublesAreToldApart(t *testing.T) {
	for name, c := range fakes.VaultTroubles() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := fakes.NewVault()
			v.Allow("hush")
			c.Set(v)
			server := v.Serve(0)
			defer server.Close()
			e, err := engine.NewVault(engine.VaultOptions{Wire: wire(t), Addresses: []string{server.URL}, Path: cmp.Or(c.Path, "secret/authctl"), Login: engine.Login{Secret: text("hush")}})
			if err != nil {
				t.Fatal(err)
			}
			e.Hurry(300 * time.Millisecond)
			if c.State == engine.Overlong { // megabytes take a while on a busy machine
				e.Hurry(30 * time.Second)
			}
			_, _, _, err = e.Read(t.Context(), "k")
			if c.AtWrites {
				_, err = e.Swap(t.Context(), "k", []byte("b"), "0")
			}
			held(t, err, c.State, c.Hint)
			if _, err := e.Swap(t.Context(), "k", []byte("b"), "0"); err == nil {
				t.Errorf("a write: %v", err)
			}
			if v.Writes() != 0 {
				t.Errorf("%d writes were carried out", v.Writes())
			}
		})
	}
}

// The API's own branches are no prefix: a record would stand below data/metadata.
func TestAPathIsNoBranchOfTheAPI(t *testing.T) {
	for path, good := range map[string]bool{
		"secret/metadata/x": false, "secret/metadata": false, "secret/data": false, "/secret/data/": false,
		"secret/data/x": true, "team/kv/data/x": true, "secret": true, "secret/x/data": true, "secret/x/metadata": true, "secret/metadata-of/x": true, "secret/data/metadata/x": true,
	} {
		_, err := engine.NewVault(engine.VaultOptions{Wire: wire(t), Addresses: []string{"https://v.example"}, Path: path})
		var f *fault.Error
		if (err == nil) != good || !good && (!errors.As(err, &f) || f.Kind != fault.Config || !strings.Contains(strings.Join(f.Hints, ""), "MOUNT/PREFIX")) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestKVVersion1IsSeenBeforeAWrite(t *testing.T) {
	posted := 0
	v := fakes.NewVault()
	v.Instead = func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost {
			posted++
		}
		return false
	}
	server := v.Serve(0)
	defer server.Close()
	e, err := engine.NewVault(engine.VaultOptions{Wire: wire(t), Addresses: []string{server.URL}, Path: "old/authctl", Login: engine.Login{Secret: text("root")}})
	if err != nil {
		t.Fatal(err)
	}
	_, at, _, err := e.Read(t.Context(), "k")
	if !errors.Is(err, engine.ErrAbsent) {
		t.Fatal(err)
	}
	_, err = e.Swap(t.Context(), "k", []byte("b"), at)
	held(t, err, engine.Unversioned, "version 2")
	if posted != 0 {
		t.Error("it was written to all the same")
	}
}

func TestKubernetesTroublesAreToldApart(t *testing.T) {
	for name, c := range fakes.KubernetesTroubles() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := fakes.NewKubernetes()
			k.Allow("hush")
			c.Set(k)
			server := k.Serve()
			defer server.Close()
			e, err := engine.NewKubernetes(engine.KubernetesOptions{Wire: wire(t), Addresses: []string{server.URL}, Namespace: "ns", Token: text("hush")})
			if err != nil {
				t.Fatal(err)
			}
			e.Hurry(300 * time.Millisecond)
			_, _, _, err = e.Read(t.Context(), "k")
			if c.AtWrites {
				_, err = e.Swap(t.Context(), "k", []byte("b"), "0")
			}
			held(t, err, c.State, c.Hint)
			if _, err := e.Swap(t.Context(), "k", []byte("b"), "0"); err == nil {
				t.Errorf("a write: %v", err)
			}
			if k.Writes() != 0 {
				t.Errorf("%d writes were carried out", k.Writes())
			}
		})
	}
}

// TestAnAnswerThatIsLostForGoodIsUnknown: applied or not, an engine that is gone
// after the write gives no false word.
func TestAnAnswerThatIsLostForGoodIsUnknown(t *testing.T) {
	for name, c := range map[string]struct {
		to   func() *httptest.Server
		open func(address string) hurried
	}{
		"vault":      {func() *httptest.Server { return fakes.NewVault().Serve(0) }, func(a string) hurried { return openVault(t, a) }},
		"kubernetes": {func() *httptest.Server { return fakes.NewKubernetes().Serve() }, func(a string) hurried { return openKubernetes(t, a) }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := c.to()
			defer server.Close()
			gone := false
			d := &fakes.Dropper{To: server.URL, Through: http.DefaultTransport}
			d.Drop = func(r *http.Request) bool {
				gone = gone || r.Method != http.MethodGet
				return gone
			}
			front := d.Serve()
			defer front.Close()
			e := c.open(front.URL)
			e.Hurry(300 * time.Millisecond)
			_, v, _, _ := e.Read(t.Context(), "k")
			if _, err := e.Swap(t.Context(), "k", []byte("b"), v); !errors.Is(err, engine.ErrUnknown) {
				t.Errorf("%v, want ErrUnknown", err)
			}
		})
	}
}

// TestVersionNPlusOneTells: the answer is lost and another writes before the reading back.
func TestVersionNPlusOneTells(t *testing.T) {
	v := fakes.NewVault()
	server := v.Serve(0)
	defer server.Close()
	other := openVault(t, server.URL)
	d := &fakes.Dropper{To: server.URL, Through: http.DefaultTransport}
	d.Drop = func(r *http.Request) bool {
		drop := r.Method == http.MethodPost && d.Dropped.Load() == 0
		if drop {
			if _, err := other.Swap(context.WithoutCancel(t.Context()), "k", []byte("other's"), "1"); err != nil {
				t.Error(err)
			}
		}
		return drop
	}
	front := d.Serve()
	defer front.Close()
	if at, err := openVault(t, front.URL).Swap(t.Context(), "k", []byte("mine"), "0"); err != nil || at != "1" {
		t.Errorf("version %q, %v; want 1: the write was carried out", at, err)
	}
}

// TestAVersionThatIsNotThereYet: a node that has not caught up does not know the
// write yet, whose answer was lost, and the next look meets one that has.
func TestAVersionThatIsNotThereYet(t *testing.T) {
	v := fakes.NewVault()
	var looks atomic.Int64
	v.Instead = func(w http.ResponseWriter, r *http.Request) bool {
		return r.URL.Query().Has("version") && looks.Add(1) == 1 && fakes.Answering(404, `{"errors":[]}`)(w, r)
	}
	server := v.Serve(0)
	defer server.Close()
	d := &fakes.Dropper{To: server.URL, Through: http.DefaultTransport}
	d.Drop = func(r *http.Request) bool { return r.Method == http.MethodPost && d.Dropped.Load() == 0 }
	front := d.Serve()
	defer front.Close()
	if at, err := openVault(t, front.URL).Swap(t.Context(), "k", []byte("mine"), "0"); err != nil || at != "1" {
		t.Errorf("version %q, %v; want 1: the write was carried out", at, err)
	}
}

// TestAVersionThatIsNoLongerThere: the engine keeps only so many. Whoever knows
// that nothing of its own was written looks once; else a node may be behind, and in
// the end it may have been the one whose answer was lost: that it was not, nobody knows.
func TestAVersionThatIsNoLongerThere(t *testing.T) {
	for name, lost := range map[string]bool{"refused at once": false, "after a lost answer": true} {
		want := engine.ErrMoved
		if lost {
			want = engine.ErrUnknown
		}
		v := fakes.NewVault()
		v.Instead = func(w http.ResponseWriter, r *http.Request) bool {
			return r.URL.Query().Has("version") && fakes.Answering(404, `{"errors":[]}`)(w, r)
		}
		server := v.Serve(0)
		other := openVault(t, server.URL)
		for n := range 3 {
			if _, err := other.Swap(t.Context(), "k", []byte("other's"), engine.Version(strconv.Itoa(n))); err != nil {
				t.Fatal(err)
			}
		}
		d := &fakes.Dropper{To: server.URL, Through: http.DefaultTransport}
		d.Drop = func(r *http.Request) bool { return lost && r.Method == http.MethodPost && d.Dropped.Load() == 0 }
		front := d.Serve()
		e := openVault(t, front.URL)
		const lag = 2 * time.Second
		e.Hurry(lag)
		began := time.Now()
		if _, err := e.Swap(t.Context(), "k", []byte("mine"), "1"); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
		if waited := time.Since(began) >= lag; waited != lost {
			t.Errorf("%s: looked for %s", name, time.Since(began))
		}
		front.Close()
		server.Close()
	}
}

func TestAStandbyIsNotBelieved(t *testing.T) {
	t.Parallel()
	v := fakes.NewVault()
	leader, standby := v.Serve(0), v.Serve(200*time.Millisecond)
	defer leader.Close()
	defer standby.Close()
	ahead, behind := openVault(t, leader.URL), openVault(t, standby.URL)
	one, err := ahead.Swap(t.Context(), "k", []byte("one"), "0")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := behind.Swap(t.Context(), "k", []byte("two"), one); err != nil {
		t.Errorf("a right swap that the standby refused at first: %v", err)
	}
	if _, err := behind.Swap(t.Context(), "k", []byte("late"), one); !errors.Is(err, engine.ErrMoved) {
		t.Errorf("%v, want ErrMoved", err)
	}
	w := &contract.Writers{Open: func(m int) contract.Engine { return []contract.Engine{ahead, behind}[m%2] }, Machines: 4, Times: 3}
	if n, _ := w.Count(t); n != 12 {
		t.Errorf("12 swaps, the record counts %d", n)
	}
	lost := v.Serve(time.Hour) // it never catches up
	defer lost.Close()
	e := openVault(t, lost.URL)
	e.Hurry(200 * time.Millisecond)
	_, err = e.Swap(t.Context(), "k2", []byte("b"), "1")
	held(t, err, engine.Lagging, "disable_standby_reads")
}

// TestTheNextAddressServes: a leader is preferred, a refused connection and a
// node that hangs are passed by.
func TestTheNextAddressServes(t *testing.T) {
	t.Parallel()
	v := fakes.NewVault()
	leader, standby := v.Serve(0), v.Serve(time.Hour)
	defer leader.Close()
	defer standby.Close()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refuses := "http://" + closed.Addr().String()
	_ = closed.Close()
	hung := fakes.NewVault()
	hung.Instead = fakes.Slow
	hangs := hung.Serve(0)
	defer hangs.Close()
	e := openVault(t, refuses, hangs.URL, standby.URL, leader.URL)
	if at, err := e.Swap(t.Context(), "k", []byte("one"), "0"); err != nil || at != "1" {
		t.Fatalf("%q, %v", at, err)
	}
	if b, _, _, err := openVault(t, standby.URL, leader.URL).Read(t.Context(), "k"); err != nil || string(b) != "one" {
		t.Errorf("with a standby first: %q, %v", b, err)
	}
	k := fakes.NewKubernetes().Serve()
	defer k.Close()
	ke := openKubernetes(t, refuses, hangs.URL, k.URL)
	ke.Hurry(2 * time.Second) // half of it for each that hangs
	if _, err := ke.Swap(t.Context(), "k", []byte("one"), "0"); err != nil {
		t.Error(err)
	}
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	closed := httptest.NewServer(nil)
	closed.Close()
	began := time.Now()
	_, _, _, err := openVault(t, closed.URL).Read(t.Context(), "k")
	held(t, err, engine.Unreachable, "store.address")
	if took := time.Since(began); took > 6*time.Second {
		t.Errorf("told after %s", took)
	}
	tls := httptest.NewUnstartedServer(http.NotFoundHandler())
	tls.Config.ErrorLog = log.New(io.Discard, "", 0)
	tls.StartTLS()
	defer tls.Close()
	began = time.Now()
	_, _, _, err = openVault(t, tls.URL).Read(t.Context(), "k")
	held(t, err, engine.Unreachable, "store.ca_certificate")
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("an authority that is not known is waited for: %s", took)
	}
}

// TestTheWaysOwnFaultIsToldAtOnce: the caller's transport may be unable to open.
func TestTheWaysOwnFaultIsToldAtOnce(t *testing.T) {
	asked := 0
	broken := roundTrip(func(*http.Request) (*http.Response, error) {
		asked++
		return nil, fault.New(fault.Config, "store.ca_certificate: no such file")
	})
	e, err := engine.NewVault(engine.VaultOptions{Wire: engine.Wire{HTTP: broken, Now: time.Now}, Addresses: []string{"https://a"}, Path: "m/p", Login: engine.Login{Secret: text("root")}})
	if err != nil {
		t.Fatal(err)
	}
	if _, _, _, err := e.Read(t.Context(), "k"); fault.KindOf(err) != fault.Config || asked != 1 {
		t.Errorf("%v after %d attempts", err, asked)
	}
}

func TestAddressesKeepTheTokenOffTheNetwork(t *testing.T) {
	for address, good := range map[string]bool{
		"https://vault.example:8200": true, "http://127.0.0.1:8200": true, "http://localhost:1": true, "http://[::1]:1": true,
		"http://vault.example": false, "http://127.evil.example": false, "ftp://127.0.0.1": false, "https://u:hush@vault.example": false, "vault.example": false, "": false,
		"u:hush@vault.example": false, "https://u:hush@vault .example": false, // who typed a password does not see it in a log
		"HTTP://127.0.0.1:8200": true, "https://vault.example/behind/a/proxy/": true,
		"https://vault.example/?a=b": false, "https://vault.example/#/ui": false, "https://vault.example?": false, // the API's path would be part of it
	} {
		_, err := engine.NewVault(engine.VaultOptions{Addresses: []string{address}, Path: "secret/x"})
		if (err == nil) != good {
			t.Errorf("%q: %v", address, err)
		}
		if err != nil && fault.KindOf(err) != fault.Config {
			t.Errorf("%q: %v is no failure of the configuration", address, err)
		}
		if err != nil && strings.Contains(err.Error(), "hush") {
			t.Errorf("%q: the message has the password: %v", address, err)
		}
	}
}

// TestTheTokenFollowsNoRedirect: whoever answers does not say where it goes.
func TestTheTokenFollowsNoRedirect(t *testing.T) {
	var seen atomic.Int64
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { seen.Add(1) }))
	defer elsewhere.Close()
	away := func(w http.ResponseWriter, r *http.Request) bool {
		http.Redirect(w, r, elsewhere.URL+r.URL.Path, http.StatusTemporaryRedirect)
		return true
	}
	v, k := fakes.NewVault(), fakes.NewKubernetes()
	v.Instead, k.Instead = away, away
	vault, cluster := v.Serve(0), k.Serve()
	defer vault.Close()
	defer cluster.Close()
	for _, e := range []hurried{openVault(t, vault.URL), openKubernetes(t, cluster.URL)} {
		e.Hurry(100 * time.Millisecond)
		if _, _, _, err := e.Read(t.Context(), "k"); err == nil || errors.Is(err, engine.ErrAbsent) {
			t.Errorf("a redirect is a record: %v", err)
		}
	}
	if seen.Load() != 0 {
		t.Error("a request went where the answer pointed")
	}
}

// TestALostWriteThatIsOverwrittenIsMoved: no version of Kubernetes tells what was
// before, and whoever is told so looks again.
func TestALostWriteThatIsOverwrittenIsMoved(t *testing.T) {
	server := fakes.NewKubernetes().Serve()
	defer server.Close()
	other := openKubernetes(t, server.URL)
	d := &fakes.Dropper{To: server.URL, Through: http.DefaultTransport}
	d.Drop = func(r *http.Request) bool {
		drop := r.Method == http.MethodPost && d.Dropped.Load() == 0
		if drop {
			_, v, _, _ := other.Read(context.WithoutCancel(t.Context()), "k")
			if _, err := other.Swap(context.WithoutCancel(t.Context()), "k", []byte("other's"), v); err != nil {
				t.Error(err)
			}
		}
		return drop
	}
	front := d.Serve()
	defer front.Close()
	if at, err := openKubernetes(t, front.URL).Swap(t.Context(), "k", []byte("mine"), "0"); !errors.Is(err, engine.ErrMoved) {
		t.Errorf("version %q, %v; want ErrMoved", at, err)
	}
}
