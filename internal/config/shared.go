package config

import (
	"cmp"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/strict"
)

// SharedStore says where the engine of a store is that many machines share, who
// opens it, and what seals the records. Its zero parts were not said.
type SharedStore struct {
	Address   []string
	Path      string // of Vault: MOUNT/PREFIX
	Namespace string
	CA        secret.Ref
	Auth      StoreAuth
	Token     secret.Ref // of the engine, where nothing logs in
	Key       secret.Ref // which seals
	OldKeys   []secret.Ref
	Takeover  string // a time, never, or ""
	OnOutage  string // fail, ask or ""
}

// StoreAuth is how the engine's token is had; one of its members.
type StoreAuth struct {
	JWT, Kubernetes, AppRole StoreLogin
}

// StoreLogin is one login at the engine.
type StoreLogin struct {
	Mount, Role string
	Secret      secret.Ref // the JWT, or the secret_id
}

// Chosen is the login that is to be made, and its method; "" for none.
func (a *StoreAuth) Chosen() (method string, l *StoreLogin) {
	if said := a.said(); len(said) > 0 {
		method = said[0]
	}
	return method, map[string]*StoreLogin{"": {}, "jwt": &a.JWT, "kubernetes": &a.Kubernetes, "approle": &a.AppRole}[method]
}

// said are the methods that the file has anything of.
func (a *StoreAuth) said() (methods []string) {
	names := [...]string{"jwt", "kubernetes", "approle"}
	for i, l := range []*StoreLogin{&a.JWT, &a.Kubernetes, &a.AppRole} {
		if l.Role != "" || !l.Secret.IsZero() {
			methods = append(methods, names[i])
		}
	}
	return methods
}

// SecretVariables are the variables of the environment that hold its secrets.
func (s *SharedStore) SecretVariables() (names []string) {
	_, login := s.Auth.Chosen()
	all := []*secret.Ref{&s.Key, &s.Token, &login.Secret}
	for i := range s.OldKeys {
		all = append(all, &s.OldKeys[i])
	}
	for _, r := range all {
		if r.Kind == secret.Env {
			names = append(names, r.Name)
		}
	}
	return names
}

// TakenOver is how long one that may have sent something is left alone, 0 for
// the default, and whether nobody takes over at all.
func (s *SharedStore) TakenOver() (after time.Duration, never bool) {
	after, _ = time.ParseDuration(s.Takeover)
	return after, s.Takeover == takeoverNever
}

const (
	takeoverNever = "never"
	// leastTakeover is more than a request and the write of its answer take.
	leastTakeover = 90 * time.Second
)

// LoadShared is what the profiles file says of the chosen store, and what the
// environment says: AUTHCTL_STORE_* goes before the file, the engine's own
// variables after it. A store of this machine has none of it.
func LoadShared(s Settings, env func(string) (string, bool)) (*SharedStore, error) {
	said := &SharedStore{}
	if !slices.Contains(profile.SharedStores(), s.Store) && (s.main == nil || s.main.header.engine == nil) {
		return said, nil
	}
	if s.main != nil && s.main.header.engine != nil && s.main.header.Store == s.Store {
		r := strict.New(s.main.path, filepath.Dir(s.main.path), "")
		r.Mapping(s.main.header.engine, keyStore, said.engineMembers(new(string)))
		said.judge(r, s.Store)
		if err := r.Problems.Fault(""); err != nil {
			return said, err
		}
	}
	if slices.Contains(profile.SharedStores(), s.Store) {
		said.addVariables(s.Store, func(name string) string { v, _ := env(name); return v })
	}
	return said, nil
}

