package curl

import (
	"context"
	"io"
	"time"

	"authctl/internal/render"
	"authctl/internal/secret"
)

// Token is one access token for the API.
type Token struct {
	Access  secret.Text
	Type    string // token_type as the server spelled it
	Expires time.Time
	Kept    bool // it was kept from earlier: the server may have revoked it since
}

// Tokens gets access tokens. refused is one that the API no longer takes, zero
// for none: it is not given again, and a kept one that is another will do.
type Tokens interface {
	Token(ctx context.Context, refused secret.Text) (Token, error)
}

// Prover makes DPoP proofs (RFC 9449 4.2) with the key the token is bound to.
// The URL is without query and fragment; nonce is "" when the API gave none.
type Prover interface {
	Proof(ctx context.Context, method, url string, access secret.Text, nonce string) (string, error)
}

// API is what a profile says about the API and how it is called.
type API struct {
	Hosts        []string // host or host:port
	BaseURL      string   // what /path is joined to; "" means https://<first host>
	InsecureHTTP bool
	Scheme       string // of the Authorization header, as given
	SingleUse    bool   // a token is good for one request
	Renew        bool   // a 401 on a kept token is worth a new one
	// KeepOn: a 401 whose body has one of these is not about the token.
	KeepOn   []string
	NoRepeat bool // the user wants no second attempt at all
}

// Job is one `authctl curl`.
type Job struct {
	API
	Program      string   // curl's path
	ByStdin      bool     // the secrets go through curl's stdin, where no descriptor can be handed on
	Argv         []string // what the user gave to curl
	AllowUnsafe  bool
	Headers      []render.Header // the profile's api.headers, resolved
	HeaderNames  []string        // their names, for what is decided before they are resolved
	Certificates Certificates
	Environ      []string      // nil: authctl's own
	SecretNames  []string      // environment variables that hold secrets of the profile
	Wait         time.Duration // for headers out of a pipe; 0: as long as the context
	In           io.Reader
	Out, Err     io.Writer
	Terminal     bool // Out is a terminal
	Now          func() time.Time
	Tokens       Tokens
	Prover       Prover               // nil: the profile uses no DPoP
	Warn         func(message string) // for a person; nil: nobody listens
}
