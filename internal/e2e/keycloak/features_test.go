//go:build e2e

package keycloak

import (
	"net/url"
	"strings"
	"testing"
	"text/template"

	"authctl/internal/e2e/features"
	"authctl/internal/e2e/nginx"
	"authctl/internal/e2e/process"
	"authctl/internal/e2e/program"
)

// TestFeatures fills the server's column of the table.
func TestFeatures(t *testing.T) {
	g := needsReal(t)
	s := g.features(t, g.issuer(), profilesTemplate)
	tls, bound := g.certificates(t)
	column := features.Start(t, "Keycloak "+distVersion)
	column.Fill(t, map[features.Feature]func(*testing.T) features.Verdict{
		features.ClientSecretBasic: s.Machine("basic", "secret"),
		features.ClientSecretPost:  s.Machine("post", "secret"),
		features.ClientSecretJWT:   s.Machine("secret-jwt", "secret-jwt"),
		features.PrivateKeyRS256:   s.Machine("rs256", "rs256"),
		features.PrivateKeyPS256:   s.Machine("ps256", "ps256"),
		features.PrivateKeyES256:   s.Machine("es256", "es256"),
		features.TLSClient:         tls,
		features.CertificateBound:  bound,
		features.TLSSelfSigned:     s.Unlisted("token_endpoint_auth_methods_supported", "self_signed_tls_client_auth"),
		features.LoginPublic:       s.Login("public", "app", false),
		features.LoginPublicPAR:    s.Login("public-par", "app", true),
		features.LoginPAR:          s.Login("web", "web", true),
		features.Device:            s.Device("web-device", "web-device"),
		features.DevicePublic:      s.Device("device", "device"),
		features.DevicePKCE:        s.Device("device-pkce", "device-pkce"),
		features.Exchange:          s.Exchange("web-exchange", "web", "web"),
		features.ExchangeActor:     s.Undelegated("web-exchange", "web", "web", "basic"),
		features.Rotation:          s.Rotation("web", "web"),
		features.DPoP:              s.DPoP("dpop", "dpop"),
		features.DPoPLogin:         s.DPoPLogin("dpop-login", "dpop", true),
		features.Revocation:        s.Revocation("web", "web"),
	})
}

// features is the realm as authctl with these profiles sees it.
func (g *gateway) features(t *testing.T, issuer, profiles string) *features.Server {
	t.Helper()
	at, err := url.Parse(issuer)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	err = template.Must(template.New("profiles").Parse(profiles)).Execute(&text, map[string]string{
		"Issuer": issuer, "Host": at.Host, "Folder": g.folder,
	})
	if err != nil {
		t.Fatal(err)
	}
	endpoints := issuer + "/protocol/openid-connect"
	return &features.Server{
		Authctl: program.New(t, text.String()), Person: g.person(), ID: "secret", Secret: g.Secret, Issuer: issuer,
		IntrospectURL: endpoints + "/token/introspect", UserinfoURL: endpoints + "/userinfo", DeviceURL: endpoints + "/auth/device",
	}
}

// certificates are the tries that need a server which asks for certificates: nginx. Keycloak
// names itself as it is called, and its aliases are its own endpoints.
func (g *gateway) certificates(t *testing.T) (client, bound func(*testing.T) features.Verdict) {
	t.Helper()
	if why := nginx.Absent(); why != "" {
		untried := func(*testing.T) features.Verdict { return features.Untried(why) }
		return untried, untried
	}
	port, err := process.FreePort()
	if err != nil {
		t.Fatal(err)
	}
	front := nginx.Front{Port: port, Server: strings.TrimPrefix(g.root, "http://"), PKI: nginx.NewPKI(t)}
	front.Start(t)
	front.PKI.Client(t, "tls", false)
	s := g.features(t, front.URL()+"/realms/ehealth", strings.ReplaceAll(certificateProfiles, "PKI", front.PKI.Folder))
	s.Transport = front.PKI.Transport()
	return s.Machine("tls", "tls"), s.Bound("bound", "bound", front.PKI.Client(t, "bound", false))
}

const certificateProfiles = `version: 1
profiles:
  tls:
    issuer: {{.Issuer}}
    client: {id: tls, auth: tls_client_auth}
    tls: {ca: "file:PKI/ca.pem", client_certificate: "file:PKI/tls.pem", client_key: "file:PKI/tls.key"}
  bound:
    issuer: {{.Issuer}}
    client: {id: bound, auth: client_secret_basic, secret: "file:{{.Folder}}/secret"}
    tls: {ca: "file:PKI/ca.pem", client_certificate: "file:PKI/bound.pem", client_key: "file:PKI/bound.key"}
`
