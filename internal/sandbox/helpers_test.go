package sandbox_test

import (
	"context"
	"crypto"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"authctl/internal/jwt"
	"authctl/internal/keys"
	"authctl/internal/sandbox"
)

// box is a running sandbox, spoken to over raw HTTP.
type box struct {
	*sandbox.Sandbox
	t *testing.T
}

func start(t *testing.T, o sandbox.Options) *box {
	t.Helper()
	if o.Now == nil {
		o.Now = time.Now
	}
	o.Rand, o.Log = rand.Reader, t.Output()
	s, err := sandbox.Start(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return &box{s, t}
}

// reply is an answer, read to its end.
type reply struct {
	status int
	header http.Header
	raw    string
	json   map[string]any
}

func (b *box) send(method, path string, header map[string]string, body string) reply {
	b.t.Helper()
	target := path
	if strings.HasPrefix(path, "/") {
		target = b.URL + path
	}
	req, err := http.NewRequestWithContext(b.t.Context(), method, target, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	for name, value := range header {
		req.Header[name] = []string{value} // as given: a test may care about spelling
	}
	client := &http.Client{
		Timeout:       10 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	res, err := client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	r := reply{status: res.StatusCode, header: res.Header, raw: string(raw)}
	_ = json.Unmarshal(raw, &r.json)
	return r
}

// form posts parameters given as name, value, name, value.
func (b *box) form(path string, header map[string]string, params url.Values) reply {
	b.t.Helper()
	h := map[string]string{"Content-Type": "application/x-www-form-urlencoded"}
	maps.Copy(h, header)
	return b.send(http.MethodPost, path, h, params.Encode())
}

func (b *box) json(path string, header map[string]string, body string) reply {
	b.t.Helper()
	h := map[string]string{"Content-Type": "application/json"}
	maps.Copy(h, header)
	return b.send(http.MethodPost, path, h, body)
}

func (b *box) get(path string, header map[string]string) reply {
	b.t.Helper()
	return b.send(http.MethodGet, path, header, "")
}

func (r reply) text(member string) string {
	s, _ := r.json[member].(string)
	return s
}

// bearer is the header that presents the answer's token (RFC 6750 2.1).
func (r reply) bearer() map[string]string {
	return map[string]string{"Authorization": "Bearer " + r.text("access_token")}
}

// must fails unless the answer is 200 JSON, and returns it.
func (b *box) must(r reply) reply {
	b.t.Helper()
	if r.status != http.StatusOK || r.json == nil {
		b.t.Fatalf("status %d: %s", r.status, r.raw)
	}
	return r
}

func values(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Add(pairs[i], pairs[i+1])
	}
	return v
}

// but is v with changes: an empty value removes the parameter.
func but(v url.Values, pairs ...string) url.Values {
	out := maps.Clone(v)
	for i := 0; i < len(pairs); i += 2 {
		out.Del(pairs[i])
		if pairs[i+1] != "" {
			out.Set(pairs[i], pairs[i+1])
		}
	}
	return out
}

func basic(scheme, id, secret string) string {
	return scheme + " " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
}

func (b *box) key(file string) *keys.Key {
	b.t.Helper()
	data, err := os.ReadFile(filepath.Join(b.Dir(), file))
	if err != nil {
		b.t.Fatal(err)
	}
	if strings.HasSuffix(file, ".json") {
		var conf struct{ PrivateJwk string }
		if err := json.Unmarshal(data, &conf); err != nil {
			b.t.Fatal(err)
		}
		key, err := keys.Load([]byte(conf.PrivateJwk), keys.Options{})
		if err != nil {
			b.t.Fatal(err)
		}
		return key
	}
	block, _ := pem.Decode(data)
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		b.t.Fatal(err)
	}
	signer := parsed.(crypto.Signer)
	return &keys.Key{Signer: signer, Public: signer.Public()}
}

// claims are what a test changes: nil removes one.
type claims = map[string]any

func sign(t *testing.T, key *keys.Key, alg string, header, body claims) string {
	t.Helper()
	token, err := jwt.Sign(key, alg, header, body)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// with is a copy of m with changes; nil removes a member.
func with(m claims, changes claims) claims {
	out := maps.Clone(m)
	for name, value := range changes {
		if value == nil {
			delete(out, name)
			continue
		}
		out[name] = value
	}
	return out
}

func jti() string {
	return rand.Text()
}

// refused fails unless the answer is that OAuth error and its description holds says.
func refused(t *testing.T, r reply, status int, code, says string) {
	t.Helper()
	if r.status != status || r.text("error") != code || !strings.Contains(r.text("error_description"), says) {
		t.Errorf("got %d %s, want %d %s %q", r.status, r.raw, status, code, says)
	}
}
