package acquire

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"authctl/internal/clientauth"
	"authctl/internal/endpoint"
	"authctl/internal/grant"
	"authctl/internal/metadata"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/store"
)

// memory is a Store in this process.
type memory struct {
	mu      sync.Mutex
	records map[string]store.Record
	locks   map[string]*sync.Mutex
	puts    []store.Record
	fail    func(store.Record) error
	takes   int
	hold    func(context.Context) error // nil: as local kinds have it
	locked  func()                      // what another process did just before the lock was ours
}

func newMemory() *memory {
	return &memory{records: map[string]store.Record{}, locks: map[string]*sync.Mutex{}}
}

func (m *memory) Get(_ context.Context, key string) (store.Record, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	r, ok := m.records[key]
	if !ok {
		return r, store.ErrAbsent
	}
	return r, nil
}

func (m *memory) Put(ctx context.Context, key string, r store.Record) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err // as a keyring that is asked for the sealing key
	}
	if m.fail != nil {
		if err := m.fail(r); err != nil {
			return err
		}
	}
	m.records[key] = r
	m.puts = append(m.puts, r)
	return nil
}

func (m *memory) Delete(_ context.Context, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.records, key)
	return nil
}

func (m *memory) Lock(_ context.Context, key string) (store.Lease, error) {
	m.mu.Lock()
	l, ok := m.locks[key]
	if !ok {
		l = &sync.Mutex{}
		m.locks[key] = l
	}
	m.takes++
	m.mu.Unlock()
	l.Lock()
	if m.locked != nil {
		m.locked()
	}
	return store.NewLease(m.hold, nil, l.Unlock), nil
}

// server answers token requests one after another, and remembers them.
type server struct {
	mu      sync.Mutex
	seen    []*endpoint.Request
	answers []func(r *endpoint.Request) (endpoint.Answer, error)
	every   func(r *endpoint.Request) (endpoint.Answer, error) // instead of answers
}

func (s *server) Post(ctx context.Context, r *endpoint.Request) (endpoint.Answer, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Leave != nil {
		if err := r.Leave(); err != nil {
			return endpoint.Answer{}, &endpoint.SendError{Err: err}
		}
	}
	s.seen = append(s.seen, r)
	if s.every != nil {
		return s.every(r)
	}
	if len(s.seen) > len(s.answers) {
		return endpoint.Answer{}, fmt.Errorf("request %d was not expected", len(s.seen))
	}
	answer, err := s.answers[len(s.seen)-1](r)
	if ctx.Err() != nil {
		return endpoint.Answer{}, &endpoint.SendError{Sent: true, Err: ctx.Err()}
	}
	return answer, err
}

func (s *server) Resolve(_ context.Context, p *profile.Profile, _ ...metadata.Need) (metadata.Endpoints, error) {
	return metadata.Endpoints{Issuer: p.Issuer, Token: p.TokenURL}, nil
}

// done fails the test when an expected request never came.
func (s *server) done(t *testing.T) {
	t.Helper()
	if s.every == nil && len(s.seen) != len(s.answers) {
		t.Errorf("the server saw %d requests, want %d", len(s.seen), len(s.answers))
	}
}

func status(code int, header http.Header, body any) func(*endpoint.Request) (endpoint.Answer, error) {
	raw, _ := json.Marshal(body)
	if header == nil {
		header = http.Header{}
	}
	return func(*endpoint.Request) (endpoint.Answer, error) {
		return endpoint.Answer{Status: code, Header: header, Body: raw, At: testNow}, nil
	}
}

// crowded holds an answer back until n processes have asked for the lock.
func (b *fixture) crowded(t *testing.T, n int, answer func(*endpoint.Request) (endpoint.Answer, error)) func(*endpoint.Request) (endpoint.Answer, error) {
	return func(r *endpoint.Request) (endpoint.Answer, error) {
		for wait := time.Now().Add(5 * time.Second); b.store.asked() < n; time.Sleep(time.Millisecond) {
			if time.Now().After(wait) {
				t.Errorf("only %d asked for the lock", b.store.asked())
				break
			}
		}
		return answer(r)
	}
}

// asked is how often a lock was asked for.
func (m *memory) asked() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.takes
}

type object map[string]any

func granted(access, refresh string) func(*endpoint.Request) (endpoint.Answer, error) {
	body := object{"access_token": access, "token_type": "Bearer", "expires_in": 3600}
	if refresh != "" {
		body["refresh_token"] = refresh
	}
	return status(200, nil, body)
}

func refused(code, description string) func(*endpoint.Request) (endpoint.Answer, error) {
	return status(400, nil, object{"error": code, "error_description": description})
}

func lost(sent bool) func(*endpoint.Request) (endpoint.Answer, error) {
	return func(*endpoint.Request) (endpoint.Answer, error) {
		return endpoint.Answer{}, &endpoint.SendError{Sent: sent, Err: errors.New("connection reset")}
	}
}

var testNow = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

// fixed resolves every reference to its own name.
type fixed struct{}

func (fixed) Resolve(_ context.Context, _ string, r secret.Ref) (secret.Text, error) {
	return secret.New("value of " + r.String()), nil
}

type fixture struct {
	*Acquirer
	store *memory
	http  *server
	now   time.Time
	warns []string
	slept []time.Duration
	spool string // of the next machine on a fleet
}

func newFixture(t *testing.T, answers ...func(*endpoint.Request) (endpoint.Answer, error)) *fixture {
	t.Helper()
	b := &fixture{store: newMemory(), http: &server{answers: answers}, now: testNow}
	b.Acquirer = b.process()
	t.Cleanup(func() { b.http.done(t) })
	return b
}

// process is one more process on the same store and server.
func (b *fixture) process() *Acquirer {
	return New(Deps{
		Metadata: b.http, Poster: b.http, Store: b.store,
		Grants:  grant.Builtin(grant.Deps{Secrets: fixed{}}),
		Auths:   clientauth.Builtin(clientauth.Deps{Secrets: fixed{}, Now: func() time.Time { return b.now }, Rand: rand.Reader}),
		Secrets: fixed{},
		Now:     func() time.Time { return b.now }, Rand: rand.Reader, Timeout: time.Minute,
		Sleep: func(_ context.Context, d time.Duration) error { b.slept = append(b.slept, d); return nil },
		Warn:  func(s string) { b.warns = append(b.warns, s) },
		Busy:  func(string) func() { return func() {} },
		Ready: func(context.Context) error { return nil },
	})
}

func plain() *profile.Profile {
	p := profile.Default()
	p.Name, p.TokenURL, p.Client.ID = "plain", "https://as.example/token", "id"
	p.Client.Secret = secret.Ref{Kind: secret.Keyring, Name: "client_secret"}
	return &p
}

func param(r *endpoint.Request, name string) string {
	for _, p := range r.Params {
		if p.Name == name {
			return fmt.Sprint(p.Value)
		}
	}
	return ""
}

// known resolves every reference to one value.
type known string

func (k known) Resolve(context.Context, string, secret.Ref) (secret.Text, error) {
	return secret.New(string(k)), nil
}

// authsWith are the methods of a client with that secret.
func (b *fixture) authsWith(value string) map[string]clientauth.Builder {
	return clientauth.Builtin(clientauth.Deps{Secrets: known(value), Now: func() time.Time { return b.now }, Rand: rand.Reader})
}
