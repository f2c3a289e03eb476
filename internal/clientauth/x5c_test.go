package clientauth

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"testing"
	"time"

	"authctl/internal/keys"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// places are secrets by their reference; it signs with signer what stays there.
type places struct {
	texts  map[string]string
	signer crypto.Signer
}

func (p places) Resolve(_ context.Context, _ string, ref secret.Ref) (secret.Text, error) {
	if ref.Public != nil {
		ref = *ref.Public
	}
	text, ok := p.texts[ref.Name]
	if !ok {
		return secret.Text{}, errors.New("absent")
	}
	return secret.New(text), nil
}

func (p places) Sign(_ context.Context, _ secret.Ref, what secret.ToSign) ([]byte, error) {
	if what.Hash == "" {
		return p.signer.Sign(rand.Reader, what.Message, crypto.Hash(0))
	}
	return p.signer.Sign(rand.Reader, what.Digest, map[string]crypto.Hash{"SHA256": crypto.SHA256, "SHA384": crypto.SHA384, "SHA512": crypto.SHA512}[what.Hash])
}

// TestX5CWithEveryKindOfKey: wherever the key and its certificate are, the
// header has that certificate, and x5t#S256 is of it.
func TestX5CWithEveryKindOfKey(t *testing.T) {
	env := func(name string) secret.Ref { return secret.Ref{Kind: secret.Env, Name: name} }
	of := func(public string) secret.Ref {
		ref := env(public)
		return secret.Ref{Kind: secret.SignerProgram, Argv: []string{"sign"}, Public: &ref}
	}
	agent := secret.Ref{Kind: secret.SSHAgent, Name: "public"}
	for _, alg := range []string{"RS256", "ES256", "ES384", "ES512", "EdDSA"} {
		key := newKey(t, alg)
		template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "me"}, NotAfter: time.Now().Add(time.Hour)}
		der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public, key.Signer)
		if err != nil {
			t.Fatal(err)
		}
		pkcs8, err := key.PKCS8()
		if err != nil {
			t.Fatal(err)
		}
		public, err := key.PublicPEM()
		if err != nil {
			t.Fatal(err)
		}
		certificate := string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
		private := string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs8}))
		there := places{map[string]string{"private": private, "both": private + certificate, "certificate": certificate, "public": string(public)}, key.Signer}
		for name, c := range map[string]struct {
			key, certificate secret.Ref
			grant            bool // the key of grant_assertion, which has no certificate field
		}{
			"one file":                {env("both"), secret.Ref{}, false},
			"two files":               {env("private"), env("certificate"), false},
			"a signer's certificate":  {of("certificate"), secret.Ref{}, false},
			"a signer's public key":   {of("public"), env("certificate"), false},
			"ssh-agent":               {agent, env("certificate"), false},
			"grant, one file":         {env("both"), secret.Ref{}, true},
			"grant, signer":           {of("certificate"), secret.Ref{}, true},
			"grant, client.key's own": {secret.Ref{}, env("certificate"), true},
		} {
			p, a := testProfile(), profile.DefaultGrantAssertion()
			p.Client.Key, p.Client.Certificate = c.key, c.certificate
			p.Assertion.X5C, p.Assertion.KID = true, "x5t#S256"
			a.X5C, a.KID, a.Key = true, "x5t#S256", c.key
			if c.key.IsZero() {
				p.Client.Key = env("private")
			}
			p.GrantAssertion = &a
			load, sign := ClientKey, NewAssertion
			if c.grant {
				load, sign = GrantKey, NewGrant
			}
			loaded, err := load(t.Context(), there, p)
			if err != nil {
				t.Errorf("%s, %s: %v", alg, name, err)
				continue
			}
			text, err := sign(p, loaded, server, now, rand.Reader)
			if err != nil {
				t.Errorf("%s, %s: %v", alg, name, err)
				continue
			}
			header, _ := parts(t, text)
			want, err := (&keys.Key{Certificate: loaded.Certificate}).X5TS256()
			if err != nil || header["x5t#S256"] != want || fmt.Sprint(header["x5c"]) != fmt.Sprint([]string{base64.StdEncoding.EncodeToString(der)}) {
				t.Errorf("%s, %s: %v, %v", alg, name, header, err)
			}
		}
	}
}
