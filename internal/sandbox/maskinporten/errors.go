package maskinporten

import (
	"net/http"

	"authctl/internal/sandbox/core"
)

// refusal is one error of the page "Feilsøking i Maskinporten"; those without a
// number have no page of their own.
type refusal struct {
	status int
	code   string
	number string // MP-NNN, "" for none
	text   string
}

// failed is what every error of client authentication begins with.
const failed = "Invalid assertion. Client authentication failed."

// unauthenticated is invalid_grant: the page tells less than it knows.
func unauthenticated(number, more string) refusal {
	text := failed
	if more != "" {
		text += " " + more + "."
	}
	return refusal{http.StatusBadRequest, "invalid_grant", number, text}
}

func invalidRequest(number, text string) refusal {
	return refusal{http.StatusBadRequest, "invalid_request", number, text}
}

// invalidValue is for a claim that is unknown, or not what it must be.
func invalidValue() refusal {
	return invalidRequest("MP-011", "Invalid assertion. Invalid parameter value")
}

// refuse answers with the trace id in the description and the page of the error in error_uri.
func (p *Provider) refuse(w http.ResponseWriter, r *http.Request, f refusal, why string) {
	p.core.Refused(r, why)
	body := map[string]any{"error": f.code, "error_description": f.text + " (trace_id: " + p.core.Hex(16) + ")"}
	if f.number != "" {
		body["error_uri"] = p.issuer() + "errors/" + f.number
	}
	core.WriteJSON(w, f.status, body)
}
