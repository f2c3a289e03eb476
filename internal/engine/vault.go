package engine

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"authctl/internal/fault"
	"authctl/internal/shown"
)

// VaultOptions are where a KV version 2 of Vault or OpenBao is, and how its token is had.
type VaultOptions struct {
	Wire
	Addresses []string
	Path      string // MOUNT/PREFIX; MOUNT/data/PREFIX where the mount has slashes itself
	Namespace string
	Login     Login
	Token     Token       // of an earlier run, zero for none
	Keep      func(Token) // is told of every token that a login gave; nil: nobody
}

// Vault keeps records in a KV version 2 of HashiCorp Vault or OpenBao.
type Vault struct {
	*wire
	mount, prefix, namespace string
	login                    Login
	token                    Token // under mu
	keep                     func(Token)
	versioned                bool // under mu: the mount was looked at
}

// NewVault asks nothing.
func NewVault(o VaultOptions) (*Vault, error) {
	w, err := newWire(o.Wire, o.Addresses)
	if err != nil {
		return nil, err
	}
	path := strings.Trim(o.Path, "/")
	mount, prefix, found := strings.Cut(path, "/data/") // as policies write it
	if !found {
		mount, prefix, _ = strings.Cut(path, "/")
		if branch, _, _ := strings.Cut(prefix, "/"); branch == "data" || branch == "metadata" {
			return nil, fault.New(fault.Config, "store.path: %s is a branch of the API of %s, and no prefix", branch, shown.Clean(mount)).
				Hint("write it as secret/authctl: MOUNT/PREFIX; MOUNT/data/PREFIX only where the mount's own path has slashes")
		}
	}
	if bad := func(s string) bool { return s == "" || s == "." || s == ".." }; bad(mount) || prefix != "" && slices.ContainsFunc(strings.Split(path, "/"), bad) {
		return nil, fault.New(fault.Config, "store.path names no mount and prefix").Hint("write it as secret/authctl: MOUNT/PREFIX")
	}
	if strings.ContainsFunc(o.Namespace, func(r rune) bool { return r <= ' ' || r > '~' }) { // it is a header's value
		return nil, fault.New(fault.Config, "store.namespace is no namespace: %s", shown.Clean(o.Namespace)).Hint("write it as team-a or team-a/app")
	}
	v := &Vault{wire: w, mount: mount, prefix: prefix, namespace: o.Namespace, login: o.Login, token: o.Token, keep: o.Keep}
	w.busy, w.done, w.find = vaultBusy, vaultRefused, v.active
	return v, nil
}

// kv is whatever Vault answers, as far as it is used.
type kv struct {
	Errors []string `json:"errors"`
	Data   struct {
		Data *struct {
			Record record `json:"record"`
		} `json:"data"`
		Metadata struct {
			Version int       `json:"version"`
			Created time.Time `json:"created_time"`
		} `json:"metadata"`
		Version int      `json:"version"` // of a write
		Keys    []string `json:"keys"`    // of a list
	} `json:"data"`
}

// record is base64. Whatever else another program keeps in that field is none.
type record []byte

// UnmarshalJSON fails never.
func (r *record) UnmarshalJSON(raw []byte) error {
	if json.Unmarshal(raw, (*[]byte)(r)) != nil {
		*r = nil
	}
	return nil
}

// vaultBusy: a node that is sealed, starts or has no leader answers 503, one that
// lost its leader 500, a standby that forwards nothing 307, a limit 429, and one
// that has not caught up 412.
func vaultBusy(a *answer) bool {
	switch a.status {
	case http.StatusTemporaryRedirect, http.StatusPreconditionFailed, http.StatusTooManyRequests, 472, 473:
		return true
	}
	return a.status >= 500 || upgrading(a)
}

// upgrading: a new mount, and every one after a change of the leader, refuses all for a moment.
func upgrading(a *answer) bool {
	return a.status == http.StatusBadRequest && strings.Contains(string(a.body), "unavailable for a brief period")
}

// vaultRefused: of those only a 5xx may come after the write itself, and none that says sealed.
func vaultRefused(a *answer) bool { return a.status < 500 || sealed(a) }

func sealed(a *answer) bool {
	return a.status == http.StatusServiceUnavailable && strings.Contains(string(a.body), "is sealed")
}

// path is that of one record, below the API's data or metadata.
func (v *Vault) path(branch, name string) string {
	parts := strings.Split(v.plain(branch, name), "/")
	for i, p := range parts {
		parts[i] = url.PathEscape(p)
	}
	return "/v1/" + strings.Join(parts, "/")
}

