package login

import (
	"net/url"
	"strings"

	"authctl/internal/fault"
	"authctl/internal/shown"
)

// LogoutAddress is where a person ends the login in the browser, which
// outlives revoked tokens (OpenID Connect RP-Initiated Logout 1.0, 2). It
// names the client and leaves id_token_hint out: an id_token holds personal
// claims, and the address ends on a terminal and in the browser's history. The
// server asks the person instead.
func LogoutAddress(endSession, clientID string) (shown.Address, error) {
	address, err := shown.ParseNamed(endSession)
	if err != nil || !strings.HasPrefix(endSession, "https://") && !strings.HasPrefix(endSession, "http://") {
		return shown.Address{}, fault.New(fault.Config, "end_session_url is no https URL").Hint("profile field end_session_url")
	}
	return address.With("client_id=" + url.QueryEscape(clientID)), nil
}
