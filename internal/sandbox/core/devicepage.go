package core

import (
	"net/http"
)

// DevicePages are a server's verification pages (RFC 8628 3.3).
type DevicePages struct {
	pages   *LoginPages
	devices *Devices
	core    *Core
}

// NewDevicePages mounts POST action and shows pages under title.
func (c *Core) NewDevicePages(mux *http.ServeMux, title, action string, devices *Devices) *DevicePages {
	p := &DevicePages{pages: &LoginPages{core: c, title: title, action: action}, devices: devices, core: c}
	mux.HandleFunc("POST "+action, p.decide)
	return p
}

// Show asks for the user code, or, when it came and is known, for the decision.
func (p *DevicePages) Show(w http.ResponseWriter, r *http.Request, userCode string) {
	if userCode == "" {
		p.pages.page(w, http.StatusOK, pageData{Title: p.pages.title, AskCode: r.URL.Path})
		return
	}
	d, ok := p.devices.ByUserCode(userCode, p.core.Now())
	if !ok {
		p.pages.Deny(w, r, "This code is unknown, used or expired.")
		return
	}
	p.pages.page(w, http.StatusOK, pageData{
		Title: p.pages.title, Action: p.pages.action, ID: userCode, Person: Person, Client: d.Client, Scope: d.Scope, Code: userCode,
	})
}

func (p *DevicePages) decide(w http.ResponseWriter, r *http.Request) {
	form, err := Form(r)
	if err != nil {
		p.pages.Deny(w, r, "The form is broken.")
		return
	}
	if _, ok := p.devices.ByUserCode(form.Get("request"), p.core.Now()); !ok {
		p.pages.Deny(w, r, "This code is unknown, used or expired.")
		return
	}
	approved := form.Get("decision") == "login"
	p.devices.Decide(form.Get("request"), approved)
	done := "Your device is logged in. You may close this page."
	if !approved {
		done = "Your device is not logged in. You may close this page."
	}
	p.pages.page(w, http.StatusOK, pageData{Title: p.pages.title, Done: done})
}
