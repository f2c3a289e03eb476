package entra

import (
	"fmt"
	"net/http"

	"authctl/internal/sandbox/core"
)

// refusal is one AADSTS error: the OAuth code, Entra's number and its text.
type refusal struct {
	status int
	code   string
	aadsts int
	text   string
}

// write answers as Entra does: trace data in the description, apart by CRLF, and again as members.
func (f refusal) write(c *core.Core, w http.ResponseWriter, r *http.Request) {
	c.Refused(r, fmt.Sprintf("AADSTS%d: %s", f.aadsts, f.text))
	trace, correlation := c.UUID(), c.UUID()
	if id := r.Header.Get("client-request-id"); id != "" {
		correlation = id
	}
	at := c.Now().UTC().Format("2006-01-02 15:04:05Z")
	w.Header().Set("x-ms-request-id", trace)
	core.WriteJSON(w, f.status, map[string]any{
		"error": f.code,
		"error_description": fmt.Sprintf("AADSTS%d: %s\r\nTrace ID: %s\r\nCorrelation ID: %s\r\nTimestamp: %s",
			f.aadsts, f.text, trace, correlation, at),
		"error_codes": []int{f.aadsts}, "timestamp": at, "trace_id": trace, "correlation_id": correlation,
		"error_uri": fmt.Sprintf("%s/error?code=%d", c.URL, f.aadsts),
	})
}

func missing(parameter string) *refusal {
	return &refusal{
		http.StatusBadRequest, "invalid_request", 900144,
		"The request body must contain the following parameter: '" + parameter + "'.",
	}
}

func invalidClient(aadsts int, text string) *refusal {
	return &refusal{http.StatusUnauthorized, "invalid_client", aadsts, text}
}
