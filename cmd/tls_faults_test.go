package cmd_test

import (
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Issue 10, show 5: what is wrong with a server's TLS, in a person's words, told
// by token and by doctor; and no hint advises what is set, or speaks of the
// client certificate where it was not asked for.
func TestTLSFaults(t *testing.T) {
	root := newAuthority(t, "The Root")
	middle := root.under("The Middle")
	client, clientKey, _ := certificate(t, "the client")
	answer := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, goodToken) })
	serve := func(config *tls.Config) func(*testing.T) string {
		return func(t *testing.T) string { return serveTLS(t, config, answer).URL + "/token" }
	}
	chained := func(sent ...*x509.Certificate) func(*testing.T) string { return serve(with(middle.server(sent...))) }
	old, demanding := with(root.server()), with(root.server())
	old.MinVersion, old.MaxVersion = tls.VersionTLS10, tls.VersionTLS11
	demanding.ClientAuth = tls.RequireAnyClientCert
	expired := root.issue(&x509.Certificate{Subject: pkix.Name{CommonName: "an old leaf"}, IPAddresses: []net.IP{{127, 0, 0, 1}}, NotBefore: time.Now().AddDate(-1, 0, 0), NotAfter: time.Now().AddDate(0, 0, -3)})
	early := root.issue(&x509.Certificate{IPAddresses: []net.IP{{127, 0, 0, 1}}, NotBefore: time.Now().AddDate(0, 0, 3), NotAfter: time.Now().AddDate(1, 0, 0)})
	sha1 := root.issue(&x509.Certificate{IPAddresses: []net.IP{{127, 0, 0, 1}}, SignatureAlgorithm: x509.ECDSAWithSHA1})
	bare := root.issue(&x509.Certificate{Subject: pkix.Name{CommonName: "127.0.0.1"}})
	other := root.issue(&x509.Certificate{Subject: pkix.Name{CommonName: "other"}, DNSNames: []string{"other.test"}})
	for name, c := range map[string]struct {
		url    func(*testing.T) string
		ca     string // a file, "" for the system's
		client bool   // has a client certificate
		says   string
		hint   string
		never  string // a text that must not stand there
	}{
		"the whole chain":      {chained(middle.cert), root.file, true, "", "", ""},
		"a missing link":       {chained(), root.file, false, `leads to "The Middle", an unknown authority: its certificate was not sent`, `if "The Middle" is an intermediate authority, the server has to send that certificate`, "let tls.ca name"},
		"and no tls.ca":        {chained(), "", false, `leads to "The Middle"`, `let tls.ca name a file with the certificate of "The Middle"`, "replaces"},
		"another tls.ca":       {chained(middle.cert), newAuthority(t, "Another").file, true, `leads to "The Root"`, "the file of tls.ca replaces the system's authorities, and lacks", "let tls.ca name"},
		"the root sent too":    {chained(middle.cert, root.cert), "", false, `signed by an unknown authority, "The Root"`, "let tls.ca name a file", "intermediate"},
		"expired":              {serve(with(expired)), root.file, true, `a certificate of the server expired on ` + time.Now().AddDate(0, 0, -3).UTC().Format(time.DateOnly) + `: that of "an old leaf"`, "has to renew it", "tls.client"},
		"the root's new key":   {chained(middle.cert), newAuthority(t, "The Root").file, true, `signed by "The Root", whose certificate here has another key`, "the file of tls.ca has an older or newer certificate of", "lacks"},
		"another's middle":     {chained(root.under("The Middle").cert), root.file, true, `sent a certificate of "The Middle" along that is not the one that signed its own`, "has to send the right one", "tls.ca"},
		"SHA-1":                {serve(with(sha1)), root.file, true, "signed with SHA-1", "the server's operator has to replace it", "lacks"},
		"a Common Name alone":  {serve(with(bare)), root.file, true, "names its host in the Common Name alone", "the server's operator has to replace it", "check the host"},
		"not yet good":         {serve(with(early)), root.file, true, "a certificate of the server is good from", "check this machine's clock", "tls.client"},
		"another host's":       {serve(with(other)), root.file, true, "the server's certificate is another host's", "check the host of token_url", "tls.client"},
		"plain HTTP":           {overTLS(status(200, "A", "b")), root.file, true, "the server speaks plain HTTP there", "check scheme and port of token_url", "tls.client"},
		"no TLS at all":        {overTLS(raw("220 mail.example ESMTP\r\n")), root.file, true, "does not speak TLS", "check scheme and port", "tls.client"},
		"closed":               {overTLS(cut("")), root.file, true, "the connection was closed without an answer", "check the network", "tls.client"},
		"TLS 1.1":              {serve(old), root.file, true, "the server offers no TLS 1.2", "the server's operator has to fix it", "tls.client"},
		"wants a certificate":  {serve(demanding), root.file, false, "the server asked for a client certificate", "set tls.client_certificate and tls.client_key", "is still good"},
		"takes any, gets ours": {serve(demanding), root.file, true, "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var lines []string
			if c.ca != "" {
				lines = append(lines, fmt.Sprintf("ca: %q", "file:"+c.ca))
			}
			if c.client {
				lines = append(lines, fmt.Sprintf("client_certificate: %q, client_key: %q", "file:"+client, "file:"+clientKey))
			}
			profile := fmt.Sprintf("version: 1\nprofiles:\n  m:\n    token_url: %s\n    client: {id: m, auth: none}\n    tls: {%s}\n", c.url(t), strings.Join(lines, ", "))
			code := 5
			if c.says == "" {
				code = 0
			}
			_, stderr, got := run(t, profile, nil, "token", "-p", "m", "--store", "none", "--timeout", "2s")
			told, _, doctorCode := run(t, profile, nil, "doctor", "-p", "m", "--store", "none", "--timeout", "2s")
			if got != code || doctorCode != code && name != "wants a certificate" {
				t.Errorf("exit %d, doctor %d", got, doctorCode)
			}
			texts := map[string]string{"token": stderr, "doctor": told}
			if name == "wants a certificate" {
				delete(texts, "doctor") // over TLS 1.3 the server minds only when it reads
			}
			for by, text := range texts {
				if !strings.Contains(text, c.says) || !strings.Contains(text, c.hint) || c.never != "" && strings.Contains(hints(text), c.never) {
					t.Errorf("%s: %s", by, text)
				}
			}
		})
	}
}

