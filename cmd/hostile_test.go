package cmd_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"authctl/cmd"
	"authctl/internal/app"
	"authctl/internal/fakes"
	"authctl/internal/keys"
	"authctl/internal/shown"
)

// evil drives a terminal in every way, forges a line, and is endless.
const evil = "E\x1b[2J\r\nforged: line\n\u202e\u009b31m\u2028\u200b\x7fF"

func evilText() string { return evil + strings.Repeat("A", 10000) }

// quoted is evilText within JSON or YAML, every odd character escaped.
func quoted() string {
	text, _ := json.Marshal(evilText())
	return strings.Trim(string(shown.EscapeJSON(text)), `"`)
}

// hostile is a desk whose server answers with evil in every field.
type hostile struct {
	*desk
	cert string // a certificate whose names are evil
}

const hostileProfiles = `version: 1
default_profile: demo
profiles:
  demo:
    issuer: ISSUER
    client: {id: app, auth: none}
    grant: authorization_code
    scopes: [openid, offline_access]
    login: {params: [{name: odd, value: EVIL}]}
    request: {params: [{name: odd, value: EVIL}]}
    api: {base_url: "https://api.example", hosts: [api.example]}
  person:
    issuer: ISSUER
    client: {id: app, auth: none}
    grant: authorization_code
    scopes: [openid, offline_access]
  machine:
    token_url: ISSUER/token
    discovery: never
    client: {id: app, secret: "env:SECRET"}
    api: {base_url: "https://api.example", hosts: [api.example]}
    hints: [{match: no such, say: EVIL}]
    token: {default_lifetime: 1h}
  device:
    token_url: ISSUER/token
    device_authorization_url: ISSUER/device
    discovery: never
    client: {id: app, auth: none}
    grant: device_code
  signing:
    token_url: ISSUER/token
    discovery: never
    client: {id: app, auth: private_key_jwt, key: "file:KEY"}
    assertion: {kid: EVIL, audience: EVIL}
  exchanging:
    token_url: ISSUER/token
    discovery: never
    client: {id: app, auth: none}
    grant: token_exchange
    exchange: {subject_token_type: access_token, subject_issuer: EVIL}
    audience: [EVIL]
  asserting:
    token_url: ISSUER/token
    discovery: never
    client: {id: app, auth: none}
    grant: token_exchange
    sts: {url: ISSUER/token, applies_to: EVIL, claims: [{name: EVIL, value: EVIL}], key: "file:HOLDER", certificate: "file:HOLDER"}
    hints: [{match: no such, say: EVIL}]
  keyed:
    token_url: ISSUER/token
    discovery: never
    client: {id: app, secret: "keyring:client_secret"}
  odd:
    token_url: ISSUER/token
    discovery: never
    client: {id: app, secret: "keyring:\u202e\u009b\e[2JLONG"}
`

func newHostile(t *testing.T) hostile {
	t.Helper()
	key, holder := signingKey(t), holderFile(t)
	d := newDesk(t, strings.NewReplacer("EVIL", `"`+quoted()+`"`, "LONG", strings.Repeat("A", 10000), "KEY", key, "HOLDER", holder).Replace(hostileProfiles))
	d.env["SECRET"] = "s3cret"
	d.server.Token = func(w http.ResponseWriter, _ map[string]string) bool {
		say(w, 200, `{"access_token":"token-1","refresh_token":"refresh-1","token_type":"EVIL","scope":"EVIL","expires_in":300,"EVIL":"EVIL","patient":"EVIL","issued_token_type":"EVIL","id_token":"EVIL"}`)
		return true
	}
	d.ring = &fakes.Keyring{}
	h := hostile{d, ""}
	h.cert = h.certificate()
	return h
}

// say is an answer of the hostile server, its headers hostile too.
func say(w http.ResponseWriter, status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("WWW-Authenticate", `Bearer error="E`+"\u202e\u009b"+strings.Repeat("A", 3000)+`"`)
	w.Header().Set("Date", "\u202e\u009b")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(strings.ReplaceAll(body, "EVIL", quoted())))
}

