package entra

import (
	"crypto/subtle"
	"net/http"

	"authctl/internal/sandbox/core"
)

// guard is API Management: the subscription key first, then the token by policy.
// Only the second 401 is worth a new token.
func (p *Provider) guard(w http.ResponseWriter, r *http.Request) (core.Access, bool) {
	switch key := r.Header.Get("Ocp-Apim-Subscription-Key"); {
	case key == "":
		p.deny(w, r, "Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API.")
	case subtle.ConstantTimeCompare([]byte(key), []byte(p.subscriptionKey)) != 1:
		p.deny(w, r, "Access denied due to invalid subscription key. Make sure to provide a valid key for an active subscription.")
	default:
		token, ok := core.Bearer(r, "bearer")
		if !ok {
			break
		}
		if access, err := p.core.Tokens.Use(name, token, p.core.Now()); err == nil {
			return access, true
		}
	}
	if w.Header().Get("Content-Type") == "" {
		p.deny(w, r, "Unauthorized. Access token is missing or invalid.")
	}
	return core.Access{}, false
}

func (p *Provider) deny(w http.ResponseWriter, r *http.Request, message string) {
	p.core.Refused(r, message)
	core.WriteJSON(w, http.StatusUnauthorized, map[string]any{"statusCode": http.StatusUnauthorized, "message": message})
}
