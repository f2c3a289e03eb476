//go:build e2e

package oidcprovider

import (
	"crypto/rand"
	"crypto/x509"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"text/template"

	"authctl/internal/e2e/features"
	"authctl/internal/e2e/nginx"
	"authctl/internal/e2e/person"
	"authctl/internal/e2e/process"
	"authctl/internal/e2e/program"
)

// TestFeatures fills the server's column of the table.
func TestFeatures(t *testing.T) {
	o := &open{folder: t.TempDir(), secret: rand.Text() + rand.Text(), pki: nginx.NewPKI(t)}
	s, bound := o.start(t)
	pinned := regexp.MustCompile(`"oidc-provider": "(.*)"`)
	text, err := files.ReadFile("package.json")
	if err != nil {
		t.Fatal(err)
	}
	column := features.Start(t, "oidc-provider "+string(pinned.FindSubmatch(text)[1]))
	column.Fill(t, map[features.Feature]func(*testing.T) features.Verdict{
		features.ClientSecretBasic: s.Machine("basic", "basic"),
		features.ClientSecretPost:  s.Machine("post", "post"),
		features.ClientSecretJWT:   s.Machine("secret-jwt", "secret-jwt"),
		features.PrivateKeyRS256:   s.Machine("rs256", "rs256"),
		features.PrivateKeyPS256:   s.Machine("ps256", "ps256"),
		features.PrivateKeyES256:   s.Machine("es256", "es256"),
		features.TLSClient:         features.BehindNginx(s.Machine("tls", "tls")),
		features.TLSSelfSigned:     features.BehindNginx(s.Machine("self-signed", "self-signed")),
		features.CertificateBound:  features.BehindNginx(s.Bound("bound", "bound", bound)),
		features.LoginPublic:       s.Login("public", "public", false),
		features.LoginPublicPAR:    s.Login("public-par", "public", true),
		features.LoginPAR:          s.Login("web", "web", true),
		features.Device:            s.Device("web", "web"),
		features.DevicePublic:      s.Device("public", "public"),
		features.DevicePKCE:        s.UnaskedPKCE("web", o.secret),
		features.Exchange:          s.Refused("unsupported_grant_type", "exchange", "-p", "exchange"),
		features.ExchangeActor:     s.Refused("unsupported_grant_type", "exchange", "-p", "exchange-actor"),
		features.Rotation:          s.Rotation("web", "web"),
		features.DPoP:              s.DPoP("dpop", "basic"),
		features.DPoPLogin:         s.DPoPLogin("web-dpop", "web", true),
		features.Revocation:        s.Revocation("web", "web"),
	})
}

// open is an oidc-provider that offers all it has.
type open struct {
	folder, secret string
	pki            *nginx.PKI
}

func (o *open) start(t *testing.T) (s *features.Server, bound *x509.Certificate) {
	t.Helper()
	port, err := process.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	front := nginx.Front{Port: port, PKI: o.pki}
	if err := os.WriteFile(filepath.Join(o.folder, "secret"), []byte(o.secret), 0o600); err != nil {
		t.Fatal(err)
	}
	o.pki.Client(t, "tls", false)
	bound = o.pki.Client(t, "bound", false)
	p := launch(t, map[string]any{"accessTokenTTL": 300, "mtls": front.URL(), "clients": o.clients(t)})
	front.Server = strings.TrimPrefix(p.Issuer, "http://")
	if nginx.Absent() == "" {
		front.Start(t)
	}
	var text strings.Builder
	err = template.Must(template.New("profiles").Parse(profilesTemplate)).Execute(&text, map[string]string{
		"Issuer": p.Issuer, "Host": front.Server, "Folder": filepath.ToSlash(o.folder), "PKI": o.pki.Folder,
	})
	if err != nil {
		t.Fatal(err)
	}
	return &features.Server{
		Authctl: program.New(t, text.String()), Person: person.Person{User: "anna", Password: "any"},
		ID: "basic", Secret: o.secret, Issuer: p.Issuer,
		IntrospectURL: p.Issuer + "/token/introspection", UserinfoURL: p.Issuer + "/me", DeviceURL: p.Issuer + "/device/auth",
	}, bound
}

// clients are the registered ones, as the profiles use them.
func (o *open) clients(t *testing.T) []map[string]any {
	t.Helper()
	machine := func(id, auth string, more map[string]any) map[string]any {
		c := map[string]any{
			"client_id": id, "token_endpoint_auth_method": auth, "redirect_uris": []string{}, "response_types": []string{},
			"grant_types": []string{"client_credentials"}, "scope": "openid offline_access api",
			"id_token_signed_response_alg": "ES256",
		}
		for name, value := range more {
			c[name] = value
		}
		return c
	}
	secret := map[string]any{"client_secret": o.secret}
	login := map[string]any{
		"application_type": "native", "redirect_uris": []string{LoginURI}, "response_types": []string{"code"},
		"grant_types": []string{"authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"},
	}
	all := []map[string]any{
		machine("basic", "client_secret_basic", secret), machine("post", "client_secret_post", secret),
		machine("secret-jwt", "client_secret_jwt", secret),
		machine("tls", "tls_client_auth", map[string]any{"tls_client_auth_subject_dn": "CN=tls"}),
		machine("self-signed", "self_signed_tls_client_auth", map[string]any{
			"jwks": features.CertificateSet(t, o.pki.Client(t, "self-signed", true)),
		}),
		machine("bound", "client_secret_basic", map[string]any{
			"client_secret": o.secret, "tls_client_certificate_bound_access_tokens": true,
		}),
		machine("public", "none", login), machine("web", "client_secret_basic", login),
	}
	all[len(all)-1]["client_secret"] = o.secret
	for id, alg := range map[string]string{"rs256": "RS256", "ps256": "PS256", "es256": "ES256"} {
		all = append(all, machine(id, "private_key_jwt", map[string]any{
			"token_endpoint_auth_signing_alg": alg, "jwks": features.NewKey(t, filepath.Join(o.folder, id+".der"), alg),
		}))
	}
	return all
}
