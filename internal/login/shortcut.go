package login

import (
	"crypto/subtle"
	"net/http"
	"strings"

	"authctl/internal/shown"
)

// shortcut is a path of ours and where it leads.
type shortcut struct {
	path string
	to   shown.Address
}

// lead makes an address of the listener that leads to to, until the login is answered.
func (c *callback) lead(name string, to shown.Address) shown.Address {
	short, err := Openable("http://" + c.host + "/" + name)
	if err != nil {
		return to
	}
	c.leads.Store(&shortcut{"/" + name, to})
	return short
}

// led sends the browser of the person who was shown the short address on its way. Every
// other request is none of its: no query, no other Host, method or path, and nothing
// once the answer is there. What is sent says no more than the address itself.
func (c *callback) led(w http.ResponseWriter, req *http.Request) bool {
	s := c.leads.Load()
	if s == nil || c.taken.Load() || req.Method != http.MethodGet || !strings.EqualFold(req.Host, c.host) ||
		subtle.ConstantTimeCompare([]byte(req.RequestURI), []byte(s.path)) == 0 {
		return false
	}
	h := w.Header()
	h.Set("Location", s.to.String())
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("Connection", "close")
	w.WriteHeader(http.StatusFound)
	return true
}
