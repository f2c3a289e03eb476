package core

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"sync"
	"time"
)

// nonceLife is how long a DPoP nonce is taken; nonceRenew when a new one is given out.
const (
	nonceLife  = 5 * time.Minute
	nonceRenew = time.Minute
	proofSkew  = time.Minute
)

// Nonces are the DPoP nonces of one server (RFC 9449 8 and 9).
type Nonces struct {
	core *Core

	mu      sync.Mutex
	current string
	made    time.Time
	known   map[string]time.Time
}

// NewNonces has given out none.
func (c *Core) NewNonces() *Nonces {
	n := &Nonces{core: c, known: map[string]time.Time{}}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.nonces = append(c.nonces, n)
	return n
}

// ForgetNonces makes every nonce of every server stale: a proof with one is asked for a new one.
func (c *Core) ForgetNonces() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, n := range c.nonces {
		n.forget()
	}
}

// Current is the nonce to use next.
func (n *Nonces) Current() string {
	now := n.core.Now()
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.current == "" || now.Sub(n.made) >= nonceRenew {
		n.current, n.made = n.core.Hex(16), now
		n.known[n.current] = now.Add(nonceLife)
	}
	return n.current
}

func (n *Nonces) takes(nonce string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	until, ok := n.known[nonce]
	return ok && n.core.Now().Before(until)
}

func (n *Nonces) forget() {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.current, n.known = "", map[string]time.Time{}
}

// Proof is what a DPoP proof must be about.
type Proof struct {
	URL         string // htu, without query and fragment
	AccessToken string // the token it goes with, at a resource server; else ""
	Server      string // scope of the jti replay cache
	Nonces      *Nonces
}

// Check verifies the DPoP header of r (RFC 9449 4.3). It returns the key's
// thumbprint, or the OAuth error code and the reason.
func (p Proof) Check(c *Core, r *http.Request) (jkt, code, reason string) {
	headers := r.Header.Values("DPoP")
	if len(headers) != 1 {
		return "", "invalid_dpop_proof", "exactly one DPoP header is needed"
	}
	proof, err := ParseJWS(headers[0])
	if err != nil {
		return "", "invalid_dpop_proof", "the DPoP proof is no JWT: " + err.Error()
	}
	jwk, _ := proof.Header["jwk"].(map[string]any)
	key, err := PublicJWK(jwk)
	if err != nil {
		return "", "invalid_dpop_proof", err.Error()
	}
	if proof.Typ() != "dpop+jwt" {
		return "", "invalid_dpop_proof", "typ must be dpop+jwt"
	}
	if proof.Verify(key) != nil {
		return "", "invalid_dpop_proof", "the signature does not verify with the jwk of the header"
	}
	jkt = JWKThumbprint(jwk)
	code, reason = p.claims(c, r, proof, jkt)
	return jkt, code, reason
}

func (p Proof) claims(c *Core, r *http.Request, proof *JWS, jkt string) (code, reason string) {
	now := c.Now()
	iat, hasIat := proof.Time("iat")
	switch {
	case proof.Text("htm") != r.Method:
		return "invalid_dpop_proof", "htm is not the request's method"
	case proof.Text("htu") != p.URL:
		return "invalid_dpop_proof", "htu is not the request's URL"
	case !hasIat || now.Sub(time.Unix(iat, 0)).Abs() > proofSkew:
		return "invalid_dpop_proof", "iat is not now"
	case p.AccessToken != "" && proof.Text("ath") != ath(p.AccessToken):
		return "invalid_dpop_proof", "ath is not the hash of the access token"
	case proof.Text("jti") == "":
		return "invalid_dpop_proof", "jti is missing"
	case !p.Nonces.takes(proof.Text("nonce")):
		return "use_dpop_nonce", "a nonce of this server is required in the DPoP proof"
	case !c.Replay.First("dpop "+p.Server+jkt, proof.Text("jti"), now, now.Add(2*proofSkew)):
		return "invalid_dpop_proof", "jti was used before"
	}
	return "", ""
}

// ath is RFC 9449 4.2: base64url(SHA-256(access token)).
func ath(token string) string {
	sum := sha256.Sum256([]byte(token))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
