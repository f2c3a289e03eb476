package login

import (
	"net/url"

	"authctl/internal/fault"
)

// LogoutAddress is where a person ends the login in the browser, which
// outlives revoked tokens (OpenID Connect RP-Initiated Logout 1.0, 2). It
// names the client and leaves id_token_hint out: an id_token holds personal
// claims, and the address ends on a terminal and in the browser's history. The
// server asks the person instead.
func LogoutAddress(endSession, clientID string) (string, error) {
	u, err := url.Parse(endSession)
	if err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http") {
		return "", fault.New(fault.Config, "end_session_url is no https URL").Hint("profile field end_session_url")
	}
	query := "client_id=" + url.QueryEscape(clientID)
	if u.RawQuery != "" {
		query = u.RawQuery + "&" + query
	}
	u.RawQuery = query
	return u.String(), nil
}
