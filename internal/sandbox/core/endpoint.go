package core

import (
	"net/http"
	"time"
)

// TokenEndpoint counts requests to a provider's token endpoint, delays them, and injects the faults
// that were asked for, before next works.
func (c *Core) TokenEndpoint(provider string, next http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.Counter.asked(provider)
		if c.latency > 0 {
			select {
			case <-time.After(c.latency):
			case <-r.Context().Done():
				return
			}
		}
		if c.inject(w, r, next) {
			return
		}
		next(w, r)
	})
}

// Answer grants: it counts and writes a token response, changed where a fault asks for it.
func (c *Core) Answer(w http.ResponseWriter, provider string, body map[string]any) {
	c.Counter.gave(provider)
	c.disturb(body)
	WriteJSON(w, http.StatusOK, body)
}

// Rotate puts a new one-time refresh token of the session into a token response.
func (c *Core) Rotate(body map[string]any, session *Session, fresh func() string) {
	if session.Renewed() && c.Faults.Take("no-rotation") {
		c.Sessions.Unspend(session)
		return
	}
	token := fresh()
	c.Sessions.Issue(token, session, c.Now())
	body["refresh_token"] = token
}
