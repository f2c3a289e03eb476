package secret

import "context"

// Signer runs the program of a Signer reference. A Resolver that has programs
// has this too; Resolve gives the public half of such a reference.
type Signer interface {
	// RunSigner gives the program message on stdin and environ beside its own
	// environment, and returns the beginning of its stdout as it is.
	RunSigner(ctx context.Context, ref Ref, environ []string, message []byte) ([]byte, error)
}
