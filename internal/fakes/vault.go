package fakes

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"time"
)

// Vault is a small Vault: one mount of KV version 2 called secret, one of version
// 1 called old, tokens and the login by JWT. It says what OpenBao 2.7 was seen to say.
type Vault struct {
	server // a token is denied such as "create data"

	records map[string]*kvRecord
	sealed  bool
	logins  int
}

type kvRecord struct {
	versions    []kvVersion // the first is number first
	first       int
	casRequired bool
}

type kvVersion struct {
	data    json.RawMessage // nil: deleted
	at      time.Time
	deleted time.Time
}

// NewVault has the token root.
func NewVault() *Vault {
	return &Vault{server: accepting("root"), records: map[string]*kvRecord{}}
}

// Serve starts a node; what it knows is that much behind the leader, as a
// standby's reads are.
func (v *Vault) Serve(behind time.Duration) *httptest.Server {
	return httptest.NewServer(v.handler(behind))
}

// Handler is a node that is never behind, for a server of the caller's.
func (v *Vault) Handler() http.Handler { return v.handler(0) }

func (v *Vault) handler(behind time.Duration) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f := v.instead(); f == nil || !f(w, r) {
			v.serve(w, r, behind)
		}
	})
}

// Seal makes every request fail, or lets them pass again.
func (v *Vault) Seal(sealed bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.sealed = sealed
}

// CASRequired is true where the record takes no write without a version.
func (v *Vault) CASRequired(path string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.records[path] != nil && v.records[path].casRequired
}

func (v *Vault) serve(w http.ResponseWriter, r *http.Request, behind time.Duration) {
	v.mu.Lock()
	defer v.mu.Unlock()
	path := strings.TrimPrefix(r.URL.Path, "/v1/")
	denied, known := v.tokens[r.Header.Get("X-Vault-Token")]
	body, _ := io.ReadAll(io.LimitReader(r.Body, 2<<20))
	switch {
	case path == "sys/health":
		status := map[bool]int{false: http.StatusOK, true: http.StatusTooManyRequests}[behind > 0]
		if v.sealed {
			status = http.StatusServiceUnavailable
		}
		reply(w, status, map[string]any{"sealed": v.sealed, "standby": behind > 0, "version": "fake"})
	case v.sealed:
		fail(w, http.StatusServiceUnavailable, "Vault is sealed")
	case strings.HasPrefix(path, "auth/jwt/login"):
		v.login(w, body)
	case !known:
		fail(w, http.StatusForbidden, "permission denied")
	case path == "auth/token/lookup-self":
		reply(w, http.StatusOK, map[string]any{"data": map[string]any{"ttl": 3600}})
	case path == "sys/capabilities-self":
		capabilities(w, body, denied)
	case strings.HasPrefix(path, "sys/internal/ui/mounts/"):
		mount, _, _ := strings.Cut(strings.TrimPrefix(path, "sys/internal/ui/mounts/"), "/")
		number := map[string]string{"secret": "2", "old": "1"}[mount]
		reply(w, http.StatusOK, map[string]any{"data": map[string]any{"type": "kv", "options": map[string]string{"version": number}}})
	case strings.HasPrefix(path, "old/"):
		w.WriteHeader(map[bool]int{true: http.StatusNoContent, false: http.StatusNotFound}[r.Method == http.MethodPost])
		if r.Method != http.MethodPost {
			_, _ = io.WriteString(w, `{"errors":[]}`)
		}
	case strings.HasPrefix(path, "secret/"):
		v.secret(w, r, strings.TrimPrefix(path, "secret/"), body, denied, behind)
	default:
		fail(w, http.StatusNotFound, fmt.Sprintf("no handler for route %q. route entry not found.", path))
	}
}

// login takes the JWT "good" and gives a new token each time.
func (v *Vault) login(w http.ResponseWriter, body []byte) {
	var in struct{ Role, JWT string }
	if json.Unmarshal(body, &in) != nil || in.JWT != "good" || in.Role == "" {
		fail(w, http.StatusBadRequest, "error validating token: "+in.JWT)
		return
	}
	v.logins++
	token := fmt.Sprintf("s.%d", v.logins)
	v.tokens[token] = nil
	reply(w, http.StatusOK, map[string]any{"auth": map[string]any{"client_token": token, "lease_duration": 3600}})
}

func capabilities(w http.ResponseWriter, body []byte, denied []string) {
	var in struct{ Paths []string }
	_ = json.Unmarshal(body, &in)
	all := map[string][]string{}
	for _, p := range in.Paths {
		all[p] = []string{}
		branch, _, _ := strings.Cut(strings.TrimPrefix(p, "secret/"), "/")
		for _, can := range []string{"create", "read", "update", "list"} {
			if !slices.Contains(denied, can+" "+branch) {
				all[p] = append(all[p], can)
			}
		}
	}
	reply(w, http.StatusOK, map[string]any{"data": all})
}
