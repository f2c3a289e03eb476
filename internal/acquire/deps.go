package acquire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"io"
	"time"

	"authctl/internal/clientauth"
	"authctl/internal/endpoint"
	"authctl/internal/grant"
	"authctl/internal/metadata"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/store"
	"authctl/internal/token"
)

// Store keeps records and hands out locks; see internal/store for the kinds.
type Store interface {
	Get(ctx context.Context, key string) (store.Record, error)
	Put(ctx context.Context, key string, r store.Record) error
	Delete(ctx context.Context, key string) error
	Lock(ctx context.Context, key string) (store.Lease, error)
}

// Metadata finds the server's endpoints.
type Metadata interface {
	Resolve(ctx context.Context, p *profile.Profile, needs ...metadata.Need) (metadata.Endpoints, error)
}

// Poster sends one request once.
type Poster interface {
	Post(ctx context.Context, r *endpoint.Request) (endpoint.Answer, error)
}

// STS is the way to a profile's security token service.
type STS interface {
	// Holder is the certificate that an assertion is asked for, with its private key.
	Holder(ctx context.Context, p *profile.Profile) (tls.Certificate, error)
	// Signers are the certificates that an assertion may be signed with; none: any.
	Signers(ctx context.Context, p *profile.Profile) ([]*x509.Certificate, error)
	// Way is how a message of holder gets there.
	Way(ctx context.Context, p *profile.Profile, holder tls.Certificate) (Poster, error)
}

// Deps is what the pipeline needs from outside.
type Deps struct {
	Metadata Metadata
	Poster   Poster
	STS      STS
	Store    Store
	// ForToken is Store as Token alone uses it: a token of the own grant may be asked
	// for while the store is away, and what is spent or begun may not. nil: Store.
	ForToken Store
	Grants   map[string]grant.Builder
	Auths    map[string]clientauth.Builder
	Secrets  secret.Resolver
	Now      func() time.Time
	Rand     io.Reader
	Sleep    func(ctx context.Context, d time.Duration) error
	Warn     func(line string) // one line for a person; never a secret
	// Busy shows what is waited for, until the returned func is called.
	Busy func(what string) (done func())
	// Spending is told until done what an end at once would lose, a part of a
	// sentence; nil where nobody wants to know.
	Spending func(what string) (done func())
	// Ready says whether a session could be kept; it is asked before a request
	// whose outcome must not be lost.
	Ready func(ctx context.Context) error
	// Renewed judges the id_token in granted, which a refresh of the login that
	// kept old brought: a fault.Invalid when it is not to be believed.
	Renewed func(ctx context.Context, p *profile.Profile, old, granted token.Set) error
	// Timeout bounds the requests of one grant, retries included, but not the
	// wait for a lock: another process may be asking the same server.
	Timeout time.Duration
}
