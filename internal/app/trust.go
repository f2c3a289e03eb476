package app

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
)

// trust is whom a profile believes, and as whom it goes there.
type trust struct {
	config *tls.Config // nil when the profile says nothing
	// digest stands for the contents of all that decides whom p believes. A
	// reference is not enough: two profiles may name one file before and after
	// it was replaced, or the same variable in two environments.
	digest string
}

// tlsConfig is the profile's tls: extra trust, and the certificate of mutual
// TLS (RFC 8705). nil when the profile says nothing.
func (a *App) tlsConfig(ctx context.Context, p *profile.Profile) (*tls.Config, error) {
	t, err := a.trust(ctx, p)
	return t.config, err
}

func (a *App) trust(ctx context.Context, p *profile.Profile) (trust, error) {
	sum := sha256.New()
	_, _ = fmt.Fprintf(sum, "insecure_http %t\n", p.InsecureHTTP)
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if p.TLS.CA.IsZero() {
		a.addSystem(sum)
	} else {
		found, err := a.authorities(ctx, p)
		if err != nil {
			return trust{}, err
		}
		config.RootCAs = x509.NewCertPool()
		for _, c := range found {
			config.RootCAs.AddCert(c)
			add(sum, "authority", c.Raw)
		}
	}
	if !p.TLS.ClientCertificate.IsZero() {
		pair, err := a.clientCertificate(ctx, p)
		if err != nil {
			return trust{}, err
		}
		config.Certificates = []tls.Certificate{pair}
		for _, der := range pair.Certificate {
			add(sum, "client", der)
		}
	}
	t := trust{digest: hex.EncodeToString(sum.Sum(nil))}
	if config.RootCAs != nil || config.Certificates != nil {
		t.config = config
	}
	return t, nil
}

func (a *App) authorities(ctx context.Context, p *profile.Profile) ([]*x509.Certificate, error) {
	text, err := a.Secrets().Resolve(ctx, p.Name, p.TLS.CA)
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
func (a *App) addSystem(sum io.Writer) {
	if path, _ := a.Sys.Env("SSL_CERT_FILE"); path != "" {
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			raw, _, err := files.Wanted{Max: maxAuthorities, Wait: time.Second}.Read(context.Background(), path) // no bundle takes longer
			if err != nil {
				raw = fmt.Appendf(nil, "%s %d %d", path, info.Size(), info.ModTime().UnixNano())
			}
			add(sum, "SSL_CERT_FILE", raw)
		}
	}
	folders, _ := a.Sys.Env("SSL_CERT_DIR")
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
