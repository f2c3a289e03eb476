// Package store keeps what servers granted: one sealed record per cache key,
// and one lock per cache key, so that N processes ask a server once. Its kinds
// are keyring (the sealing key lives in the OS keyring), file and none, and those
// on an engine (vault, kubernetes), where the processes of many machines do.
package store

import (
	"errors"
	"time"

	"authctl/internal/secret"
	"authctl/internal/token"
)

// ErrAbsent says that nothing is kept under a key.
var ErrAbsent = errors.New("nothing is kept")

// GrantSecret is the Grant of a record that is a secret of the user's and no token.
const GrantSecret = "secret"

// GrantAssertion is the Grant of a record whose Value is a SAML assertion, and that
// has no token: its Set says until when, its Subject for the holder of which certificate.
const GrantAssertion = "assertion"

// Record is what is kept under one cache key. Its zero parts are left out on disk.
type Record struct {
	Profile string    // for status and logout
	Grant   string    // how it was obtained: client_credentials, token_exchange, ...
	Server  string    // the origin of the server that granted it, such as https://as.example
	Set     token.Set // what the server granted
	Session string    // the cache key that holds the session this record only points to
	Subject string    // SHA-256 of the subject token of an exchange, hex
	// Intent marks a refresh in flight since then; a crash leaves it behind.
	Intent time.Time
	// Pending is a raw answer that is durable but not yet validated, and
	// PendingType its Content-Type.
	Pending     []byte
	PendingType string
	// PrivateKey is a PKCS#8 DER key made by authctl, such as a DPoP key.
	PrivateKey []byte
	// Value is a secret of the user's that did not fit into the OS keyring, or an assertion.
	Value secret.Text
	// Aux are small facts that later calls need, such as the revocation endpoint.
	Aux map[string]string
}
