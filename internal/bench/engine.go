package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"authctl/internal/fakes"
	"authctl/internal/store"
)

// engine is a Vault with TLS; its token is root.
type engine struct {
	url, ca string // ca is the file of its authority
	name    string // what it is, for the table
	stop    func()
}

// warm compares a kept token out of an engine with one bare GET of its record.
func (b *bed) warm(fresh side) row {
	r := row{what: "`token`, fresh, `store: vault`, TLS on a new connection", against: "a bare Go program, one GET of the record", aim: "<= 3x"}
	r.measure = func(ctx context.Context, authctls []string) ([]string, error) {
		e, err := b.engine(ctx)
		if err != nil {
			return nil, err
		}
		defer e.stop()
		config := filepath.Join(b.folder, "vault.yaml")
		head := fmt.Sprintf("store: {kind: vault, address: %q, path: secret/authctl, ca_certificate: %q}\n", e.url, e.ca)
		if err := os.WriteFile(config, append([]byte(head), b.box.ProfilesYAML()...), 0o600); err != nil {
			return nil, err
		}
		key := "AUTHCTL_STORE_KEY=" + base64.StdEncoding.EncodeToString(make([]byte, store.KeySize))
		token := with(fresh, "AUTHCTL_STORE=vault", "AUTHCTL_CONFIG="+config, "VAULT_TOKEN=root", key)
		if _, err := once(ctx, token(authctls[0])); err != nil {
			return nil, err
		}
		record, err := e.record(ctx)
		if err != nil {
			return nil, err
		}
		cells, err := ratio("", "", "", token, b.floor("get", record, "root", e.ca)).measure(ctx, authctls)
		for i := range cells {
			cells[i] += ", " + e.name
		}
		return cells, err
	}
	return r
}

// engine starts an OpenBao where there is one, else what answers as it does.
func (b *bed) engine(ctx context.Context) (*engine, error) {
	bao, err := exec.LookPath("bao")
	if err != nil {
		server := httptest.NewTLSServer(fakes.NewVault().Handler())
		ca := filepath.Join(b.folder, "vault-ca.pem")
		cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
		return &engine{server.URL, ca, "an imitation: no OpenBao here", server.Close}, os.WriteFile(ca, cert, 0o600)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	address, folder := free.Addr().String(), filepath.Join(b.folder, "vault")
	if err := errors.Join(free.Close(), os.MkdirAll(folder, 0o700)); err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, bao, "server", "-dev", "-dev-tls", "-dev-tls-cert-dir="+folder, "-dev-root-token-id=root", "-dev-no-store-token", "-dev-listen-address="+address)
	cmd.Env = []string{"HOME=" + folder, "PATH=" + os.Getenv("PATH")}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	e := &engine{"https://" + address, filepath.Join(folder, "vault-ca.pem"), "OpenBao", func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }}
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		_, err := e.get(ctx, "/v1/secret/config")
		if err == nil {
			return e, nil
		}
		if time.Now().After(end) {
			e.stop()
			return nil, fmt.Errorf("OpenBao does not start: %w", err)
		}
	}
}

// record is the address of the one that is kept.
func (e *engine) record(ctx context.Context) (string, error) {
	raw, err := e.get(ctx, "/v1/secret/metadata/authctl?list=true")
	if err != nil {
		return "", err
	}
	var list struct{ Data struct{ Keys []string } }
	if err := json.Unmarshal(raw, &list); err != nil || len(list.Data.Keys) != 1 {
		return "", fmt.Errorf("%d records: %w", len(list.Data.Keys), err)
	}
	return e.url + "/v1/secret/data/authctl/" + list.Data.Keys[0], nil
}

func (e *engine) get(ctx context.Context, path string) ([]byte, error) {
	ca, err := os.ReadFile(e.ca)
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, e.url+path, nil)
	if err != nil {
		return nil, err
	}
	r.Header.Set("X-Vault-Token", "root")
	way := &http.Transport{DisableKeepAlives: true, TLSClientConfig: &tls.Config{RootCAs: roots}}
	answer, err := way.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: HTTP %d", path, answer.StatusCode)
	}
	return io.ReadAll(answer.Body)
}
