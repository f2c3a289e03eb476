package cmd_test

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"
)

// The files of mutual TLS, as people have them: what works goes to the server,
// what does not says which field to fix.
func TestFilesOfMutualTLS(t *testing.T) {
	ca := newAuthority(t, "an authority")
	config := with(ca.server())
	config.ClientAuth = tls.RequireAnyClientCert
	s := serveTLS(t, config, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, `{"access_token":"%x","token_type":"Bearer","expires_in":300}`, r.TLS.PeerCertificates[0].Subject.CommonName)
	}))
	dir := t.TempDir()
	save := func(name string, mode os.FileMode, parts ...[]byte) string {
		path := filepath.Join(dir, name)
		var all []byte
		for _, p := range parts {
			all = append(all, p...)
		}
		if err := os.WriteFile(path, all, mode); err != nil {
			t.Fatal(err)
		}
		return "file:" + path
	}
	middle := ca.under("an intermediate")
	pair := middle.issue(&x509.Certificate{Subject: pkix.Name{CommonName: "me"}})
	der := pair.Certificate[0]
	pkcs8, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	inPEM := func(kind string, der []byte) []byte {
		return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der})
	}
	certPEM, keyPEM, chain := inPEM("CERTIFICATE", der), inPEM("PRIVATE KEY", pkcs8), inPEM("CERTIFICATE", middle.cert.Raw)
	vector := func(name string) []byte {
		b, err := os.ReadFile(filepath.Join("..", "internal", "keys", "testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	trust := "file:" + ca.file
	for name, c := range map[string]struct {
		ca, cert, key, passphrase string
		want                      string // the client's name, "" for exit 3
		says                      string
	}{
		"two files":                {trust, save("a.pem", 0o644, certPEM), save("a.key", 0o600, keyPEM), "", "me", ""},
		"one file":                 {trust, save("b.pem", 0o600, keyPEM, certPEM), "", "", "me", ""},
		"one file, for all to see": {trust, save("c.pem", 0o644, keyPEM, certPEM), "", "", "", "chmod 600"},
		"the chain goes first":     {trust, save("d.pem", 0o644, chain, certPEM), save("d.key", 0o600, keyPEM), "", "me", ""},
		"DER":                      {trust, save("e.der", 0o644, der), save("e.key", 0o600, pkcs8), "", "me", ""},
		"UTF-16":                   {save("ca16", 0o644, inUTF16(inPEM("CERTIFICATE", ca.cert.Raw))), save("f.pem", 0o644, inUTF16(certPEM)), save("f.key", 0o600, inUTF16(keyPEM)), "", "me", ""},
		"a trust of DER":           {save("ca.der", 0o644, ca.cert.Raw), save("g.pem", 0o644, certPEM), save("g.key", 0o600, keyPEM), "", "me", ""},
		"a trust with a mark":      {save("ca.bom", 0o644, []byte("\xEF\xBB\xBF"), inPEM("CERTIFICATE", ca.cert.Raw)), save("h.pem", 0o644, certPEM), save("h.key", 0o600, keyPEM), "", "me", ""},
		"PKCS#12":                  {trust, save("i.p12", 0o600, vector("made/leaf.p12")), "", "letmein", "Leaf", ""},
		"PKCS#12 with its chain":   {trust, save("j.p12", 0o600, vector("sealed/chain.p12")), "", "letmein", "Leaf", ""},
		"PKCS#12 named twice":      {trust, save("k.p12", 0o600, vector("made/leaf.p12")), "file:" + filepath.Join(dir, "k.p12"), "letmein", "Leaf", ""},
		"PKCS#12, no passphrase":   {trust, save("l.p12", 0o600, vector("made/leaf.p12")), "", "", "", "set tls.client_key_passphrase in profile m"},
		"PKCS#12, a wrong one":     {trust, save("m.p12", 0o600, vector("made/leaf.p12")), "", "canary", "", "the passphrase does not open"},
		"a certificate alone":      {trust, save("n.pem", 0o644, certPEM), "", "", "", "let tls.client_key name it"},
		"another's key":            {trust, save("o.pem", 0o644, certPEM), save("o.key", 0o600, vector("made/ec256.pem")), "", "", "tls.client_key is not the key of tls.client_certificate"},
		"no certificate":           {trust, save("p.pem", 0o600, keyPEM), save("p.key", 0o600, keyPEM), "", "", "tls.client_certificate: no certificate in it"},
		"no authority":             {save("ca.none", 0o644, keyPEM), save("q.pem", 0o644, certPEM), save("q.key", 0o600, keyPEM), "", "", "tls.ca"},
	} {
		t.Run(name, func(t *testing.T) {
			lines := fmt.Sprintf("ca: %q, client_certificate: %q", c.ca, c.cert)
			if c.key != "" {
				lines += fmt.Sprintf(", client_key: %q", c.key)
			}
			if c.passphrase != "" {
				lines += ", client_key_passphrase: env:PASSPHRASE"
			}
			profile := fmt.Sprintf("version: 1\nprofiles:\n  m:\n    token_url: %s/token\n    client: {id: m, auth: tls_client_auth}\n    tls: {%s}\n", s.URL, lines)
			env := map[string]string{"PASSPHRASE": c.passphrase}
			out, stderr, code := run(t, profile, env, "token", "-p", "m", "--store", "none")
			told, _, doctorCode := run(t, profile, env, "doctor", "-p", "m", "--store", "none")
			if strings.Contains(stderr+told, "canary") {
				t.Errorf("the passphrase is shown: %s%s", stderr, told)
			}
			if c.want != "" {
				if code != 0 || out != fmt.Sprintf("%x\n", c.want) || doctorCode == 3 && !strings.Contains(told, "expired") {
					t.Errorf("exit %d, %q: %s%s", code, out, stderr, told)
				}
				return
			}
			switch {
			case code != 3 || !strings.Contains(stderr, c.says):
				t.Errorf("token: exit %d: %s", code, stderr)
			case doctorCode != 3 || !strings.Contains(told, c.says):
				t.Errorf("doctor: exit %d: %s", doctorCode, told)
			}
		})
	}
}

func inUTF16(text []byte) []byte {
	out := []byte{0xFF, 0xFE}
	for _, u := range utf16.Encode([]rune(string(text))) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

// RFC 8705 5: the token is asked for, and revoked, at the aliases; the client
// assertion names the published endpoint, by which the profile knows it.
func TestAliasesAreUsed(t *testing.T) {
	ca := newAuthority(t, "an authority")
	cert, key, _ := certificate(t, "the client")
	var issuer, aliases string
	var seen []string
	publicSide := serveTLS(t, with(ca.server()), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/.well-known/openid-configuration" {
			seen = append(seen, "public "+r.URL.Path)
			return
		}
		_, _ = fmt.Fprintf(w, `{"issuer":%q,"token_endpoint":"%s/token","revocation_endpoint":"%s/revoke",
			"mtls_endpoint_aliases":{"token_endpoint":"%s/token","revocation_endpoint":"%s/revoke"}}`, issuer, issuer, issuer, aliases, aliases)
	}))
	asking := with(ca.server())
	asking.ClientAuth = tls.RequestClientCert
	mutualSide := serveTLS(t, asking, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, audience := "nobody", ""
		if len(r.TLS.PeerCertificates) > 0 {
			who = r.TLS.PeerCertificates[0].Subject.CommonName
		}
		if parts := strings.Split(r.FormValue("client_assertion"), "."); len(parts) == 3 {
			payload, _ := base64.RawURLEncoding.DecodeString(parts[1])
			var claims struct{ Aud string }
			_ = json.Unmarshal(payload, &claims)
			audience = " to " + claims.Aud
		}
		seen = append(seen, r.URL.Path+" by "+who+audience)
		_, _ = io.WriteString(w, goodToken)
	}))
	issuer, aliases = publicSide.URL, mutualSide.URL
	for auth, want := range map[string]string{
		"tls_client_auth": "/token by the client\n/revoke by the client",
		"private_key_jwt": "/token by the client to " + issuer + "/token\n/revoke by the client to " + issuer + "/token",
	} {
		d := &desk{t: t, home: t.TempDir(), in: strings.NewReader("")}
		file := filepath.Join(d.home, "profiles.yaml")
		text := fmt.Sprintf("version: 1\nprofiles:\n  m:\n    issuer: %s\n    client: {id: m, auth: %s, key: %q}\n    assertion: {audience: token_url, kid: thumbprint}\n"+
			"    tls: {ca: %q, client_certificate: %q, client_key: %q}\n", issuer, auth, "file:"+key, "file:"+ca.file, "file:"+cert, "file:"+key)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		d.env = map[string]string{"HOME": d.home, "AUTHCTL_CONFIG": file, "AUTHCTL_STORE": "file"}
		seen = nil
		d.must(d.run(t.Context(), "token", "-p", "m"), 0)
		d.run(t.Context(), "logout", "-p", "m")
		if got := strings.Join(seen, "\n"); got != want {
			t.Errorf("%s: the server saw\n%s\nwant\n%s", auth, got, want)
		}
	}
}