// refusing has the token endpoint answer so.
func refusing(status int, body string) func(hostile) {
	return func(h hostile) {
		h.server.Token = func(w http.ResponseWriter, _ map[string]string) bool {
			if status/100 == 3 {
				w.Header().Set("Location", "https://evil.example/\u202e\u009b"+strings.Repeat("A", 10000))
			}
			say(w, status, body)
			return true
		}
	}
}

// document has the discovery document say EVIL in a member.
func document(member string, value any) func(hostile) {
	return func(h hostile) { h.server.Document = func(d map[string]any) { d[member] = value } }
}

// asking has the device endpoint answer so.
func asking(body string) func(hostile) {
	return func(h hostile) {
		h.server.Device = func(w http.ResponseWriter) bool {
			say(w, 200, strings.ReplaceAll(body, "ISSUER", h.server.URL))
			return true
		}
		refusing(400, `{"error":"access_denied","error_description":"EVIL"}`)(h)
	}
}

// kept has records of the store that say evil, as the store writes them.
func kept(h hostile) {
	o := h.run(h.t.Context(), "token", "-p", "machine")
	if o.code != 0 || h.records() == 0 {
		h.t.Fatalf("nothing is kept: %+v", o)
	}
}

func typed(text string) func(hostile) { return func(h hostile) { h.in = strings.NewReader(text) } }

func (h hostile) certificate() string {
	by := newAuthority(h.t, evilText()[:60])
	var all []byte
	for i := range 2 {
		cert := by.sign(&x509.Certificate{
			SerialNumber: big.NewInt(int64(i + 2)), Subject: pkix.Name{CommonName: evilText(), Organization: []string{evilText()}},
			NotBefore: time.Now().Add(-2 * time.Hour), NotAfter: time.Now().Add(-time.Hour),
		}, &by.key.PublicKey)
		all = append(all, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Raw})...)
	}
	file := filepath.Join(h.t.TempDir(), "certs.pem")
	if err := os.WriteFile(file, all, 0o600); err != nil {
		h.t.Fatal(err)
	}
	return file
}

func signingKey(t *testing.T) string {
	t.Helper()
	k, err := keys.Generate("ES256", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := k.PKCS8()
	if err != nil {
		t.Fatal(err)
	}
	return fileWith(t, string(der))
}

// holderFile has an RSA key and its certificate.
func holderFile(t *testing.T) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{SerialNumber: big.NewInt(1)}, &x509.Certificate{}, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	text := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})
	return fileWith(t, string(pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)}))+string(text))
}

// soapFault is what a hostile security token service says.
const soapFault = `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><s:Fault><s:Code><s:Value>EVIL</s:Value><s:Subcode><s:Value>x:EVIL</s:Value></s:Subcode></s:Code><s:Reason><s:Text>EVIL</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>`

// hostileCase is one command line: before sets the scene.
type hostileCase struct {
	args   []string
	before func(hostile)
}

func on(before func(hostile), args ...string) hostileCase { return hostileCase{args, before} }

