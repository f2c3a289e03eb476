package acquire

import (
	"context"
	"errors"

	"authctl/internal/profile"
	"authctl/internal/store"
	"authctl/internal/token"
)

// late is what a server granted, where it could not be kept under key because
// failure says that another took over. After a logout the server is told that
// nobody uses it. What is kept by now may be of the same grant, which a server
// may end for a revocation (RFC 7009 2.1): then the answer is let go.
func (a *Acquirer) late(ctx context.Context, p *profile.Profile, key string, granted token.Set, failure error) {
	if !overtaken(failure) {
		return
	}
	if _, err := a.Store.Get(ctx, key); !errors.Is(err, store.ErrAbsent) {
		return
	}
	a.Warn("what the server granted is revoked: somebody logged out on another machine while it came")
	a.giveBack(ctx, p, granted)
}
