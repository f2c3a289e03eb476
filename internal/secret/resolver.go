package secret

import "context"

// Resolver gives the secret that a reference of the named profile points to.
// The rooms above are handed one and cannot tell where a secret is kept.
type Resolver interface {
	Resolve(ctx context.Context, profileName string, ref Ref) (Text, error)
}
