package session

import (
	"context"
	"time"

	"authctl/internal/acquire"
	"authctl/internal/profile"
	"authctl/internal/store"
)

// Keep is how long a token that is of no more use is kept without being asked.
const Keep = 7 * 24 * time.Hour

// tryLock is how long a lock is waited for: whoever holds it is using the record.
const tryLock = 200 * time.Millisecond

// Prune drops what expired longer than after ago and cannot be refreshed, and says how
// many that were. A profile's session stays until logout or the next one: it says why it
// is over, and keeps token from another grant.
func (s Sessions) Prune(ctx context.Context, after time.Duration) (dropped int, err error) {
	list, err := s.records(ctx, "")
	if err != nil {
		return 0, err
	}
	current := map[string]bool{}
	for _, e := range list {
		current[e.Record.Session] = true
	}
	for _, e := range list {
		if current[e.Key] || !s.useless(e.Record, after) {
			continue
		}
		done, err := s.drop(ctx, e.Key, after)
		if err != nil {
			return dropped, err
		}
		if done {
			dropped++
		}
	}
	return dropped, nil
}

// drop looks again under the lock, which whoever makes it a session holds.
func (s Sessions) drop(ctx context.Context, key string, after time.Duration) (bool, error) {
	trying, cancel := context.WithTimeout(ctx, tryLock)
	defer cancel()
	lock, err := s.Store.Lock(trying, acquire.LockOf(key))
	if err != nil {
		return false, ctx.Err() //nolint:nilerr // it is in use
	}
	defer lock.Unlock()
	if r, err := s.Store.Get(ctx, key); err != nil || !s.useless(r, after) {
		return false, nil //nolint:nilerr // another was quicker
	}
	return true, s.Store.Delete(ctx, key)
}

// useless is a token, and nothing else, that is good for nothing.
func (s Sessions) useless(r store.Record, after time.Duration) bool {
	set := r.Set
	switch {
	case set.AccessToken.IsZero() && set.RefreshToken.IsZero() && r.Grant != store.GrantAssertion:
		return false // a pointer, a key alone
	case len(r.Pending) > 0 || !r.Intent.IsZero():
		return false // something is under way, or was cut off
	case profile.GrantNamed(r.Grant).Session() && r.Subject == "" && acquire.BesideFor(r) == "":
		return false
	case !set.RefreshToken.IsZero() && !gone(set.RefreshExpires, s.Now().Add(-after)):
		return false
	}
	return gone(set.UsableUntil(), s.Now().Add(-after))
}