func (s *SharedStore) engineMembers(kind *string) []strict.Member {
	login := func(name string, l *StoreLogin, role, proof string) strict.Member {
		return strict.Object(name, []strict.Member{strict.Text("mount", &l.Mount), strict.Text(role, &l.Role), ref(proof, &l.Secret, placed)})
	}
	return []strict.Member{
		strict.Text(keyKind, kind),
		{Key: "address", Read: func(r *strict.Reader, n *yaml.Node, path string) {
			if n.Kind != yaml.ScalarNode {
				strict.Texts("address", &s.Address).Read(r, n, path)
			} else if one, ok := r.Text(n, path); ok {
				s.Address = []string{one}
			}
		}},
		strict.Text("path", &s.Path),
		pathRef("ca_certificate", &s.CA, public),
		strict.Object("auth", []strict.Member{
			login("jwt", &s.Auth.JWT, "role", "token"),
			login("kubernetes", &s.Auth.Kubernetes, "role", "token"),
			login("approle", &s.Auth.AppRole, "role_id", "secret_id"),
			ref("token", &s.Token, placed),
			pathRef("token_file", &s.Token, placed),
		}),
		strict.Text("namespace", &s.Namespace),
		ref("token", &s.Token, placed),
		ref("key", &s.Key, private),
		refs("old_keys", &s.OldKeys, private),
		strict.Text("takeover", &s.Takeover),
		strict.Text("on_outage", &s.OnOutage),
	}
}

// judge is what the values mean together.
func (s *SharedStore) judge(r *strict.Reader, kind string) {
	bad := func(path, text string) {
		at := r.Source[path]
		at.Path, at.Text = path, text
		r.Problems = append(r.Problems, at)
	}
	if !slices.Contains(profile.SharedStores(), kind) && len(r.Source) > 1 {
		bad("store.kind", kind+" takes no other field: they are for "+strings.Join(profile.SharedStores(), " and "))
	}
	if after, never := s.TakenOver(); s.Takeover != "" && !never && after < leastTakeover {
		bad("store.takeover", "must be never, or a time of "+leastTakeover.String()+" or more: a shorter one would send what another has sent")
	}
	switch method, l := s.Auth.Chosen(); {
	case len(s.Auth.said()) > 1:
		bad("store.auth", "has more than one of jwt, kubernetes and approle")
	case method == "jwt" && l.Secret.IsZero():
		bad("store.auth.jwt", "token is missing")
	case method == "approle" && l.Secret.IsZero():
		bad("store.auth.approle", "secret_id is missing")
	}
	if !slices.Contains([]string{"", "fail", "ask"}, s.OnOutage) {
		bad("store.on_outage", "must be one of fail, ask")
	}
}

func (s *SharedStore) addVariables(kind string, get func(string) string) {
	fill := func(to *secret.Ref, kind secret.Kind, names ...string) {
		for _, name := range names {
			switch value := get(name); {
			case value == "":
				continue
			case kind == secret.Env:
				*to = secret.Ref{Kind: kind, Name: name}
			default:
				*to = secret.Ref{Kind: kind, Path: value}
			}
			return
		}
	}
	s.Path = cmp.Or(get("AUTHCTL_STORE_PATH"), s.Path)
	fill(&s.Key, secret.File, "AUTHCTL_STORE_KEY_FILE")
	fill(&s.Key, secret.Env, "AUTHCTL_STORE_KEY")
	if kind != "vault" {
		return
	}
	if address := cmp.Or(get("BAO_ADDR"), get("VAULT_ADDR")); len(s.Address) == 0 && address != "" {
		s.Address = []string{address}
	}
	s.Namespace = cmp.Or(s.Namespace, get("BAO_NAMESPACE"), get("VAULT_NAMESPACE"))
	if s.CA.IsZero() {
		fill(&s.CA, secret.File, "BAO_CACERT", "VAULT_CACERT")
		s.CA.AnyMode = true
	}
	if method, _ := s.Auth.Chosen(); method == "" && s.Token.IsZero() {
		fill(&s.Token, secret.Env, "BAO_TOKEN", "VAULT_TOKEN")
	}
}

// pathRef is a reference to a file that is written as its path.
func pathRef(key string, to *secret.Ref, s sensitivity) strict.Member {
	return strict.Member{Key: key, Read: func(r *strict.Reader, n *yaml.Node, path string) {
		named := *n
		if n.Kind == yaml.ScalarNode && !strings.HasPrefix(n.Value, "file:") && !strings.HasPrefix(n.Value, "env:") {
			named.Value = "file:" + n.Value
		}
		if got, ok := readRef(r, &named, path, s); ok {
			*to = got
		}
	}}
}