// hostileCases has every subcommand by its path; CERT, KEY, CLAIMS and EVIL stand for files and text.
func hostileCases() map[string][]hostileCase {
	quiet := func(hostile) {}
	device := func(user, address, whole string) hostileCase {
		return on(asking(`{"device_code":"d","user_code":"`+user+`","verification_uri":"`+address+`","verification_uri_complete":"`+whole+`","expires_in":9,"interval":0.01}`), "-p", "device")
	}
	password := func(before func(hostile), args ...string) hostileCase {
		return on(func(h hostile) { before(h); typed("x")(h) }, append(args, "--username", "EV\u202eIL", "--password-stdin")...)
	}
	grants := []hostileCase{on(quiet, "-p", "EVIL"), on(quiet, "EVIL"), on(quiet, "--config", "EVIL"), on(quiet, "--config", "/nowhere/EVIL"), on(quiet, "--store", "EVIL")}
	refusals := []hostileCase{
		on(refusing(400, `{"error":"EVIL","error_description":"EVIL","error_detail":"EVIL","error_uri":"EVIL"}`), "-p", "machine"),
		on(refusing(401, `{"error":"invalid_client","error_description":"EVIL","EVIL":"EVIL"}`), "-p", "machine"),
		on(refusing(400, `{"error":"invalid_scope","error_description":"no such"}`), "-p", "machine"), on(refusing(307, ``), "-p", "machine"), on(refusing(503, `EVIL`), "-p", "machine"), on(refusing(200, `{"EVIL":"EVIL","token_type":"EVIL"}`), "-p", "machine"),
		on(refusing(200, `EVIL`), "-p", "machine"), on(refusing(200, `{"access_token":"EVIL"}`), "-p", "machine"),
	}
	var reached, run []hostileCase // by curl and exec
	for _, c := range refusals {
		reached = append(reached, on(c.before, append(slices.Clone(c.args), "--", "https://api.example/")...))
		run = append(run, on(c.before, append(slices.Clone(c.args), "--", "true")...))
	}
	tokens := append(slices.Clone(refusals),
		on(quiet, "-p", "machine"), on(quiet, "-p", "machine", "-o", "headers"), on(quiet, "-p", "machine", "-o", "env"), on(quiet, "-p", "machine", "-o", "curl"),
		on(quiet, "-p", "machine", "-o", "EVIL"), on(quiet, "-p", "machine", "--select", "patient"), on(quiet, "-p", "machine", "--select", "EVIL"),
		on(quiet, "-p", "machine", "--scope", "EVIL"), on(quiet, "-p", "machine", "--param", "EVIL"), on(quiet, "-p", "machine", "--scope", "a,EVIL"), on(quiet, "-p", "signing"))
	login := []hostileCase{
		on(quiet, "-p", "demo", "--no-browser", "--timeout", "1s"), on(quiet, "-p", "demo", "--login-hint", "EVIL", "--no-browser", "--timeout", "1s"),
		on(document("issuer", evilText()), "-p", "demo"), on(document("token_endpoint", evilText()), "-p", "demo"),
		on(document("authorization_endpoint", "https://login.example@evil.example/"), "-p", "demo", "--no-browser", "--timeout", "1s"),
		on(document("authorization_endpoint", "https://as.example/"+strings.Repeat("A", 10000)), "-p", "demo", "--no-browser", "--timeout", "1s"),
		on(document("authorization_endpoint", "https://as.example/\u202e\u009b"), "-p", "demo", "--no-browser", "--timeout", "1s"),
		on(document("jwks_uri", "http://evil.example/\u202e"), "-p", "demo"), on(typed(evilText()+"\n"), "-p", "demo", "--paste", "--no-browser", "--timeout", "2s"),
		on(hostileKeys, "-p", "person", "--timeout", "5s"), on(quiet, "-p", "person", "--timeout", "5s"),
	}
	return map[string][]hostileCase{
		"authctl":             {on(quiet, "__complete", "secret", "set", "-p", "odd", ""), on(quiet, "__complete", "token", "-p", "EVIL"), on(quiet, "EVIL"), on(quiet, "--EVIL"), on(quiet)},
		"authctl help":        {on(quiet, "EVIL"), on(quiet, "token")},
		"authctl environment": {on(quiet), on(quiet, "EVIL")},
		"authctl exit-codes":  {on(quiet), on(quiet, "EVIL")},
		"authctl version":     {on(quiet), on(quiet, "EVIL")},
		"authctl token":       append(tokens, grants...),
		"authctl exchange":    append([]hostileCase{on(typed("x"), "-p", "exchanging", "--subject-token", "-"), on(quiet, "-p", "exchanging", "--subject-token", "file:EVIL"), on(quiet, "-p", "exchanging", "--subject-token", "EVIL"), on(typed(evilText()), "-p", "exchanging", "--subject-token", "-")}, grants...),
		"authctl sts": append([]hostileCase{
			on(refusing(500, soapFault), "-p", "asserting"), on(refusing(200, `EVIL`), "-p", "asserting"), on(refusing(307, ``), "-p", "asserting"), on(refusing(503, `<html>EVIL`), "-p", "asserting"),
			on(refusing(200, `<EVIL/>`), "-p", "asserting"), on(quiet, "-p", "asserting", "--show-request"), on(quiet, "-p", "asserting", "-o", "EVIL"), on(quiet, "-p", "asserting", "--sts-claim", "EVIL"),
			on(refusing(500, soapFault), "-p", "asserting", "--sts-claim", "a=EVIL"), on(quiet, "-p", "machine"),
		}, grants...),
		"authctl refresh":    append([]hostileCase{on(kept, "-p", "machine"), on(quiet, "-p", "demo")}, grants...),
		"authctl curl":       append([]hostileCase{on(quiet, "-p", "machine", "--print", "https://api.example/EVIL"), on(quiet, "-p", "machine", "https://evil.example/EVIL"), on(quiet, "-p", "machine", "--", "--EVIL", "https://api.example/"), on(quiet, "-p", "machine", "--print", "--", "-A", "\u202e\u009b", "-o", "\u202e\u009b", "https://api.example/")}, reached...),
		"authctl exec":       append([]hostileCase{on(quiet, "-p", "machine", "--", "EVIL"), on(quiet, "-p", "machine", "--", "/EVIL"), on(quiet, "-p", "machine", "--EVIL"), on(quiet, "-p", "machine", "--env-prefix", "EVIL", "--", "true"), on(quiet, "-p", "machine", "--scope", "EVIL", "--", "true"), on(quiet, "-p", "EVIL", "--", "true"), on(quiet, "--config", "EVIL", "--", "true"), on(quiet, "EVIL")}, run...),
		"authctl login":      {on(quiet, "-p", "EVIL"), on(quiet, "--EVIL"), on(document("device_authorization_endpoint", "https://as.example/\u202e"), "-p", "demo", "--timeout", "1s")},
		"authctl login-pkce": append(login, grants...),
		"authctl login-device": append([]hostileCase{
			device("EVIL", "ISSUER/enter", "ISSUER/enter?EVIL"), device("EVIL", "ISSUER/enter", ""), device("A", "https://as.example/\u202e", ""), device("A", "https://as.example/ü", ""),
			device("A", "https://login.example@evil.example/", ""), device("A", "EVIL", ""), device("A", "https://as.example/"+strings.Repeat("A", 10000), ""), device("A", "https://\u202eas.example/", ""),
		}, grants...),
		"authctl login-password": append([]hostileCase{
			password(refusing(400, `{"error":"mfa_required","error_description":"EVIL"}`), "-p", "machine"), password(refusing(400, `{"error":"invalid_grant","error_description":"EVIL"}`), "-p", "machine"),
			password(quiet, "-p", "machine"), password(quiet, "-p", "person"), password(document("grant_types_supported", []string{evilText()}), "-p", "person"),
			on(typed(evilText()), "-p", "machine", "--username", "a", "--password-stdin"), on(typed("x"), "-p", "machine", "--username", "EVIL", "--password-stdin"),
		}, grants...),
		"authctl assert":         append([]hostileCase{on(quiet, "-p", "signing"), on(quiet, "--key", "EVIL"), on(quiet, "--key", "KEY", "--claim", "EVIL"), on(quiet, "--key", "KEY", "--alg", "EVIL", "--client-id", "a", "--audience", "b")}, grants...),
		"authctl kid":            {on(quiet, "EVIL"), on(quiet, "CERT"), on(typed(`{"kty":"`+quoted()+`","kid":"`+quoted()+`"}`), "-"), on(quiet, "KEY", "--as", "EVIL"), on(quiet, "KEYS", "--as", "all"), on(quiet, "KEYS", "--kid", "EVIL"), on(typed(evilText()), "-")},
		"authctl key":            {on(quiet, "EVIL")},
		"authctl key new":        append([]hostileCase{on(quiet, "-p", "signing"), on(quiet, "-p", "signing", "--alg", "EVIL"), on(quiet, "-p", "signing", "--csr", "EVIL"), on(quiet, "-p", "signing", "--csr", "CN=EVIL", "--out", "EVIL"), on(quiet, "-p", "signing", "--form", "EVIL")}, grants...),
		"authctl key use":        append([]hostileCase{on(quiet, "-p", "signing"), on(quiet, "-p", "signing", "--from", "EVIL"), on(quiet, "-p", "signing", "--from", "KEY"), on(quiet, "-p", "signing", "--certificate", "EVIL")}, grants...),
		"authctl key list":       append([]hostileCase{on(quiet, "-p", "signing")}, grants...),
		"authctl key forget":     append([]hostileCase{on(quiet, "-p", "signing"), on(quiet, "-p", "EVIL")}, grants...),
		"authctl decode":         {on(quiet, "EVIL"), on(quiet, "CLAIMS"), on(quiet, "CLAIMS", "--claim", "EVIL"), on(quiet, "CLAIMS", "--verify", "--key", "KEY", "--issuer", "EVIL", "--audience", "EVIL"), on(typed(evilText()), "-"), on(typed(`{"error":"`+quoted()+`"}`), "-"), on(quiet, "--select", "EVIL", "CLAIMS")},
		"authctl secret":         {on(quiet, "EVIL")},
		"authctl secret set":     {on(typed(evilText()), "EVIL", "-p", "keyed"), on(typed(evilText()), "client_secret", "-p", "keyed"), on(typed("x"), "client_secret", "-p", "EVIL"), on(typed("x"), "client_secret", "-p", "keyed"), on(typed("x"), "\u202e\u009b"+strings.Repeat("A", 10000), "-p", "odd")},
		"authctl secret list":    append([]hostileCase{on(quiet, "-p", "odd"), on(quiet, "-p", "keyed")}, grants...),
		"authctl secret delete":  {on(quiet, "EVIL", "-p", "keyed"), on(quiet, "client_secret", "-p", "EVIL")},
		"authctl doctor":         append([]hostileCase{on(quiet, "--all", "--offline"), on(kept, "--all"), on(document("issuer", evilText()), "-p", "demo"), on(document("token_endpoint_auth_methods_supported", []string{evilText()}), "-p", "demo"), on(document("jwks_uri", "https://127.0.0.1:1/\u202e"), "-p", "demo"), on(hostileKeys, "-p", "demo")}, grants...),
		"authctl status":         append([]hostileCase{on(kept), on(kept, "-p", "machine"), on(kept, "-p", "EVIL")}, grants...),
		"authctl logout":         append([]hostileCase{on(kept, "-p", "machine"), on(kept, "--all"), on(loggedIn("https://as.example/\u202e"), "-p", "person"), on(loggedIn("https://as.example/"+strings.Repeat("A", 10000)), "-p", "person")}, grants...),
		"authctl sandbox":        {on(quiet, "--EVIL"), on(quiet, "--fault", "EVIL"), on(quiet, "EVIL")},
		"authctl profile":        {on(quiet, "EVIL")},
		"authctl profile list":   grants,
		"authctl profile show":   append([]hostileCase{on(quiet, "demo"), on(quiet, "signing"), on(quiet, "machine"), on(quiet, "exchanging")}, grants...),
		"authctl profile check":  append([]hostileCase{on(quiet), on(broken), on(broken, "x")}, grants...),
		"authctl profile add":    {on(typed(evilText()+"\n"), "new"), on(typed(evilText()+"\n"), "EVIL", "--preset", "EVIL"), on(typed(strings.Repeat(evilText()+"\n", 9)), "new", "--preset", "oidc")},
		"authctl profile use":    {on(quiet, "EVIL"), on(quiet, "demo"), on(broken, "x")},
		"authctl profile edit":   {on(quiet, "EVIL"), on(quiet, "demo"), on(quiet), on(broken), on(broken, "x")},
		"authctl profile path":   {on(quiet), on(quiet, "EVIL"), on(broken, "x"), on(quiet, "--config", "EVIL")},
		"authctl profile rename": {on(quiet, "EVIL", "new"), on(quiet, "demo", "EVIL"), on(quiet, "signing", "new"), on(quiet, "odd", "new"), on(kept, "machine", "new"), on(broken, "x", "new")},
		"authctl profile remove": {on(quiet, "EVIL"), on(quiet, "keyed"), on(quiet, "odd", "--yes"), on(quiet, "signing", "--yes"), on(kept, "machine", "--yes"), on(broken, "x", "--yes")},
		"authctl profile import": {on(quiet, "EVIL"), on(typed(`{"client_id":"`+quoted()+`","jwk":{}}`), "-"), on(quiet, "--name", "EVIL", "CERT"), on(quiet, "CERT")},
	}
}

