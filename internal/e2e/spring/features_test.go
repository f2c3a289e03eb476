//go:build e2e

package spring

import (
	"testing"

	"authctl/internal/e2e/features"
)

// TestFeatures fills the server's column of the table.
func TestFeatures(t *testing.T) {
	c := newClients(t)
	s := start(t, c)
	column := features.Start(t, "Spring Authorization Server "+version())
	column.Fill(t, map[features.Feature]func(*testing.T) features.Verdict{
		features.ClientSecretBasic: s.Machine("basic", "basic"),
		features.ClientSecretPost:  s.Machine("post", "post"),
		features.ClientSecretJWT:   s.Machine("secret-jwt", "secret-jwt"),
		features.PrivateKeyRS256:   s.Machine("rs256", "rs256"),
		features.PrivateKeyPS256:   s.Machine("ps256", "ps256"),
		features.PrivateKeyES256:   s.Machine("es256", "es256"),
		features.TLSClient:         features.BehindNginx(s.Machine("tls", "tls")),
		features.TLSSelfSigned:     features.BehindNginx(s.Machine("self-signed", "self-signed")),
		features.CertificateBound:  features.BehindNginx(s.Bound("bound", "bound", c.bound)),
		features.LoginPublic:       s.Login("public", "public", false),
		features.LoginPublicPAR:    s.Refused("HTTP 401", "login-pkce", "-p", "public-par", "--no-browser"),
		features.LoginPAR:          s.Login("web", "web", true),
		features.Device:            s.Device("web-device", "web"),
		features.DevicePublic:      s.Refused("HTTP 401", "login-device", "-p", "public"),
		features.DevicePKCE:        s.UnaskedPKCE("web", c.of("web")),
		features.Exchange:          s.Exchange("exchange", "web", "web-api"),
		features.ExchangeActor:     s.Delegation("exchange", "web", "web", "actor"),
		features.Rotation:          s.Rotation("web", "web"),
		features.DPoP:              s.DPoP("dpop", "basic"),
		features.DPoPLogin:         s.DPoPLogin("web-dpop", "web", true),
		features.Revocation:        s.Revocation("web", "web"),
	})
}
