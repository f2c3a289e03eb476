package core

import (
	"crypto"
	"crypto/x509"
	"encoding/pem"
	"os"
	"path/filepath"
)

// Profile is one ready profile: its body in the profiles file and the secrets it refers to as keyring:NAME.
type Profile struct {
	Name    string
	YAML    string            // indented by four spaces, below the profile's name
	Secrets map[string]string // by NAME
}

// WriteFile puts an owner-only file into the sandbox's private folder and returns its path.
func (c *Core) WriteFile(name string, data []byte) (string, error) {
	path := filepath.Join(c.Dir, name)
	return path, os.WriteFile(path, data, 0o600)
}

// WriteKey writes a private key as PKCS#8 PEM and returns its path.
func (c *Core) WriteKey(name string, key crypto.Signer) (string, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", err
	}
	return c.WriteFile(name, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
}