// hostileKeys has the server's JWKS name its keys so.
func hostileKeys(h hostile) {
	jwks := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		say(w, 200, `{"keys":[{"kty":"EVIL","kid":"EVIL"},{"kty":"RSA","kid":"EVIL","n":"EVIL","e":"AQAB"}]}`)
	}))
	h.t.Cleanup(jwks.Close)
	h.server.Token = nil
	document("jwks_uri", jwks.URL+"/jwks")(h)
}

// loggedIn keeps a session of a person whose server ends logins at that address.
func loggedIn(end string) func(hostile) {
	return func(h hostile) {
		h.server.Token = nil
		document("end_session_endpoint", end)(h)
		if o := h.run(h.t.Context(), "login-pkce", "-p", "person", "--timeout", "5s"); o.code != 0 {
			h.t.Fatalf("%+v", o)
		}
	}
}

// broken is a profiles file in which everything is wrong.
func broken(h hostile) {
	e := `"` + quoted() + `"`
	name := strings.Replace(e, strings.Repeat("A", 10000), strings.Repeat("A", 500), 1) // YAML has no key of more than 1024
	text := "version: 1\ndefault_profile: " + e + "\n" + name + ": 1\nprofiles:\n  " + name + ": {" + name + ": 1}\n  x:\n    " + name + ": {}\n    issuer: " + e +
		"\n    client: {id: " + e + ", auth: " + e + ", secret: " + e + ", key: " + e + "}\n    grant: " + e + "\n    scopes: [" + e + "]\n    api: {hosts: [" + e + "], headers: [{name: " + e + ", value: " + e + "}]}\n" +
		"    request: {encoding: " + e + ", omit: [" + e + "]}\n    token: {min_ttl: " + e + "}\n    tls: {ca: " + e + "}\n    preset: " + e + "\n"
	if err := os.WriteFile(h.env["AUTHCTL_CONFIG"], []byte(text), 0o600); err != nil {
		h.t.Fatal(err)
	}
}

