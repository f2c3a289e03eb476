// Package doctor looks at everything that a token request of a profile rests
// on, and asks for no token: no grant is spent and no assertion is sent. What
// it finds are Results, one for each thing that was looked at.
package doctor

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/engine"
	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/store"
)

// State is how a check ended.
type State string

// The states, as a person reads them.
const (
	OK   State = "ok"
	Warn State = "warn" // works now, and may not for long or not for all
	Fail State = "FAIL"
	Skip State = "skip" // not looked at, and why
)

// Result is one line of the report. Texts hold no secret.
type Result struct {
	Profile string // "" for the profiles file as a whole
	Check   string // what was looked at: a field of the profile, or one word
	State   State
	Finding string
	Kind    fault.Kind // of a Fail, else 0
	Hints   []string   // what fixes it; a Fail and a Warn have at least one
}

// Store is where tokens are kept; Ready is nil when one could be kept now.
type Store interface {
	Kind() string
	Folder() string
	Ready(ctx context.Context) error
	List(ctx context.Context) ([]store.Entry, error)
}

// Deps is what the checks need from outside.
type Deps struct {
	Secrets secret.Resolver
	Store   func() (Store, error)
	// Engine looks at that of a store which machines share; nil: there is none.
	Engine  func(ctx context.Context) []engine.Finding
	TLS     func(ctx context.Context, p *profile.Profile) (*tls.Config, error) // nil config: the profile sets nothing
	Client  func(ctx context.Context, p *profile.Profile) (*endpoint.Client, error)
	Now     func() time.Time
	Busy    func(what string) (done func())
	Timeout time.Duration // of what is local, and again of what is asked over the network
}

// Options are the wishes of one call.
type Options struct {
	Offline bool // no request at all
	// RunCommands runs the programs of command: references, which may ask a
	// person, cost money or leave a trace somewhere.
	RunCommands bool
}

// Examine reports every check of p, in an order in which a later one rests on
// the earlier ones. It stops early only when ctx ends.
func Examine(ctx context.Context, d Deps, p *profile.Profile, o Options, report func(Result)) {
	e := &exam{Deps: d, p: p, report: func(r Result) {
		if ctx.Err() == nil { // what an interrupt broke is no finding
			report(r)
		}
	}}
	e.memo = &memo{from: d.Secrets, commands: o.RunCommands, offline: o.Offline}
	e.local(ctx)
	if o.Offline {
		e.skip("network", "--offline: hosts, TLS, discovery and clock were not looked at")
		return
	}
	e.network(ctx)
}

// exam is the examination of one profile.
type exam struct {
	Deps
	p      *profile.Profile
	memo   *memo
	report func(Result)
	signs  string // the algorithm of client assertions, "" where there are none
}

func (e *exam) local(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, e.Timeout)
	defer cancel()
	e.secrets(ctx)
	e.clientProof(ctx)
	e.tls(ctx)
	e.sts(ctx)
	e.use()
	e.place(ctx)
}

func (e *exam) ok(check, format string, args ...any) {
	e.report(Result{Profile: e.p.Name, Check: check, State: OK, Finding: line(fmt.Sprintf(format, args...))})
}

func (e *exam) skip(check, format string, args ...any) {
	e.report(Result{Profile: e.p.Name, Check: check, State: Skip, Finding: line(fmt.Sprintf(format, args...))})
}

func (e *exam) warn(check, finding string, hints ...string) {
	e.report(Result{Profile: e.p.Name, Check: check, State: Warn, Finding: line(finding), Hints: hints})
}

func (e *exam) fail(check string, err error) { e.report(failed(e.p.Name, check, err)) }

// failed is err as a Result; what has no hint of its own gets one.
func failed(profileName, check string, err error) Result {
	r := Result{Profile: profileName, Check: check, State: Fail, Finding: line(err.Error()), Kind: fault.KindOf(err)}
	r.Hints = hintsOf(err)
	if len(r.Hints) == 0 {
		r.Hints = []string{fmt.Sprintf("see %s in authctl profile show %s", check, profileName)}
	}
	return r
}

func hintsOf(err error) []string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Hints
	}
	return nil
}

func line(text string) string { return strings.Join(strings.Fields(text), " ") }
