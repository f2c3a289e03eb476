package salus

import (
	"net/http"

	"authctl/internal/sandbox/core"
)

// revoke is RFC 7009 in the provider's JSON dialect. An unknown token is no error.
func (p *Provider) revoke(w http.ResponseWriter, r *http.Request) {
	body, err := core.JSONBody(r)
	if err != nil {
		p.refuse(w, r, http.StatusBadRequest, "invalid_request", err.Error())
		return
	}
	params := map[string]string{}
	for field, value := range body {
		params[field], _ = value.(string)
	}
	client, ok := p.client(r, params)
	if !ok || params["token"] == "" {
		p.refuse(w, r, http.StatusUnauthorized, "invalid_client", "Client authentication failed")
		return
	}
	if session := p.core.Sessions.Find(name, params["token"]); session != nil && session.Client == client {
		p.core.Sessions.End(session)
		p.core.Tokens.RevokeSession(session.ID)
	}
	p.core.Tokens.Revoke(name, params["token"])
	w.WriteHeader(http.StatusOK)
}