// A server that refuses a client by certificate which it never asked for one,
// and one that asked and did not like it: each is told apart.
func TestARefusedCertificate(t *testing.T) {
	ca := newAuthority(t, "an authority")
	cert, key, _ := certificate(t, "the client")
	const unasked, refused = "the server did not ask for the client certificate: its address for mutual TLS may be another than token_url has", "the server does not take the certificate"
	for name, c := range map[string]struct {
		ask         tls.ClientAuthType
		body        string
		says, never string
	}{
		"not asked":               {tls.NoClientCert, `{"error":"invalid_client"}`, unasked, refused},
		"not asked, in words":     {tls.NoClientCert, `{"error":"invalid_request","error_description":"a client certificate is required"}`, unasked, refused},
		"asked":                   {tls.RequestClientCert, `{"error":"invalid_client"}`, "check client.id, client.auth (tls_client_auth) and tls.client_certificate", "did not ask"},
		"asked and not taken":     {tls.RequestClientCert, `{"error":"invalid_request","error_description":"the client certificate is unknown"}`, refused, "did not ask"},
		"as nginx says it, asked": {tls.RequestClientCert, "<html><title>400 The SSL certificate error</title></html>", refused, "did not ask"},
	} {
		config := with(ca.server())
		config.ClientAuth = c.ask
		s := serveTLS(t, config, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = io.WriteString(w, c.body)
		}))
		profile := fmt.Sprintf("version: 1\nprofiles:\n  m:\n    token_url: %s/token\n    client: {id: m, auth: tls_client_auth}\n    tls: {ca: %q, client_certificate: %q, client_key: %q}\n",
			s.URL, "file:"+ca.file, "file:"+cert, "file:"+key)
		_, stderr, code := run(t, profile, nil, "token", "-p", "m", "--store", "none")
		if code != 4 || !strings.Contains(stderr, "hint: "+c.says) || strings.Contains(stderr, c.never) {
			t.Errorf("%s: exit %d: %s", name, code, stderr)
		}
	}
}