// hints are the lines that advise something, but for doctor's about a
// certificate that lasts an hour.
func hints(text string) string {
	var lines []string
	for line := range strings.Lines(text) {
		if strings.Contains(line, "hint: ") && !strings.Contains(line, "get a new certificate") {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "")
}

// A certificate that the server's list of authorities does not lead to is sent
// all the same (self-signed, RFC 8705 2.2; a leaf without its chain), and -v and
// doctor tell.
func TestTheClientCertificateIsSentWhenAskedFor(t *testing.T) {
	ca := newAuthority(t, "an authority")
	selfSigned, selfKey, _ := certificate(t, "self-signed")
	leaf, leafKey := filepath.Join(t.TempDir(), "leaf.pem"), filepath.Join(t.TempDir(), "leaf.key")
	pair := ca.under("an intermediate").issue(&x509.Certificate{Subject: pkix.Name{CommonName: "a leaf"}})
	write(t, leaf, "CERTIFICATE", pair.Certificate[0])
	der, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	write(t, leafKey, "PRIVATE KEY", der)
	only := x509.NewCertPool()
	only.AddCert(newAuthority(t, "the only one on the server's list").cert)
	for name, c := range map[string]struct {
		ask          tls.ClientAuthType
		version      uint16
		cert, key    string
		trace, found string
	}{
		"self-signed, TLS 1.3":      {tls.RequestClientCert, tls.VersionTLS13, selfSigned, selfKey, "* client certificate: asked for and sent\n", "asked for the client certificate and got it"},
		"self-signed, TLS 1.2":      {tls.RequestClientCert, tls.VersionTLS12, selfSigned, selfKey, "* client certificate: asked for and sent\n", "asked for the client certificate and got it"},
		"a leaf without its chain":  {tls.RequireAnyClientCert, tls.VersionTLS13, leaf, leafKey, "* client certificate: asked for and sent\n", "asked for the client certificate and got it"},
		"not asked for":             {tls.NoClientCert, tls.VersionTLS13, leaf, leafKey, "* client certificate: not asked for, so not sent\n", "did not ask for the client certificate, which client.auth tls_client_auth rests on"},
		"asked for, and none there": {tls.RequestClientCert, tls.VersionTLS13, "", "", "* client certificate: asked for, and tls.client_certificate is not set\n", "goes on without one"},
	} {
		t.Run(name, func(t *testing.T) {
			config := with(ca.server())
			config.ClientAuth, config.ClientCAs, config.MinVersion, config.MaxVersion = c.ask, only, c.version, c.version
			var got string
			s := serveTLS(t, config, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				got = ""
				for _, peer := range r.TLS.PeerCertificates {
					got += peer.Subject.CommonName
				}
				_, _ = io.WriteString(w, goodToken)
			}))
			auth, lines := "none", fmt.Sprintf("ca: %q", "file:"+ca.file)
			if c.cert != "" {
				auth = "tls_client_auth"
				lines += fmt.Sprintf(", client_certificate: %q, client_key: %q", "file:"+c.cert, "file:"+c.key)
			}
			profile := fmt.Sprintf("version: 1\nprofiles:\n  m:\n    token_url: %s/token\n    client: {id: m, auth: %s}\n    tls: {%s}\n", s.URL, auth, lines)
			_, stderr, code := run(t, profile, nil, "token", "-p", "m", "--store", "none", "-v")
			want := map[string]string{selfSigned: "self-signed", leaf: "a leaf"}[c.cert]
			if c.ask == tls.NoClientCert {
				want = ""
			}
			if code != 0 || got != want || !strings.Contains(stderr, c.trace) {
				t.Errorf("exit %d, the server saw %q: %s", code, got, stderr)
			}
			if told, _, code := run(t, profile, nil, "doctor", "-p", "m", "--store", "none"); code != 0 || !strings.Contains(told, c.found) {
				t.Errorf("doctor: exit %d: %s", code, told)
			}
		})
	}
}

// A container that was made from nothing has no roots. crypto/x509 reads them
// once in a process, so another one asks.
func TestNoRootsAtAll(t *testing.T) {
	url := serveTLS(t, with(newAuthority(t, "an authority").server()), http.NotFoundHandler()).URL
	dir := t.TempDir()
	file, none := filepath.Join(dir, "profiles.yaml"), filepath.Join(dir, "none")
	profile := "version: 1\nprofiles:\n  m:\n    token_url: " + url + "/token\n    client: {id: m, auth: none}\n"
	if err := os.WriteFile(file, []byte(profile), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(none, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"token", "doctor"} {
		c := exec.CommandContext(t.Context(), "authctl", command, "-p", "m")
		c.Env = []string{"HOME=" + dir, "AUTHCTL_CONFIG=" + file, "AUTHCTL_STORE=none", "SSL_CERT_FILE=" + none, "SSL_CERT_DIR=" + none}
		out, _ := c.CombinedOutput()
		if code := c.ProcessState.ExitCode(); code != 5 || !strings.Contains(string(out), "this machine trusts no authority at all") || !strings.Contains(string(out), "hint: SSL_CERT_FILE names "+none) {
			t.Errorf("%s: exit %d: %s", command, code, out)
		}
	}
}
