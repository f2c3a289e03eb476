//go:build e2e

package fleet

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"authctl/internal/e2e/openbao"
	"authctl/internal/e2e/program"
	"authctl/internal/sandbox"
)

// TestTheEngineSeesNoSecret: whatever passes between authctl and the engine, what
// the engine logs of it, keeps of it, and has on its disk, holds no token, no client
// secret and no key, in no encoding.
func TestTheEngineSeesNoSecret(t *testing.T) {
	s, data, audit := openbao.Audited(t)
	n := s.Nodes[0]
	wire := record(t, strings.TrimPrefix(n.URL, "http://"))
	box, err := sandbox.Start(t.Context(), sandbox.Options{Now: time.Now, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(box.Close)
	key := make([]byte, 32)
	_, _ = rand.Read(key)
	a := program.New(t, fmt.Sprintf("store:\n  kind: vault\n  address: http://%s\n  path: secret/authctl\n", wire.at)+string(box.ProfilesYAML()))
	a.Env = []string{"AUTHCTL_STORE_KEY=" + base64.StdEncoding.EncodeToString(key), "VAULT_TOKEN=" + s.Token}
	secrets := map[string]string{"the store's key": string(key)}
	for name, value := range box.Env() {
		if strings.HasPrefix(name, "AUTHCTL_SECRET_") {
			a.Env, secrets[name] = append(a.Env, name+"="+value), value
		}
		if len(value) < 8 { // such as a code of six digits, which is found anywhere
			delete(secrets, name)
		}
	}
	if len(secrets) < 4 {
		t.Fatalf("only %d secrets", len(secrets))
	}
	tell := func(what, stdin string, args ...string) {
		t.Helper()
		secrets[what] = a.Must(t, stdin, args...)
	}
	tell("an assertion", "", "assert", "-p", "klg-service")
	secrets["a SAML assertion"] = string((&provider{url: box.URL}).ask(t, http.MethodGet, "/klg/sts/assertion"))
	tell("klg's token", secrets["a SAML assertion"], "exchange", "-p", "klg-service", "--subject-token", "-", "--force")
	tell("klg's refresh token", "", "token", "-p", "klg-service", "--select", "refresh_token")
	tell("klg's next token", "", "refresh", "-p", "klg-service")
	tell("klg's next refresh token", "", "token", "-p", "klg-service", "--select", "refresh_token")
	tell("salus's token", "", "token", "-p", "salus")
	tell("a person's token", box.Env()["AUTHCTL_SECRET_SANTEDB_USER_PASSWORD"]+"\n", "login-password", "-p", "santedb", "--username", "kari", "--password-stdin")
	tell("a person's refresh token", "", "token", "-p", "santedb", "--select", "refresh_token")
	tell("a person's next token", "", "refresh", "-p", "santedb")
	a.Must(t, "", "status")
	a.Must(t, "", "status", "-o", "json")
	a.Run(t, "", "doctor", "-p", "klg-service")

	// What is found must be findable.
	const control = "a-control-value-that-is-there"
	send(t, http.MethodPost, "http://"+wire.at+"/v1/secret/data/control", s.Token, fmt.Sprintf(`{"data":{"v":%q}}`, control))

	places := map[string][]byte{"what the engine keeps": kept(t, s)}
	if r := a.Run(t, "", "logout", "--all"); r.Code != 0 {
		t.Fatalf("logout: %d\n%s", r.Code, r.Stderr)
	}
	places["the network"] = wire.all()
	places["the audit log"], err = os.ReadFile(audit)
	if err != nil {
		t.Fatal(err)
	}
	n.Kill()
	places["the engine's disk"] = folder(t, data)
	for _, place := range []string{"the network", "the audit log"} {
		if !holds(places[place], control) || bytes.Count(places[place], []byte("secret/data/authctl/")) < 20 {
			t.Errorf("%s, %d bytes, is not what it should be", place, len(places[place]))
		}
	}
	for place, raw := range places {
		if len(raw) < 2000 {
			t.Errorf("%s: only %d bytes", place, len(raw))
		}
		for what, secret := range secrets {
			if holds(raw, secret) {
				t.Errorf("%s holds %s", place, what)
			}
		}
		t.Logf("%s: %d bytes, %d secrets looked for", place, len(raw), len(secrets))
	}
}

// holds looks for value as it is and in the disguises of texts; base64 looks
// different at each of three places of what it encodes.
func holds(raw []byte, value string) bool {
	forms := []string{value, url.QueryEscape(value), hex.EncodeToString([]byte(value))}
	if quoted, err := json.Marshal(value); err == nil {
		forms = append(forms, strings.Trim(string(quoted), `"`))
	}
	for _, encoding := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		for shift := range 3 {
			text := encoding.EncodeToString([]byte(strings.Repeat("x", shift) + value))
			forms = append(forms, text[(shift*8+5)/6:len(value)*8/6]) // without what its neighbours make of its ends
		}
	}
	for _, form := range forms {
		if bytes.Contains(raw, []byte(form)) {
			return true
		}
	}
	return false
}

func TestHoldsFindsWhatIsThere(t *testing.T) {
	const value = "a-secret-of-some-length"
	for shift := range 4 {
		text := strings.Repeat("y", shift) + value + "zz"
		for _, raw := range []string{text, base64.StdEncoding.EncodeToString([]byte(text)), base64.URLEncoding.EncodeToString([]byte(text)), hex.EncodeToString([]byte(text))} {
			if !holds([]byte(`{"record":"`+raw+`"}`), value) {
				t.Errorf("not found in %s", raw)
			}
		}
	}
	if holds([]byte(base64.StdEncoding.EncodeToString(make([]byte, 500))), value) {
		t.Error("found where it is not")
	}
}

// kept are all versions of all records as who may read them there sees them, decoded.
func kept(t *testing.T, s *openbao.Server) (all []byte) {
	t.Helper()
	n := s.Nodes[0]
	var list struct {
		Data struct{ Keys []string }
	}
	if err := json.Unmarshal(s.Call(t, n, http.MethodGet, "secret/metadata/authctl?list=true", ""), &list); err != nil || len(list.Data.Keys) < 3 {
		t.Fatalf("%v, %d records", err, len(list.Data.Keys))
	}
	for _, name := range list.Data.Keys {
		for version := 1; ; version++ {
			var got struct {
				Data struct{ Data struct{ Record []byte } }
			}
			status, raw := send(t, http.MethodGet, n.URL+"/v1/secret/data/authctl/"+name+fmt.Sprintf("?version=%d", version), s.Token, "")
			if status != http.StatusOK {
				break
			}
			if err := json.Unmarshal(raw, &got); err != nil || len(got.Data.Data.Record) == 0 {
				t.Fatalf("%s: %v", name, err)
			}
			all = append(append(all, raw...), got.Data.Data.Record...)
		}
	}
	return all
}

func folder(t *testing.T, path string) (all []byte) {
	t.Helper()
	err := filepath.WalkDir(path, func(file string, e os.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(file)
		all = append(all, raw...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// recorder passes bytes on, both ways, and keeps them.
type recorder struct {
	at string
	mu sync.Mutex
	b  bytes.Buffer
}

func record(t *testing.T, to string) *recorder {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	r := &recorder{at: l.Addr().String()}
	go func() {
		for {
			here, err := l.Accept()
			if err != nil {
				return
			}
			there, err := net.Dial("tcp", to)
			if err != nil {
				here.Close()
				continue
			}
			go r.pipe(there, here)
			go r.pipe(here, there)
		}
	}()
	return r
}

func (r *recorder) pipe(to, from net.Conn) {
	defer to.Close()
	var one bytes.Buffer // a connection's bytes stay together
	_, _ = io.Copy(io.MultiWriter(to, &one), from)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.b.Write(one.Bytes())
}

func (r *recorder) all() []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	return bytes.Clone(r.b.Bytes())
}

func send(t *testing.T, method, url, token, body string) (int, []byte) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Vault-Token", token)
	req.Close = true
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, raw
}