// TestNothingHostileReachesATerminal runs every subcommand over hostile values
// in every field: in answers, profiles, files, certificates, arguments, records.
func TestNothingHostileReachesATerminal(t *testing.T) {
	cases := hostileCases()
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		path := c.CommandPath()
		if len(cases[path]) == 0 && !strings.HasPrefix(path, "authctl completion") {
			t.Errorf("%s has no case", path)
		}
		hasJSON := c.Flags().Lookup("output") != nil
		for i, one := range cases[path] {
			t.Run(fmt.Sprintf("%s/%d", strings.ReplaceAll(path, " ", "-"), i), func(t *testing.T) {
				t.Parallel()
				one.run(t, strings.Fields(path)[1:], hasJSON && !slices.Contains(one.args, "-o"))
			})
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(cmd.Tree(app.System{}))
}

func (c hostileCase) run(t *testing.T, command []string, hasJSON bool) {
	t.Helper()
	ways := [][]string{nil, {"-v"}, atTerminal()}
	if hasJSON {
		ways = append(ways, []string{"-o", "json"})
	}
	for _, way := range ways {
		h := newHostile(t)
		c.before(h)
		words := strings.NewReplacer("EVIL", evilText(), "CERT", h.cert, "KEYS", fileWith(t, `{"keys":[{"kty":"oct","k":"AAAA","kid":"`+quoted()+`"}]}`),
			"KEY", signingKey(t), "CLAIMS", fileWith(t, jws(`{"iss":"`+quoted()+`","aud":"x","`+quoted()+`":"`+quoted()+`"}`)))
		if slices.Equal(way, atTerminal()) {
			h.columns, way = 60, nil
		}
		args := slices.Concat(command, way)
		for _, a := range c.args {
			args = append(args, words.Replace(a))
		}
		o := h.run(t.Context(), args...)
		if h.columns > 0 {
			o.stdout, o.stderr = plain(o.stdout), plain(o.stderr)
		}
		// What a person asks decode for is shown whole, and JSON is for a script.
		path := slices.Equal(command, []string{"profile", "path"})
		whole := slices.Contains(way, "json") || command0(command) == "decode" || command0(command) == "assert" || path
		if slices.Contains(c.args, "--claim") || path && h.columns == 0 {
			o.stdout = "" // bytes for a script, cleaned on a terminal (TestScripts/decode)
		}
		harmless(t, "stdout", o.stdout, whole || slices.Equal(command, []string{"profile", "show"}) || slices.Contains(c.args, "--print"))
		harmless(t, "stderr", o.stderr, slices.Contains(way, "json"))
		if t.Failed() {
			t.Logf("%.300q: exit %d", args, o.code)
			return
		}
	}
}

// atTerminal stands for a run in colour and in lines that are broken.
func atTerminal() []string { return []string{"at a terminal"} }

// plain is a screen without what authctl itself drives it by, and no other code.
func plain(screen string) string {
	return strings.NewReplacer("\x1b[0m", "", "\x1b[1m", "", "\x1b[2m", "", "\x1b[31m", "", "\x1b[32m", "", "\x1b[33m", "", "\x1b[97;40m", "", "\r\x1b[K", "").Replace(screen)
}

func command0(command []string) string {
	if len(command) == 0 {
		return ""
	}
	return command[0]
}

// harmless is text that moves no cursor and forges no line; unless whole,
// nobody's value is longer than shown.Max in it.
func harmless(t *testing.T, where, text string, whole bool) {
	t.Helper()
	for line := range strings.Lines(text) {
		body := strings.TrimSuffix(line, "\n")
		if i := strings.IndexFunc(body, shown.Drives); i >= 0 {
			t.Errorf("%s has %.60q", where, body[max(0, i-20):])
		}
		if strings.HasPrefix(body, "forged:") {
			t.Errorf("%s has a forged line", where)
		}
		if strings.HasPrefix(body, "  http") && strings.Contains(body, "&odd=") {
			continue // to be copied; the profile's own parameters make it long
		}
		if i := strings.Index(body, strings.Repeat("A", shown.Max+1)); i >= 0 && !whole {
			t.Errorf("%s has an endless value behind %.80q", where, body[max(0, i-70):])
		}
	}
}

func TestHostileProfilesLoad(t *testing.T) {
	h := newHostile(t)
	for _, name := range []string{"demo", "machine", "device", "signing", "exchanging", "keyed", "odd"} {
		if o := h.run(t.Context(), "profile", "show", name); o.code != 0 {
			t.Errorf("%s: %.300q", name, o.stderr)
		}
	}
}
