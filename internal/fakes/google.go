package fakes

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"strings"
	"time"
)

// The service account of a Google, and the person of its domain that it may act for.
const (
	GoogleAccount = "robot@example.iam.gserviceaccount.com"
	GooglePerson  = "anna@example.org"
	googleKeyID   = "6cb2f8e5d0a14d0e9d3b"
)

// Google is the token endpoint of "Using OAuth 2.0 for Server to Server
// Applications" (developers.google.com), as strict as that page, with one
// service account.
type Google struct {
	URL    string // the token endpoint
	Asked  int
	key    *rsa.PrivateKey
	now    func() time.Time
	server *httptest.Server
}

// NewGoogle starts one with that clock; Close ends it.
func NewGoogle(now func() time.Time) (*Google, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	g := &Google{key: key, now: now}
	g.server = httptest.NewServer(http.HandlerFunc(g.token))
	g.URL = g.server.URL + "/token"
	return g, nil
}

// Close ends the server.
func (g *Google) Close() { g.server.Close() }

// KeyFile is the account's key file, as the console hands it out.
func (g *Google) KeyFile() ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(g.key)
	if err != nil {
		return nil, err
	}
	return json.MarshalIndent(map[string]string{
		"type": "service_account", "project_id": "example", "private_key_id": googleKeyID,
		"private_key":  string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
		"client_email": GoogleAccount, "client_id": "104", "auth_uri": "https://accounts.google.com/o/oauth2/auth",
		"token_uri": g.URL, "universe_domain": "googleapis.com",
	}, "", "  ")
}

// googleClaims are those of the page; a claim beyond them is refused here.
type googleClaims struct {
	Iss, Aud, Scope, Sub string
	TargetAudience       string `json:"target_audience"`
	Iat, Exp             int64
}

func (g *Google) token(w http.ResponseWriter, r *http.Request) {
	g.Asked++
	status, answer := g.answer(r)
	w.Header().Set("Content-Type", "application/json; charset=UTF-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(answer)
}

func (g *Google) answer(r *http.Request) (int, map[string]any) {
	no := func(code, text string) (int, map[string]any) {
		return http.StatusBadRequest, map[string]any{"error": code, "error_description": text}
	}
	if err := r.ParseForm(); err != nil || r.Method != http.MethodPost || r.URL.RawQuery != "" {
		return no("invalid_request", "Bad Request")
	}
	parts := strings.Split(r.PostForm.Get("assertion"), ".")
	if len(r.PostForm) != 2 || r.PostForm.Get("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer" || len(parts) != 3 {
		return no("invalid_request", "a grant_type and an assertion are wanted, and nothing else")
	}
	if r.Header.Get("Authorization") != "" {
		return no("invalid_request", "the assertion is all the proof that is wanted")
	}
	var c googleClaims
	if !g.signed(parts) || decoded(parts[1], &c) != nil {
		return no("invalid_grant", "Invalid JWT Signature.")
	}
	now := g.now().Unix()
	switch {
	case c.Iss != GoogleAccount:
		return no("invalid_grant", "Invalid grant: account not found")
	case c.Aud != g.URL:
		return no("invalid_grant", "Invalid JWT: Failed audience check.")
	case c.Exp <= now || c.Iat > now+60 || c.Exp-c.Iat > 3600:
		return no("invalid_grant", "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.")
	case c.Sub != "" && c.Sub != GooglePerson:
		return no("unauthorized_client", "Client is unauthorized to retrieve access tokens using this method, or client not authorized for any of the scopes requested.")
	case (c.Scope == "") == (c.TargetAudience == "") || c.Scope != "" && !strings.HasPrefix(c.Scope, "https://www.googleapis.com/auth/"):
		return no("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
	case c.TargetAudience != "":
		return http.StatusOK, map[string]any{"id_token": g.idToken(c.TargetAudience, now)}
	}
	return http.StatusOK, map[string]any{"access_token": "ya29." + c.Iss + c.Sub, "expires_in": 3599, "token_type": "Bearer"}
}

// signed is true for a header of the page and a signature of the account's key.
func (g *Google) signed(parts []string) bool {
	var h struct{ Alg, Typ, Kid string }
	if decoded(parts[0], &h) != nil || h.Alg != "RS256" || h.Typ != "JWT" || h.Kid != googleKeyID {
		return false
	}
	signature, err := base64.RawURLEncoding.DecodeString(parts[2])
	sum := sha256.Sum256([]byte(parts[0] + "." + parts[1]))
	return err == nil && rsa.VerifyPKCS1v15(&g.key.PublicKey, crypto.SHA256, sum[:], signature) == nil
}

func (g *Google) idToken(audience string, now int64) string {
	b64 := base64.RawURLEncoding.EncodeToString
	claims, _ := json.Marshal(map[string]any{"iss": "https://accounts.google.com", "aud": audience, "email": GoogleAccount, "iat": now, "exp": now + 3600})
	return b64([]byte(`{"alg":"RS256"}`)) + "." + b64(claims) + "." + b64([]byte("signature"))
}

// decoded reads one part of a JWS; a member that to does not have is an error.
func decoded(part string, to any) error {
	text, err := base64.RawURLEncoding.DecodeString(part)
	if err != nil {
		return err
	}
	d := json.NewDecoder(strings.NewReader(string(text)))
	d.DisallowUnknownFields()
	return d.Decode(to)
}
