package fakes

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"time"

	"authctl/internal/jwt"
	"authctl/internal/keys"
)

// AuthServer is an authorization server in the test's process. It logs anyone
// in at once, is strict about PKCE, redirect URIs and codes, and does wrong
// what its fields say.
type AuthServer struct {
	URL string
	Key *keys.Key // signs id_tokens, in the JWKS as k1

	// ClientKey must have signed every request object (RFC 9101).
	ClientKey *keys.Key

	// IDToken changes the claims of an id_token; Sign replaces its signing.
	IDToken func(claims map[string]any)
	Sign    func(claims map[string]any) (string, error)
	// Callback changes the parameters of the redirect.
	Callback func(q url.Values)
	// Response replaces the JWT of an answer that was asked for in one (JARM).
	Response func(claims map[string]any) (string, error)
	// Document changes the discovery document.
	Document func(d map[string]any)
	// PAR, Device and Token, when they return true, have answered themselves.
	PAR    func(w http.ResponseWriter) bool
	Device func(w http.ResponseWriter) bool
	Token  func(w http.ResponseWriter, params map[string]string) bool
	// ExpiresIn is the lifetime of access tokens in seconds; 0 means 300.
	ExpiresIn int
	now       func() time.Time
	server    *httptest.Server
	mu        sync.Mutex
	seen      []Seen
	asked     map[string]url.Values // by code or request_uri
	refresh   map[string]bool
	serial    int
}

// Password is alice's.
const Password = "{correct horse"

// Seen is one request.
type Seen struct {
	Path   string
	Header http.Header
	Params map[string]string // of a form or JSON body, or of the query
}

// NewAuthServer starts one with that clock; Close ends it.
func NewAuthServer(now func() time.Time) (*AuthServer, error) {
	key, err := keys.Generate("ES256", rand.Reader)
	if err != nil {
		return nil, err
	}
	s := &AuthServer{Key: key, now: now, asked: map[string]url.Values{}, refresh: map[string]bool{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", s.document)
	mux.HandleFunc("GET /jwks", s.jwks)
	mux.HandleFunc("GET /authorize", s.authorize)
	mux.HandleFunc("POST /par", s.par)
	mux.HandleFunc("POST /device", s.device)
	mux.HandleFunc("POST /token", s.token)
	s.server = httptest.NewServer(mux)
	s.URL = s.server.URL
	return s, nil
}

// Close ends the server.
func (s *AuthServer) Close() { s.server.Close() }

// Seen lists the requests of a path, all for "".
func (s *AuthServer) Seen(path string) []Seen {
	s.mu.Lock()
	defer s.mu.Unlock()
	var list []Seen
	for _, r := range s.seen {
		if path == "" || r.Path == path {
			list = append(list, r)
		}
	}
	return list
}

func (s *AuthServer) note(r *http.Request) (params map[string]string) {
	params = map[string]string{}
	if strings.HasPrefix(r.Header.Get("Content-Type"), "application/json") {
		_ = json.NewDecoder(r.Body).Decode(&params)
	} else {
		_ = r.ParseForm()
		for name := range r.Form {
			params[name] = r.Form.Get(name)
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = append(s.seen, Seen{r.URL.Path, r.Header, params})
	return params
}

func (s *AuthServer) document(w http.ResponseWriter, r *http.Request) {
	s.note(r)
	d := map[string]any{
		"issuer": s.URL, "authorization_endpoint": s.URL + "/authorize", "token_endpoint": s.URL + "/token",
		"jwks_uri": s.URL + "/jwks", "device_authorization_endpoint": s.URL + "/device",
		"end_session_endpoint": s.URL + "/logout", "authorization_response_iss_parameter_supported": true,
	}
	if s.Document != nil {
		s.Document(d)
	}
	answer(w, http.StatusOK, d)
}

func (s *AuthServer) jwks(w http.ResponseWriter, r *http.Request) {
	s.note(r)
	jwk, err := s.Key.PublicJWK()
	if err != nil {
		panic(err)
	}
	jwk.Kid, jwk.Alg, jwk.Use = "k1", "ES256", "sig"
	answer(w, http.StatusOK, map[string]any{"keys": []any{jwk}})
}

func (s *AuthServer) par(w http.ResponseWriter, r *http.Request) {
	s.note(r)
	if s.PAR != nil && s.PAR(w) {
		return
	}
	answer(w, http.StatusCreated, map[string]any{"request_uri": s.keep("urn:request:", s.unwrapped(r.PostForm)), "expires_in": 60})
}

// unwrapped is the request inside a request object, nothing where that is not the
// client's; a request without one is as it is.
func (s *AuthServer) unwrapped(q url.Values) url.Values {
	if q.Get("request") == "" {
		return q
	}
	t, err := jwt.Verify(q.Get("request"), jwt.VerifyOptions{
		Keys: []*keys.Key{s.ClientKey}, Issuer: q.Get("client_id"), Audience: s.URL, Typ: "oauth-authz-req+jwt", Now: s.now(),
	})
	inside := url.Values{}
	if err != nil {
		return inside
	}
	for _, m := range t.Claims {
		inside.Set(m.Name, t.Claims.String(m.Name))
	}
	return inside
}

func (s *AuthServer) keep(prefix string, q url.Values) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serial++
	name := fmt.Sprint(prefix, s.serial)
	s.asked[name] = q
	return name
}

func (s *AuthServer) take(name string) url.Values {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := s.asked[name]
	delete(s.asked, name)
	return q
}

// authorize logs the person in without a question.
func (s *AuthServer) authorize(w http.ResponseWriter, r *http.Request) {
	s.note(r)
	q := r.URL.Query()
	if pushed := q.Get("request_uri"); pushed != "" {
		q = s.take(pushed)
	}
	q = s.unwrapped(q)
	if q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || len(q.Get("state")) < 43 {
		http.Error(w, "no response_type, code_challenge_method or state", http.StatusBadRequest)
		return
	}
	back := url.Values{"code": {s.keep("code-", q)}, "state": {q.Get("state")}, "iss": {s.URL}}
	if s.Callback != nil {
		s.Callback(back)
	}
	if strings.HasSuffix(q.Get("response_mode"), "jwt") {
		back = url.Values{"response": {s.response(q.Get("client_id"), back)}}
	}
	http.Redirect(w, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
}

// response is an answer in a JWT (JARM 2.1).
func (s *AuthServer) response(client string, back url.Values) string {
	claims := map[string]any{"iss": s.URL, "aud": client, "exp": s.now().Add(time.Minute).Unix()}
	for name := range back {
		claims[name] = back.Get(name)
	}
	sign := s.Response
	if sign == nil {
		sign = s.SignK1
	}
	signed, err := sign(claims)
	if err != nil {
		panic(err)
	}
	return signed
}

func (s *AuthServer) device(w http.ResponseWriter, r *http.Request) {
	s.note(r)
	if s.Device != nil && s.Device(w) {
		return
	}
	answer(w, http.StatusOK, map[string]any{
		"device_code": s.keep("device-", r.PostForm), "user_code": "ABCD-EFGH", "verification_uri": s.URL + "/enter",
		"expires_in": 60, "interval": 0.01,
	})
}
