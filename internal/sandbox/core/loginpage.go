package core

import (
	"io"
	"net/http"
	"net/url"
	"slices"
	"sync"
)

// Person is who logs in at every provider.
const Person = "Kari Testperson"

// LoginPages show a person who asks, and take the decision.
type LoginPages struct {
	core   *Core
	title  string // whose page it is
	action string // path of the decision
	codes  *Codes

	mu      sync.Mutex
	pending map[string]Login
}

// NewLoginPages mounts POST action and shows pages under title.
func (c *Core) NewLoginPages(mux *http.ServeMux, title, action string, codes *Codes) *LoginPages {
	p := &LoginPages{core: c, title: title, action: action, codes: codes, pending: map[string]Login{}}
	mux.HandleFunc("POST "+action, p.decide)
	return p
}

// Show answers an authorization request with the login page. A page is good for one decision.
func (p *LoginPages) Show(w http.ResponseWriter, l Login) {
	id := p.core.Hex(16)
	p.mu.Lock()
	p.pending[id] = l
	p.mu.Unlock()
	p.page(w, http.StatusOK, pageData{Title: p.title, Action: p.action, ID: id, Person: Person, Client: l.Client, Scope: l.Scope + " " + l.Asked})
}

// Deny shows an error to the person: a request whose client or redirect_uri is
// wrong must not be redirected (RFC 6749 4.1.2.1).
func (p *LoginPages) Deny(w http.ResponseWriter, r *http.Request, reason string) {
	p.core.Refused(r, reason)
	p.page(w, http.StatusBadRequest, pageData{Title: p.title, Problem: reason})
}

// DenyStranger denies a request of no known client or with a redirect_uri that
// is none of callbacks, and says whether it did.
func (p *LoginPages) DenyStranger(w http.ResponseWriter, r *http.Request, known bool, callbacks ...string) bool {
	q := r.URL.Query()
	switch {
	case Repeated(q) != "":
		p.Deny(w, r, Repeated(q)+" is repeated.")
	case !known:
		p.Deny(w, r, "The client is unknown.")
	case !Registered(q.Get("redirect_uri"), callbacks...):
		p.Deny(w, r, "The redirect_uri is not one of the client's.")
	default:
		return false
	}
	return true
}

func (p *LoginPages) decide(w http.ResponseWriter, r *http.Request) {
	form, err := Form(r)
	p.mu.Lock()
	l, ok := p.pending[form.Get("request")]
	delete(p.pending, form.Get("request"))
	p.mu.Unlock()
	if err != nil || !ok {
		p.Deny(w, r, "This page was used before. Start again where you came from.")
		return
	}
	target := ""
	if form.Get("decision") == "login" {
		code := p.core.code()
		p.codes.Put(code, Code{Login: l, Session: p.core.UUID(), At: p.core.Now()})
		target = l.Answer(l, code, "")
	} else {
		target = l.Answer(l, "", "access_denied")
	}
	w.Header().Set("Location", target)
	w.WriteHeader(http.StatusFound)
}

// code is long and URL-safe.
func (c *Core) code() string { return c.Hex(40) }

// Back is the redirect to the client: its redirect_uri with parameters, empty ones left out.
func Back(redirectURI string, pairs ...string) string {
	u, err := url.Parse(redirectURI)
	if err != nil {
		panic("sandbox: an unchecked redirect_uri")
	}
	q := u.Query()
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// Registered is true when the redirect URI is one of the registered ones, to
// the letter, but for the port of a loopback address (RFC 8252 7.3).
func Registered(uri string, registered ...string) bool {
	u, err := url.Parse(uri)
	if err != nil || u.Fragment != "" || u.User != nil {
		return false
	}
	if u.Scheme == "http" && slices.Contains([]string{"127.0.0.1", "::1", "localhost"}, u.Hostname()) && u.Port() != "" {
		host := u.Hostname()
		if host == "::1" {
			host = "[::1]"
		}
		uri = "http://" + host + u.RequestURI()
	}
	return slices.Contains(registered, uri)
}

// LoopbackCallbacks are the redirect URIs that every client of the sandbox has registered.
func LoopbackCallbacks(paths ...string) []string {
	var out []string
	for _, host := range []string{"127.0.0.1", "[::1]", "localhost"} {
		for _, path := range paths {
			out = append(out, "http://"+host+path)
		}
	}
	return out
}

func (p *LoginPages) page(w http.ResponseWriter, status int, data pageData) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Frame-Options", "DENY")
	w.Header().Set("Referrer-Policy", "no-referrer")
	w.WriteHeader(status)
	if _, err := io.WriteString(w, data.html()); err != nil {
		p.core.Logf("login page: %v", err)
	}
}
