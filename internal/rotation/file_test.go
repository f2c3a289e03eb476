package rotation

import (
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"authctl/internal/keys"
	"authctl/internal/secret"
)

// Whoever reads the file while keys change finds one of them, whole.
func TestTheFileIsAlwaysAKey(t *testing.T) {
	path := filepath.Join(t.TempDir(), "k.pem")
	_, first := testKey(t, "ES256", "")
	put(t, path, first)
	p, d := testProfile(secret.Ref{Kind: secret.File, Path: path}), deps(&ring{}, nil)
	stop, wrong := make(chan struct{}), make(chan string, 1)
	go func() {
		defer close(wrong)
		for {
			select {
			case <-stop:
				return
			default:
			}
			b, err := os.ReadFile(path)
			if err == nil {
				_, err = keys.Load(b, keys.Options{})
			}
			if err != nil {
				wrong <- err.Error()
				return
			}
		}
	}()
	for range 30 {
		if _, err := d.Make(t.Context(), p, "", "", ""); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Use(t.Context(), p, UseOptions{}); err != nil {
			t.Fatal(err)
		}
		if _, err := d.Forget(t.Context(), p, Old); err != nil {
			t.Fatal(err)
		}
	}
	close(stop)
	if text, is := <-wrong; is {
		t.Error(text)
	}
}

// A certificate changes with its key, also where the change was ended between the two.
func TestACertificateChangesWithItsKey(t *testing.T) {
	for _, ended := range []bool{false, true} {
		folder := t.TempDir()
		path, crt, issued := filepath.Join(folder, "k.pem"), filepath.Join(folder, "c.pem"), filepath.Join(folder, "issued.pem")
		current, text := testKey(t, "ES256", "")
		put(t, path, text)
		put(t, crt, certificate(t, current))
		p, d := testProfile(secret.Ref{Kind: secret.File, Path: path}), deps(&ring{}, nil)
		p.Client.Certificate = secret.Ref{Kind: secret.File, Path: crt, AnyMode: true}
		p.Assertion.KID = "x5t#S256"
		made, err := d.Make(t.Context(), p, "", "", "CN=me")
		if err != nil || len(made.Request) == 0 || made.KID != "" {
			t.Fatalf("%q: %v", made.KID, err)
		}
		put(t, issued, certificate(t, made.Next))
		if _, err := d.Use(t.Context(), p, UseOptions{Certificate: crt}); err == nil {
			t.Error("the certificate of another key was taken")
		}
		if ended {
			if err := os.Rename(path+".new", path); err != nil {
				t.Fatal(err)
			}
			put(t, path+".old", text)
		}
		if _, err := d.Use(t.Context(), p, UseOptions{Certificate: issued}); err != nil {
			t.Errorf("ended %t: %v", ended, err)
		}
		rows, err := d.List(t.Context(), p)
		if err != nil || len(rows) != 2 || rows[0].KID == "" || rows[0].Ends.IsZero() || !keys.Same(rows[0].Key, made.Next) || rows[1].Seat != Old || !keys.Same(rows[1].Key, current) {
			t.Errorf("ended %t: %v, %v", ended, rows, err)
		}
	}
}

func certificate(t *testing.T, key *keys.Key) string {
	t.Helper()
	c := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "me"}, NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, c, c, key.Public, key.Signer)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
