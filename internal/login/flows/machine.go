package flows

import "authctl/internal/login"

// flow is the part of a login that this machine decides.
func (d Deps) flow(o Options) login.Flow {
	f := login.Flow{Terminal: d.Terminal, Rand: d.Rand, Limit: o.Limit}
	if f.Limit <= 0 {
		f.Limit = login.Limit
	}
	f.Remote = d.has("SSH_CONNECTION") || d.has("SSH_TTY")
	b := d.Desktop(f.Remote)
	f.Here = b != nil && !f.Remote
	switch {
	case o.NoBrowser:
	case b != nil:
		f.Browser, f.Remote = b, false
	case !f.Remote:
		f.Why = "This machine has no browser that authctl could open (login-device needs none)."
	}
	f.PasteLive = d.Live
	if o.Paste || (f.Remote && f.PasteLive) {
		f.Paste = d.In
	}
	return f
}

func (d Deps) has(name string) bool {
	v, ok := d.Env(name)
	return ok && v != ""
}
