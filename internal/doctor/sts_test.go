package doctor

import (
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/keys"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// asking is a profile that asks a security token service with KEY and CERT.
func asking(change func(*profile.Profile)) *profile.Profile {
	return newProfile(func(p *profile.Profile) {
		p.Grant, p.Client.Key, p.Client.Certificate = "token_exchange", env("KEY"), env("CERT")
		p.Exchange.SubjectToken = secret.Ref{Kind: secret.File, Path: "-"}
		p.STS.URL, p.STS.AppliesTo = "https://sts.example/issue", "http://service.example/1"
		if change != nil {
			change(p)
		}
	})
}

// forSigning makes a certificate of k for that keyUsage.
func forSigning(t *testing.T, k *keys.Key, usage x509.KeyUsage) string {
	t.Helper()
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: now(), NotAfter: now().AddDate(1, 0, 0), KeyUsage: usage}
	der, err := x509.CreateCertificate(rand.Reader, template, template, k.Public, k.Signer)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func TestWhatAnSTSIsAskedWith(t *testing.T) {
	key, err := keys.Generate("RS256", rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	curve := newKey(t)
	good, _ := certify(t, key, now().AddDate(1, 0, 0))
	soonOver, _ := certify(t, key, now().AddDate(0, 0, 12))
	over, _ := certify(t, key, now().AddDate(0, 0, -1))
	ofCurve, _ := certify(t, curve, now().AddDate(1, 0, 0))
	rsa := keyPEM(t, key)
	pinned := func(p *profile.Profile) { p.STS.SigningCertificates = []secret.Ref{env("OLD"), env("NEW")} }
	for name, tt := range map[string]struct {
		key, certificate string
		change           func(*profile.Profile)
		want             [][2]string
	}{
		"good": {rsa, good, nil, [][2]string{
			{"ok client.key", ""},
			{"ok client.certificate", ""},
			{"skip exchange.subject_token", "sts.url"},
			{"ok sts certificate", "belongs to client.key, good until 2027-11-21 (365 days)"},
			{"ok sts key", "RSA"},
			{"ok sts.signing_certificates", "TLS alone"},
		}},
		"in the key's file": {rsa + good, "", func(p *profile.Profile) { p.Client.Certificate = secret.Ref{} }, [][2]string{{"ok sts certificate", ""}}},
		"a key of its own": {rsa, good, func(p *profile.Profile) {
			p.STS.Key, p.Client.Key, p.STS.Certificate = p.Client.Key, secret.Ref{}, env("CERT")
		}, [][2]string{{"ok sts certificate", "belongs to sts.key"}}},
		"none at all":          {rsa, "", func(p *profile.Profile) { p.Client.Certificate = secret.Ref{} }, [][2]string{{"FAIL sts certificate", "no certificate in it"}}},
		"soon over":            {rsa, soonOver, nil, [][2]string{{"warn sts certificate", "(12 days)"}}},
		"over":                 {rsa, over, nil, [][2]string{{"FAIL sts certificate", "expired on 2026-11-20"}}},
		"another's":            {rsa, ofCurve, nil, [][2]string{{"FAIL sts certificate", "client.key is not the key of client.certificate"}}},
		"no RSA":               {keyPEM(t, curve), ofCurve, nil, [][2]string{{"ok sts certificate", ""}, {"FAIL sts key", "signed with an RSA key, and this one is ECDSA"}}},
		"no RSA, no message":   {keyPEM(t, curve), ofCurve, func(p *profile.Profile) { p.STS.Protocol = profile.MTLSJSON }, [][2]string{{"ok sts key", "ECDSA"}}},
		"may sign":             {rsa, forSigning(t, key, x509.KeyUsageDigitalSignature|x509.KeyUsageKeyEncipherment), nil, [][2]string{{"ok sts key", "RSA"}}},
		"may not sign":         {rsa, forSigning(t, key, x509.KeyUsageKeyEncipherment), nil, [][2]string{{"warn sts key", "digitalSignature"}}},
		"pinned, the old over": {rsa, good, pinned, [][2]string{{"ok sts.signing_certificates", "the newest is good until 2027-11-21"}}},
		"pinned to no certificate": {rsa, good, func(p *profile.Profile) {
			p.STS.SigningCertificates = []secret.Ref{env("SECRET")}
		}, [][2]string{{"FAIL sts.signing_certificates", "no certificate in it"}}},
		"no pin there": {rsa, good, func(p *profile.Profile) {
			p.STS.SigningCertificates = []secret.Ref{env("NONE")}
		}, [][2]string{{"FAIL sts.signing_certificates[0]", "set NONE"}}},
		"no key there": {rsa, good, func(p *profile.Profile) { p.Client.Key = env("NONE") }, [][2]string{{"FAIL client.key", ""}, {"skip sts certificate", "could not be read"}}},
	} {
		t.Run(name, func(t *testing.T) {
			b := newFixture()
			b.secrets["KEY"], b.secrets["CERT"], b.secrets["OLD"], b.secrets["NEW"] = tt.key, tt.certificate, over, good
			lines := b.examine(t, asking(tt.change), Options{Offline: true})
			for _, w := range tt.want {
				expect(t, lines, w[0], w[1])
			}
		})
	}
	if text := strings.Join(newFixture().examine(t, newProfile(nil), Options{}), "\n"); strings.Contains(text, " sts") {
		t.Errorf("of a profile without one:\n%s", text)
	}
}

// The host of the service is asked as any other, and its clock is the one that
// dates messages; a client certificate is for other hosts.
func TestTheHostOfAnSTS(t *testing.T) {
	p := asking(func(p *profile.Profile) { p.TLS.ClientCertificate, p.TLS.CA = env("CERT"), env("CA") })
	b := newFixture()
	b.tls = &tls.Config{}
	b.secrets["KEY"], b.secrets["CERT"], b.secrets["CA"] = "k", "c", "a"
	for date, want := range map[time.Duration]string{0: "ok sts clock", time.Minute: "warn sts clock", 6 * time.Minute: "FAIL sts clock"} {
		b.date = now().Add(date)
		lines := b.examine(t, p, Options{})
		expect(t, lines, "ok sts.url", "sts.example answers")
		expect(t, lines, want)
	}
	var bare bool
	d := b.deps()
	client := d.Client
	d.Client = func(ctx context.Context, p *profile.Profile) (*endpoint.Client, error) {
		bare = p.TLS.ClientCertificate.IsZero() && !p.TLS.CA.IsZero()
		return client(ctx, p)
	}
	Examine(t.Context(), d, p, Options{}, func(Result) {})
	if !bare {
		t.Error("the STS was shown a client certificate, or the authorities of the profile were not asked")
	}
	b.down = true
	expect(t, b.examine(t, p, Options{}), "skip sts clock", "the host of sts.url did not answer")
}
