package login

import (
	"context"
	"time"

	"authctl/internal/shown"
)

// offer is what a person is given to log in with.
type offer struct {
	address shown.Address
	short   shown.Address // leads there, or is the same
	port    int
	expires time.Duration // of a pushed request
}

// present opens the browser or, where it cannot, says what to open. An opener says
// nothing about what it opened: remind is for a person who sees nothing.
func (f Flow) present(ctx context.Context, r Request, o offer) (remind func()) {
	within := ""
	if o.expires > 0 && o.expires < f.Limit {
		within = " within " + plain(o.expires) // the pushed request lapses then
	}
	why := f.Why
	if _, err := Openable(r.AuthorizeURL); f.Browser != nil && err == nil {
		err = f.Browser.Open(ctx, o.address.String())
		if err == nil {
			f.Terminal.Note("The browser has been opened at %s.", r.host())
			return func() { f.Terminal.Say("If it shows nothing, open this address%s:\n\n  %s\n", within, o.short) }
		}
		why = "no browser could be opened: " + err.Error()
	}
	if why != "" {
		f.Terminal.Note("%s", shown.Line(why))
	}
	f.Terminal.Say("Open this address in a browser%s to log in:\n\n  %s\n", within, o.short)
	if f.Remote && o.port != 0 {
		f.Terminal.Say("This shell seems to be on another machine than the browser. Either forward the port first,\n"+
			"  ssh -L %d:%s THIS-MACHINE\n"+
			"or log in anyway and paste the address the browser ends at (--paste), or use authctl login-device.", o.port, r.Redirect.bound(o.port))
	}
	if f.Paste != nil && f.PasteLive {
		f.Terminal.Say("After the login, paste the whole address that the browser ends at here, and press Enter:")
	}
	return nil
}

// short is an address of this machine that leads to one that a terminal would break,
// where the person's browser can come by.
func (f Flow) short(r Request, back *callback, address shown.Address, path string) shown.Address {
	const indent = 2
	if _, err := Openable(r.AuthorizeURL); err != nil || back == nil || !f.Here || f.Paste != nil || f.Terminal.Fits(indent+len(address.String())) {
		return address
	}
	return back.lead(path, address)
}
