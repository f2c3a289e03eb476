// Package flows runs a login from the first request to the kept session: in the
// browser of this machine, or with a person at another one.
package flows

import (
	"context"
	"io"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/login"
	"authctl/internal/metadata"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/store"
)

// Turns is where sessions are kept and where one login waits for another.
type Turns interface {
	Turn(ctx context.Context, key string, busy func()) (unlock func(), err error)
	Get(ctx context.Context, key string) (store.Record, error)
}

// Deps is what a login needs from outside.
type Deps struct {
	Metadata func(ctx context.Context, p *profile.Profile) (*metadata.Source, error)
	Turns    Turns
	Terminal login.Terminal
	In       io.Reader // where a person may paste the answer
	Live     bool      // In is a terminal
	Env      func(string) (string, bool)
	// Desktop is the browser of this machine, nil where there is none; remote is
	// true over SSH.
	Desktop func(remote bool) login.Browser
	// Sign makes the request object of p (RFC 9101) that holds params.
	Sign  func(ctx context.Context, p *profile.Profile, params map[string]any) (secret.Text, error)
	Rand  io.Reader
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error
	Note  func(line string) // a line for -v
}

// Options are the wishes of one login in the browser.
type Options struct {
	Port      int              // instead of the redirect URI's, 0 for that
	NoBrowser bool             // the person opens the address
	Paste     bool             // the person pastes where the browser ended
	Params    []endpoint.Param // prompt, login_hint, acr_values
	Limit     time.Duration    // how long the person is waited for; 0: login.Limit
	Person    Person           // for a profile whose grant is a login by password
}
