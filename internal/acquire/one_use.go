package acquire

import (
	"context"
	"sync"

	"authctl/internal/profile"
)

// oneUse is the way of something that is good for one use, such as a refresh
// token, from here to the durable write of what it brought. A signal that ends
// the process meanwhile tells what that may have cost.
type oneUse struct {
	ctx  context.Context // of its requests
	lock locked          // which guards it
	stay func() bool     // asked once, as it leaves: false when an interrupt has come
	say  func() (done func())

	mu   sync.Mutex
	left bool
	over bool
	done func()
}

// oneUse begins one under lock; what is told when it is cut off, a part of a sentence.
func (a *Acquirer) oneUse(ctx context.Context, lock locked, what string) *oneUse {
	return &oneUse{
		ctx: ctx, lock: lock, stay: func() bool { return ctx.Err() == nil },
		say: func() func() { return a.Spending(what) },
	}
}

// steadyOneUse is one that the first signal does not cut off once it has left:
// only a second one, which ends the process.
func (a *Acquirer) steadyOneUse(ctx context.Context, lock locked, what string) *oneUse {
	way, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	e := a.oneUse(way, lock, what)
	e.stay = context.AfterFunc(ctx, func() { cancel(context.Cause(ctx)) })
	return e
}

// end is when what it brought is kept, or nothing will come.
func (e *oneUse) end() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.left {
		e.done()
	} else {
		e.stay()
	}
	e.over = true
}

// leave is called before the first byte of each request's body is sent; its
// error keeps it here.
func (e *oneUse) leave() error {
	if err := e.lock.hold(e.ctx); err != nil {
		return err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.left:
		return nil
	case e.over || !e.stay():
		return context.Canceled
	}
	e.left, e.done = true, e.say()
	return nil
}

// gone is true when it may have reached the server.
func (e *oneUse) gone() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.left
}

// refreshing says what an end at once may cost while p's refresh token is spent.
func refreshing(p *profile.Profile, grantName string) string {
	return "the refresh token of " + p.Name + " was on its way: if the next token is refused, " +
		LoginCommand(p, grantName) + " starts a new session"
}

// starting is refreshing for what begins a session; what an exchange takes may
// be good for another.
func starting(p *profile.Profile, grantName string) string {
	if profile.GrantNamed(grantName).Login {
		return "the login of " + p.Name + " was being completed: if no token is kept, " + LoginCommand(p, grantName) + " logs in again"
	}
	return "what " + p.Name + " exchanges was on its way: a server that takes it once only takes it no more"
}
