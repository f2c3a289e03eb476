//go:build e2e

package features

// Feature is a row of the table.
type Feature string

// The rows, in the order in which All gives and the table prints them.
const (
	ClientSecretBasic Feature = "client_secret_basic"
	ClientSecretPost  Feature = "client_secret_post"
	ClientSecretJWT   Feature = "client_secret_jwt"
	PrivateKeyRS256   Feature = "private_key_jwt RS256"
	PrivateKeyPS256   Feature = "private_key_jwt PS256"
	PrivateKeyES256   Feature = "private_key_jwt ES256"
	TLSClient         Feature = "tls_client_auth, by its alias"
	TLSSelfSigned     Feature = "self_signed_tls_client_auth, by its alias"
	CertificateBound  Feature = "certificate-bound token, by its alias"
	LoginPublic       Feature = "PKCE, public client"
	LoginPublicPAR    Feature = "PKCE, public client, PAR"
	LoginPAR          Feature = "PKCE, confidential client, PAR"
	Device            Feature = "device, confidential client"
	DevicePublic      Feature = "device, public client"
	DevicePKCE        Feature = "device, PKCE enforced"
	Exchange          Feature = "token exchange"
	ExchangeActor     Feature = "token exchange with an actor"
	Rotation          Feature = "refresh rotation"
	DPoP              Feature = "DPoP, client credentials"
	DPoPLogin         Feature = "DPoP, login and refresh"
	Revocation        Feature = "revocation by logout"
)

// All is every row.
func All() []Feature {
	return []Feature{
		ClientSecretBasic, ClientSecretPost, ClientSecretJWT, PrivateKeyRS256, PrivateKeyPS256, PrivateKeyES256,
		TLSClient, TLSSelfSigned, CertificateBound, LoginPublic, LoginPublicPAR, LoginPAR,
		Device, DevicePublic, DevicePKCE, Exchange, ExchangeActor, Rotation, DPoP, DPoPLogin, Revocation,
	}
}

// Verdict is a cell of the table.
type Verdict struct {
	Mark string // a word or two
	Note string // the server's own words, or why nothing was tried
}

// Works is the verdict of a feature that was used to its end.
func Works() Verdict { return Verdict{Mark: "works"} }

// Lacks is the verdict of a feature that the server was asked for and does not
// offer; words are its own.
func Lacks(words string) Verdict { return Verdict{"not offered by the server", words} }

// Untried is the verdict of a feature that this machine or configuration cannot try.
func Untried(why string) Verdict { return Verdict{"not tried", why} }
