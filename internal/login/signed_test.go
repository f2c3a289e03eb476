package login

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"authctl/internal/fault"
	"authctl/internal/jwt"
	"authctl/internal/keys"
)

// signer is a server that answers in a JWT.
type signer struct {
	t     testing.TB
	key   *keys.Key
	known []*keys.Key // the key as its JWKS has it
}

func newSigner(t testing.TB) signer {
	t.Helper()
	key, err := keys.Generate("ES256", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	public := &keys.Key{Public: key.Public, KID: "k1"}
	return signer{t, key, []*keys.Key{public}}
}

// signs makes r ask for a signed answer.
func (s signer) signs(r Request) Request {
	r.Signed = &Signed{Mode: "jwt", Keys: s.known, Now: time.Now}
	return r
}

// claims are those of an answer to the client of desk_test.go, with more.
func claims(more map[string]any) map[string]any {
	all := map[string]any{"iss": "https://as.example", "aud": "client 1", "exp": time.Now().Add(time.Minute).Unix()}
	maps.Copy(all, more)
	maps.DeleteFunc(all, func(_ string, v any) bool { return v == nil })
	return all
}

func (s signer) response(more map[string]any) string {
	s.t.Helper()
	signed, err := jwt.Sign(s.key, "ES256", map[string]any{"kid": "k1"}, claims(more))
	if err != nil {
		s.t.Fatal(err)
	}
	return signed
}

// TestForgedSignedAnswersEndNothing: whatever cannot be verified is a forged callback, though
// it knows the state, and the login goes on to the real one.
func TestForgedSignedAnswersEndNothing(t *testing.T) {
	server, stranger := newSigner(t), newSigner(t)
	r := start(t.Context(), t, Flow{}, server.signs(request(t, "http://127.0.0.1:0/callback")), nil)
	if got := r.query.Get("response_mode"); got != "jwt" {
		t.Errorf("response_mode=%q", got)
	}
	state := r.query.Get("state")
	with := func(more map[string]any) string {
		all := map[string]any{"code": "evil", "state": state}
		maps.Copy(all, more)
		return server.response(all)
	}
	part := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	payload, err := json.Marshal(claims(map[string]any{"code": "evil", "state": state}))
	if err != nil {
		t.Fatal(err)
	}
	mac, err := jwt.Sign(&keys.Key{Oct: []byte(strings.Repeat("k", 32))}, "HS256", nil, claims(map[string]any{"code": "evil", "state": state}))
	if err != nil {
		t.Fatal(err)
	}
	for name, params := range map[string][]string{
		"no JWT":         {"code", "evil", "state", state, "iss", "https://as.example"},
		"a plain error":  {"error", "access_denied", "state", state},
		"wrong aud":      {"response", with(map[string]any{"aud": "client 2"})},
		"no aud":         {"response", with(map[string]any{"aud": nil})},
		"wrong iss":      {"response", with(map[string]any{"iss": "https://as.example/"})},
		"no iss":         {"response", with(map[string]any{"iss": nil})},
		"expired":        {"response", with(map[string]any{"exp": time.Now().Add(-2 * time.Minute).Unix()})},
		"no exp":         {"response", with(map[string]any{"exp": nil})},
		"unknown key":    {"response", stranger.response(map[string]any{"code": "evil", "state": state})},
		"alg none":       {"response", part(`{"alg":"none","kid":"k1"}`) + "." + part(string(payload)) + "."},
		"a MAC":          {"response", mac},
		"wrong state":    {"response", with(map[string]any{"state": "x"})},
		"state outside":  {"response", with(map[string]any{"state": nil}), "state", state},
		"code outside":   {"response", with(map[string]any{"code": nil}), "code", "evil"},
		"code and error": {"response", with(map[string]any{"error": "access_denied"})},
		"twice":          {"response", with(nil), "response", with(nil)},
		"no object":      {"response", part(`{"alg":"ES256","kid":"k1"}`) + "." + part("[]") + "." + part(strings.Repeat("x", 64))},
		"encrypted":      {"response", strings.Repeat(part(`{"alg":"dir","enc":"A256GCM"}`)+".", 4) + "x"},
		"empty":          {"response", ""},
	} {
		status, body, _ := get(t, r.back(params...))
		if status != http.StatusBadRequest || strings.Contains(body, "evil") || strings.Contains(body, state) {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	select {
	case err := <-r.ended:
		t.Fatalf("a forged callback ended the login: %v", err)
	default:
	}
	get(t, r.back("response", server.response(map[string]any{"code": "real", "state": state}), "state", "x"))
	if err := r.end(t); err != nil {
		t.Fatal(err)
	}
	if c := <-r.codes; c.Value.Reveal() != "real" {
		t.Errorf("redeemed %q", c.Value.Reveal())
	}
}

// TestASignedErrorEndsTheLogin: an error comes in the JWT too (JARM 2.1), and iss of the JWT
// is the one that RFC 9207 asks for.
func TestASignedErrorEndsTheLogin(t *testing.T) {
	server := newSigner(t)
	req := server.signs(request(t, "http://127.0.0.1:0/callback"))
	req.RequireIssuer = true
	r := start(t.Context(), t, Flow{}, req, nil)
	_, page, _ := get(t, r.back("response", server.response(map[string]any{"error": "access_denied", "state": r.query.Get("state")})))
	var f *fault.Error
	if err := r.end(t); !errors.As(err, &f) || f.Kind != fault.Refused || f.Code != "access_denied" || !strings.Contains(page, "declined") {
		t.Errorf("%v, page %s", err, page)
	}
}

// TestAPastedSignedAnswer: what is pasted is verified as what the browser brings.
func TestAPastedSignedAnswer(t *testing.T) {
	server, stranger := newSigner(t), newSigner(t)
	const target = "http://127.0.0.1:8400/callback"
	read := server.signs(request(t, target)).reader("the-state")
	answer := map[string]any{"code": "c0de", "state": "the-state"}
	for line, says := range map[string]string{
		target + "?response=" + server.response(answer):   "",
		"?response=" + server.response(answer):            "",
		target + "?response=" + stranger.response(answer): "not to be believed",
		target + "?code=c0de&state=the-state":             "no signed answer",
	} {
		a, err := parsePasted(line, target, read)
		if says == "" && (err != nil || a.code.Reveal() != "c0de" || a.issuer != "https://as.example") {
			t.Errorf("%s: %+v %v", line, a, err)
		}
		if says != "" && (err == nil || !strings.Contains(err.Error(), says)) {
			t.Errorf("%s: %v", line, err)
		}
	}
}

// FuzzSignedAnswer: nothing is an answer but what the server signed.
func FuzzSignedAnswer(f *testing.F) {
	server := newSigner(f)
	real := server.response(map[string]any{"code": "c0de", "state": "the-state"})
	evil := server.response(map[string]any{"code": "evil", "state": "the-state"})
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none"}`)) + evil[strings.Index(evil, "."):strings.LastIndex(evil, ".")+1]
	for _, response := range []string{real, none, real + ".x.y", real[:len(real)-4], "", "a.b.c", strings.Repeat("a.", 4000)} {
		f.Add("response=" + response)
		f.Add("code=evil&state=the-state&response=" + response)
	}
	f.Add("code=evil&state=the-state")
	r := Request{Issuer: "https://as.example", ClientID: "client 1"}
	read := server.signs(r).reader("the-state")
	f.Fuzz(func(t *testing.T, query string) {
		a, err := read(query)
		if err == nil && (a.code.Reveal() != "c0de" || a.issuer != r.Issuer || a.errorCode != "") {
			t.Errorf("%q was taken for an answer", query)
		}
		q, _ := url.ParseQuery(query)
		if err == nil && len(q["response"]) != 1 {
			t.Errorf("%q has no JWT", query)
		}
	})
}
