// Package helseid imitates HelseID of NHN Norway twice: as the CPPA API's page
// has it (RS512, bearer tokens good for one call), and as it is today (FAPI
// 2.0: DPoP with nonces, PAR, the issuer as audience).
package helseid

import (
	"crypto"
	"encoding/json"
	"net/http"
	"time"

	"authctl/internal/sandbox/core"
)

const lifetime = 10 * time.Minute

// issuer is one HelseID: what the page's and today's have in common.
type issuer struct {
	core   *core.Core
	name   string // provider's name in counters and the token registry
	base   string // path below the sandbox's URL
	signer *core.Signer
	oneUse bool // an access token is good for one API call
}

func (i *issuer) url() string      { return i.core.URL + i.base }
func (i *issuer) tokenURL() string { return i.url() + "/connect/token" }

// refuse answers as IdentityServer does for a client it will not take: the
// code alone. Why is in the sandbox's log.
func (i *issuer) refuse(w http.ResponseWriter, r *http.Request, code, reason string) {
	i.core.Refused(r, reason)
	core.OAuthError(w, http.StatusBadRequest, code, "")
}

// client authenticates by client assertion; "" is success, else why not.
func (i *issuer) client(a *core.Assertion, s core.Strict) string {
	s.Kid, s.Key = i.core.KeyOf(s.Client, a, s.Kid, s.Key)
	if problem := a.Check(s); problem != "" {
		return problem
	}
	if !i.core.Replay.First(i.name+" jti", a.Text("jti"), i.core.Now(), a.Until(s.Skew)) {
		return "jti was used before"
	}
	return ""
}

// mint grants an access token (RFC 9068), bound to jkt when that is not "".
func (i *issuer) mint(client, subject, scope, session, jkt string, extra map[string]any) (token string, life time.Duration) {
	now := i.core.Now()
	life = i.core.Lifetime(lifetime)
	claims := map[string]any{
		"iss": i.url(), "aud": "nhn:cppa", "client_id": client, "scope": scope, "jti": i.core.Hex(16),
		"iat": now.Unix(), "nbf": now.Unix(), "exp": now.Add(life).Unix(),
	}
	if subject != "" {
		claims["sub"] = subject
	}
	for name, value := range extra {
		claims[name] = value
	}
	if jkt != "" {
		claims["cnf"] = map[string]any{"jkt": jkt}
	}
	token = i.signer.Sign("at+jwt", claims)
	i.core.Tokens.Put(token, core.Access{
		Provider: i.name, Client: client, Subject: subject, Scope: scope, Expires: now.Add(life),
		SingleUse: i.oneUse, JKT: jkt, Session: session, Claims: claims,
	})
	return token, life
}

// organization reads the sub-organisation a client acts for from its
// assertion_details, an object or an array; nil when there is none.
func organization(a *core.Assertion) map[string]any {
	details := a.Claims["assertion_details"]
	if list, ok := details.([]any); ok && len(list) > 0 {
		details = list[0]
	}
	object, _ := details.(map[string]any)
	if object["type"] != "helseid_authorization" {
		return nil
	}
	return map[string]any{"helseid_authorization": object["practitioner_role"]}
}

// selvbetjening writes the file that HelseID's self-service hands out:
// privateJwk is JSON inside a JSON string.
func (i *issuer) selvbetjening(file, client string, key crypto.Signer, kid, alg string, grants, scopes []string) (path string, err error) {
	jwk, err := json.Marshal(core.PrivateJWK(key, kid, alg))
	if err != nil {
		return "", err
	}
	conf, err := json.MarshalIndent(map[string]any{
		"clientName": "authctl sandbox", "authority": i.url(), "clientId": client, "grantTypes": grants,
		"scopes": scopes, "redirectUris": []string{}, "postLogoutRedirectUris": []string{}, "privateJwk": string(jwk),
	}, "", "  ")
	if err != nil {
		return "", err
	}
	return i.core.WriteFile(file, conf)
}