// plain is path as policies write it.
func (v *Vault) plain(branch, name string) string {
	parts := []string{v.mount, branch, v.prefix, name}
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), "/")
}

// Read gives what is kept under name.
func (v *Vault) Read(ctx context.Context, name string) (b []byte, at Version, age time.Duration, err error) {
	b, n, age, err := v.version(ctx, v.path("data", name))
	return b, Version(strconv.Itoa(n)), age, err
}

// version reads path, which may name a version. After a soft delete the
// version is the old one, by which the next write has to go.
func (v *Vault) version(ctx context.Context, path string) (b []byte, n int, age time.Duration, err error) {
	a, _, err := v.call(ctx, &request{method: http.MethodGet, path: path, doing: "reading"})
	if err != nil {
		return nil, 0, -1, err
	}
	var got kv
	bad := json.Unmarshal(a.body, &got)
	n, age = got.Data.Metadata.Version, a.ageOf(got.Data.Metadata.Created)
	switch {
	case bad == nil && a.status == http.StatusNotFound && got.Errors != nil && len(got.Errors) == 0:
		return nil, 0, -1, ErrAbsent
	case bad == nil && a.status == http.StatusNotFound && n > 0:
		return nil, n, age, ErrAbsent
	case a.status != http.StatusOK:
		return nil, 0, -1, v.refused("reading", a)
	case bad == nil && n > 0 && got.Data.Data != nil && len(got.Data.Data.Record) > 0:
		return got.Data.Data.Record, n, age, nil
	case bad == nil && n > 0:
		return nil, n, age, Foreign.trouble("reading", a.url, "it has no record of authctl's", "give store.path a prefix of its own")
	}
	return nil, 0, -1, strangeVault("reading", a)
}

// List gives the names of all that was ever kept, tombstones too.
func (v *Vault) List(ctx context.Context) ([]string, error) {
	a, _, err := v.call(ctx, &request{method: http.MethodGet, path: v.path("metadata", "") + "?list=true", doing: "listing"})
	if err != nil {
		return nil, err
	}
	var got kv
	switch bad := json.Unmarshal(a.body, &got); {
	case bad == nil && a.status == http.StatusNotFound && got.Errors != nil && len(got.Errors) == 0:
		return nil, nil
	case a.status != http.StatusOK:
		return nil, v.refused("listing", a)
	case bad != nil || got.Data.Keys == nil:
		return nil, strangeVault("listing", a)
	}
	return slices.DeleteFunc(got.Data.Keys, func(k string) bool { return strings.HasSuffix(k, "/") }), nil
}

// refused is the fault of an answer that is no success.
func (v *Vault) refused(doing string, a *answer) *fault.Error {
	var got kv
	bad := json.Unmarshal(a.body, &got)
	v.mu.Lock()
	said := strconv.Itoa(a.status) + " " + without(v.token.Text, words(got.Errors))
	v.mu.Unlock()
	state, hint := Strange, "authctl doctor looks at the store"
	switch {
	case sealed(a):
		state, hint = Sealed, "somebody has to unseal it; nothing was sent to the provider"
	case a.status == http.StatusTemporaryRedirect:
		state, hint = Unready, "this node is no leader and forwards nothing: name the leader's address in store.address"
	case bad != nil && a.status < 500:
		return strangeVault(doing, a)
	case a.status == http.StatusForbidden:
		state, hint = Forbidden, "the policy of the engine's token needs what docs/fleet.md lists on "+v.plain("data", "")+"/*"
	case a.status == http.StatusNotFound && strings.Contains(said, "namespace"):
		state, hint = Nowhere, "check store.namespace"
	case a.status == http.StatusNotFound:
		state, hint = Nowhere, "store.path is MOUNT/PREFIX, or MOUNT/data/PREFIX where the mount's own path has slashes; the mount there is "+v.mount
	case a.status == http.StatusRequestEntityTooLarge || strings.Contains(said, "too large"):
		state, hint = TooLarge, hintSmaller
	case a.status >= 412, upgrading(a):
		state, hint = Unready, hintLater
	}
	return state.trouble(doing, a.url, said, hint)
}

func strangeVault(doing string, a *answer) *fault.Error {
	return Strange.trouble(doing, a.url, "its answer ("+strconv.Itoa(a.status)+") is none of Vault's or OpenBao's", "check store.address")
}
