// Package sandbox runs imitations of providers on 127.0.0.1, each as strict as the
// real one and with its quirks, together with ready profiles. Keys and secrets
// are made at every start. Faults are injected on demand.
package sandbox

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"authctl/internal/sandbox/core"
)

// Options is what a sandbox is made of. The zero value of each member but Rand
// and Now, which must be given, is a good default.
type Options struct {
	Faults    []string         // NAME or NAME=COUNT of core.FaultList
	ExpiresIn time.Duration    // lifetime of every access token; 0: each provider's own
	Latency   time.Duration    // of every request to a token endpoint
	Now       func() time.Time // the servers' clock
	Rand      io.Reader        // of secrets and tokens
	Log       io.Writer        // one line for every refusal and fault; nil: none
	Dir       string           // private folder for keys and profiles; "": a new one, removed by Close
	// Signers are whose assertions are taken besides the sandbox's own STS's.
	Signers []*x509.Certificate
}

// Sandbox is a running sandbox.
type Sandbox struct {
	URL string // http://127.0.0.1:PORT

	dir      string
	ownDir   bool
	server   *http.Server
	profiles []core.Profile
	close    sync.Once
}

// provider is one imitated provider.
type provider interface {
	Routes(mux *http.ServeMux)
	Profiles() ([]core.Profile, error)
}

// Start listens on a free port of 127.0.0.1 until Close or until ctx ends. An
// unknown fault is a core.UnknownFault.
func Start(ctx context.Context, o Options) (*Sandbox, error) {
	faults, err := core.ParseFaults(o.Faults)
	if err != nil {
		return nil, err
	}
	s := &Sandbox{dir: o.Dir}
	if s.dir == "" {
		if s.dir, err = os.MkdirTemp("", "authctl-sandbox-"); err != nil {
			return nil, err
		}
		s.ownDir = true
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp4", "127.0.0.1:0")
	if err != nil {
		s.Close()
		return nil, err
	}
	s.URL = "http://" + listener.Addr().String()
	if o.Log == nil {
		o.Log = io.Discard
	}
	c := core.New(core.Options{
		URL: s.URL, Dir: s.dir, Faults: faults, ExpiresIn: o.ExpiresIn, Latency: o.Latency, Now: o.Now, Rand: o.Rand, Log: o.Log, Signers: o.Signers,
	})
	if err := s.serve(c, listener); err != nil {
		_ = listener.Close()
		s.Close()
		return nil, err
	}
	context.AfterFunc(ctx, s.Close)
	return s, nil
}

// serve makes the providers, writes their profiles and begins to answer.
func (s *Sandbox) serve(c *core.Core, listener net.Listener) error {
	all, err := providers(c)
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	for _, p := range all {
		p.Routes(mux)
		profiles, err := p.Profiles()
		if err != nil {
			return err
		}
		s.profiles = append(s.profiles, profiles...)
	}
	admin(mux, c)
	if err := os.WriteFile(s.ConfigFile(), s.ProfilesYAML(), 0o600); err != nil {
		return err
	}
	s.server = &http.Server{
		Handler: outermost(c, mux), ReadHeaderTimeout: 5 * time.Second,
		ErrorLog: log.New(io.Discard, "", 0),
	}
	go func() { _ = s.server.Serve(listener) }()
	return nil
}

// outermost sets the servers' clock on every answer, and refuses a Host that is
// not the sandbox's: a page in a browser must not reach it under another name.
func outermost(c *core.Core, mux http.Handler) http.Handler {
	counted := c.Counter.Wrap(mux)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Date", c.Now().UTC().Format(http.TimeFormat))
		_, port, _ := net.SplitHostPort(c.Host())
		if r.Host != c.Host() && r.Host != "localhost:"+port {
			http.Error(w, "this is not "+r.Host, http.StatusMisdirectedRequest)
			return
		}
		counted.ServeHTTP(w, r)
	})
}

// ConfigFile is the profiles file, owner-only, in the private folder.
func (s *Sandbox) ConfigFile() string { return filepath.Join(s.dir, "profiles.yaml") }

// Dir is the private folder.
func (s *Sandbox) Dir() string { return s.dir }

// Close stops the servers at once and removes the private folder when Start made it.
func (s *Sandbox) Close() {
	s.close.Do(func() {
		if s.server != nil {
			_ = s.server.Close()
		}
		if s.ownDir {
			_ = os.RemoveAll(s.dir)
		}
	})
}

// providers makes every provider, at the same time: each makes keys.
func providers(c *core.Core) ([]provider, error) {
	makers := makers()
	made, errs := make([]provider, len(makers)), make([]error, len(makers))
	var group sync.WaitGroup
	for i, m := range makers {
		group.Go(func() {
			if made[i], errs[i] = m.make(c); errs[i] != nil {
				errs[i] = fmt.Errorf("%s: %w", m.name, errs[i])
			}
		})
	}
	group.Wait()
	return made, errors.Join(errs...)
}
