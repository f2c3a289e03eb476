package login

import (
	"errors"
	"fmt"
	"net/url"
	"time"

	"authctl/internal/jwt"
	"authctl/internal/keys"
)

// Signed is how an answer that comes in a JWT is verified (JARM 2.4).
type Signed struct {
	Mode string // the response_mode that is asked for
	// Keys are the server's, as they were before the browser opened: no callback
	// has anything fetched.
	Keys []*keys.Key
	Now  func() time.Time
}

var errPlain = errors.New("it is no signed answer, which this login asked for")

// unwrap gives the parameters inside of the one JWT of q. Whatever stands beside it
// nobody has signed, and it does not count.
func (r Request) unwrap(q url.Values) (url.Values, error) {
	response := q["response"]
	if len(response) != 1 {
		return nil, errPlain
	}
	// RFC 8725 3.1: the algorithm is the key's. iss, aud and exp are required (JARM 2.1).
	t, err := jwt.Verify(response[0], jwt.VerifyOptions{
		Keys: r.Signed.Keys, Issuer: r.Issuer, Audience: r.ClientID, Now: r.Signed.Now(), Leeway: leeway,
	})
	if err != nil {
		return nil, fmt.Errorf("its JWT is not to be believed: %s", oneLine(err))
	}
	inside := url.Values{}
	for _, m := range t.Claims {
		if text := t.Claims.String(m.Name); text != "" {
			inside.Set(m.Name, text)
		}
	}
	return inside, nil
}
