package santedb

import (
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"net/http"
	"net/url"

	"authctl/internal/sandbox/core"
)

// The users: both have the same password, the second a second factor as well.
const (
	user    = "kari"
	mfaUser = "kari-mfa"
)

// person is what the users know.
type person struct {
	password string
	code     string // six digits
}

func newPerson(c *core.Core) person {
	return person{
		password: c.Hex(8) + "-p$&+ æ" + c.Hex(4), // which a form must encode
		code:     fmt.Sprintf("%06d", binary.BigEndian.Uint32(c.Bytes(4))%1_000_000),
	}
}

// password is the user session (RFC 6749 4.3). The second factor goes into x_mfa;
// nobody is told whether a user exists.
func (p *Provider) password(w http.ResponseWriter, r *http.Request, form url.Values) {
	who := form.Get("username")
	known := who == user || who == mfaUser
	right := subtle.ConstantTimeCompare([]byte(form.Get("password")), []byte(p.person.password)) == 1
	code, given := form.Get("x_mfa"), form.Has("x_mfa")
	switch {
	case who == "" || form.Get("password") == "":
		p.refuse(w, r, http.StatusBadRequest, "invalid_request", "missing username or password")
	case !known || !right:
		p.refuse(w, r, http.StatusBadRequest, "invalid_grant", "Invalid username/password")
	case who == mfaUser && !given:
		p.refuse(w, r, http.StatusBadRequest, "mfa_required", "A code was sent to k***@example.org")
	case given && (who != mfaUser || subtle.ConstantTimeCompare([]byte(code), []byte(p.person.code)) != 1):
		p.refuse(w, r, http.StatusBadRequest, "invalid_grant", "Invalid MFA code")
	default:
		p.begin(w, r, form, who)
	}
}
