package salus

import (
	"net/http"

	"authctl/internal/sandbox/core"
)

// revoke is RFC 7009, a form as 2.1 has it: the provider's page says nothing
// about revocation, and only its token endpoint speaks JSON. An unknown token
// is no error.
func (p *Provider) revoke(w http.ResponseWriter, r *http.Request) {
	form, err := core.Form(r)
	if err != nil {
		p.refuse(w, r, http.StatusBadRequest, "invalid_request", err.Error())
		return
	}
	params := map[string]string{}
	for field := range form {
		params[field] = form.Get(field)
	}
	client, ok := p.client(r, params)
	if !ok {
		p.refuse(w, r, http.StatusUnauthorized, "invalid_client", "Client authentication failed")
		return
	}
	if params["token"] == "" {
		p.refuse(w, r, http.StatusBadRequest, "invalid_request", "token is missing")
		return
	}
	if session := p.core.Sessions.Find(name, params["token"]); session != nil && session.Client == client {
		p.core.Sessions.End(session)
		p.core.Tokens.RevokeSession(session.ID)
	}
	p.core.Tokens.Revoke(name, params["token"])
	w.WriteHeader(http.StatusOK)
}
