// Package trust is whom a profile believes when it connects, and with which
// certificate it shows itself.
package trust

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"authctl/internal/fault"
	"authctl/internal/files"
	"authctl/internal/keys"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// Deps is what trust is made of.
type Deps struct {
	Secrets secret.Resolver
	Env     func(string) (string, bool)
}

// Trust is whom a profile believes, and as whom it goes there.
type Trust struct {
	Config *tls.Config // nil when the profile says nothing
	// Digest stands for the contents of all that decides whom the profile
	// believes. A reference is not enough: two profiles may name one file before
	// and after it was replaced, or the same variable in two environments.
	Digest string
}

// Of reads what the profile's tls: says: extra trust, and the certificate of
// mutual TLS (RFC 8705). Its errors are faults of kind Config.
func (d Deps) Of(ctx context.Context, p *profile.Profile) (Trust, error) {
	sum := sha256.New()
	_, _ = fmt.Fprintf(sum, "insecure_http %t\n", p.InsecureHTTP)
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if p.TLS.CA.IsZero() {
		d.addSystem(ctx, sum)
	} else {
		found, err := d.authorities(ctx, p)
		if err != nil {
			return Trust{}, err
		}
		config.RootCAs = x509.NewCertPool()
		for _, c := range found {
			config.RootCAs.AddCert(c)
			add(sum, "authority", c.Raw)
		}
	}
	if !p.TLS.ClientCertificate.IsZero() {
		pair, err := d.Pair(ctx, p, tlsHolder(p))
		if err != nil {
			return Trust{}, err
		}
		config.Certificates = []tls.Certificate{pair}
		for _, der := range pair.Certificate {
			add(sum, "client", der)
		}
	}
	t := Trust{Digest: hex.EncodeToString(sum.Sum(nil))}
	if config.RootCAs != nil || config.Certificates != nil {
		t.Config = config
	}
	return t, nil
}

func (d Deps) authorities(ctx context.Context, p *profile.Profile) ([]*x509.Certificate, error) {
	text, err := d.Secrets.Resolve(ctx, p.Name, p.TLS.CA)
	if err != nil {
		return nil, err
	}
	found, err := keys.Certificates([]byte(text.Reveal()), keys.Options{})
	if err != nil {
		return nil, fault.New(fault.Config, "tls.ca %s: %w", p.TLS.CA, err).
			Hint("tls.ca names a file of certificates, PEM or DER")
	}
	return found, nil
}

// maxAuthorities is far above the bundle of any system.
const maxAuthorities = 16 << 20

// addSystem is the system's trust. The machine's own store is one for all its
// users; the variables with which a user replaces it are read as crypto/x509
// reads them.
func (d Deps) addSystem(ctx context.Context, sum io.Writer) {
	if path, _ := d.Env("SSL_CERT_FILE"); path != "" {
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			raw, _, err := files.Wanted{Max: maxAuthorities, Wait: time.Second}.Read(ctx, path) // no bundle takes longer
			if err != nil {
				raw = fmt.Appendf(nil, "%s %d %d", path, info.Size(), info.ModTime().UnixNano())
			}
			add(sum, "SSL_CERT_FILE", raw)
		}
	}
	folders, _ := d.Env("SSL_CERT_DIR")
	for _, folder := range filepath.SplitList(folders) {
		entries, _ := os.ReadDir(folder)
		for _, e := range entries {
			if info, err := os.Stat(filepath.Join(folder, e.Name())); err == nil && info.Mode().IsRegular() {
				add(sum, "SSL_CERT_DIR", fmt.Appendf(nil, "%s %d %d", e.Name(), info.Size(), info.ModTime().UnixNano()))
			}
		}
	}
}

// add writes one part so that no two lists of parts read the same.
func add(sum io.Writer, what string, part []byte) {
	_, _ = fmt.Fprintf(sum, "%s %d\n%s\n", what, len(part), part)
}
