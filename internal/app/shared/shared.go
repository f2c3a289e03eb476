// Package shared makes the engine of a store that many machines share, of what
// the profiles file and the environment say of it.
package shared

import (
	"cmp"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"authctl/internal/config"
	"authctl/internal/endpoint"
	"authctl/internal/engine"
	"authctl/internal/fault"
	"authctl/internal/keys"
	"authctl/internal/secret"
	"authctl/internal/secretstore"
	"authctl/internal/store"
)

// Profile is the name that the store's own secrets have in the keyring, as each
// profile's have its own: they are of no profile.
const Profile = "store"

// Deps is what an engine is made of.
type Deps struct {
	Spec    *config.SharedStore
	Secrets secret.Resolver // which does not look into this very store
	Env     func(string) (string, bool)
	Now     func() time.Time
	Rand    store.ByteReader
	Note    func(line string) // for --verbose
	Timeout time.Duration     // of the command
	Dir     string            // the state folder, "" for none: an engine's token is kept there
}

// Open gives the engine of that kind as a store has it, and where that is.
// Nothing is asked before its first use.
func (a Deps) Open(kind string) (s *store.Shared, place string, err error) {
	spec := a.Spec
	after, never := spec.TakenOver()
	s = &store.Shared{Keys: (&keyring{deps: a}).all, Holder: a.holder(), Limits: store.Limits{Sent: after, Never: never}}
	wire := engine.Wire{
		HTTP: &engineWay{deps: a, ca: spec.CA}, UserAgent: "authctl (" + runtime.GOOS + ")", Now: a.Now, Note: a.Note, Explain: unanswered, Timeout: a.Timeout,
	}
	if kind == store.KindKubernetes {
		s.Engine, place, err = a.kubernetes(wire)
		a.tested(s)
		s.Spool = a.spool(kind, place)
		return s, place, err
	}
	o := engine.VaultOptions{Wire: wire, Addresses: spec.Address, Path: spec.Path, Namespace: spec.Namespace}
	method, login := spec.Auth.Chosen()
	field, proof := "store.auth."+method, login.Secret
	switch {
	case method == "":
		field, proof = fieldToken, spec.Token
	case method == "kubernetes" && proof.IsZero():
		proof = secret.Ref{Kind: secret.File, Path: engine.ServiceAccount + "/token", AnyMode: true}
	}
	o.Login = engine.Login{Method: method, Mount: login.Mount, Role: login.Role, Secret: a.storeSecret(field, proof)}
	a.remember(&o, s.Keys)
	s.Engine, err = engine.NewVault(o)
	a.tested(s)
	place = strings.Join(spec.Address, " ") + " " + spec.Path
	s.Spool = a.spool(kind, place+" "+spec.Namespace)
	return s, place, err
}

// spool is a folder for what an engine at place does not take: what waits for
// one is no other's.
func (a Deps) spool(kind, place string) string {
	if a.Dir == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(kind + " " + place))
	return filepath.Join(a.Dir, "engine", "spool-"+hex.EncodeToString(sum[:8]))
}

// kubernetes is the cluster that is named, else the pod's own.
func (a Deps) kubernetes(wire engine.Wire) (*engine.Kubernetes, string, error) {
	spec, pod := a.Spec, engine.Pod{Folder: engine.ServiceAccount, Env: a.Env}
	o := engine.KubernetesOptions{Wire: wire, Addresses: spec.Address, Namespace: spec.Namespace, Token: a.storeSecret(fieldToken, spec.Token)}
	if len(o.Addresses) == 0 {
		address, err := pod.Address()
		if err != nil {
			return nil, "", err
		}
		o.Addresses = []string{address}
		if spec.CA.IsZero() {
			o.HTTP = &engineWay{deps: a, ca: secret.Ref{Kind: secret.File, Path: pod.CA(), AnyMode: true}}
		}
	}
	if o.Token == nil {
		o.Token = pod.Token
	}
	if o.Namespace == "" {
		var err error
		if o.Namespace, err = pod.Namespace(context.Background()); err != nil { // a file of the pod's own
			return nil, "", err
		}
	}
	k, err := engine.NewKubernetes(o)
	return k, strings.Join(o.Addresses, " ") + " namespace " + o.Namespace, err
}

const fieldToken = "store.token"

// storeSecret reads ref, which that field has, anew at each call; nil for none.
func (a Deps) storeSecret(field string, ref secret.Ref) func(context.Context) (secret.Text, error) {
	if ref.IsZero() {
		return nil
	}
	return func(ctx context.Context) (secret.Text, error) {
		text, err := a.Secrets.Resolve(ctx, Profile, ref)
		if err != nil {
			return text, of(field, fault.KindOf(err), err)
		}
		line, err := secretstore.Line(text)
		if err != nil {
			return line, fault.New(fault.Config, "%s: %s cannot be it: %w", field, ref, err)
		}
		return line, nil
	}
}

// of is err, which a reference gave, as a failure of that field, with its hints.
func of(field string, kind fault.Kind, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	made := fault.New(kind, "%s: %w", field, err)
	var known *fault.Error
	if errors.As(err, &known) {
		made.Hints = known.Hints
	}
	return made
}

// keyring asks for the keys once: a program may ask a person.
type keyring struct {
	deps  Deps
	mu    sync.Mutex
	found [][]byte
}

func (k *keyring) all(ctx context.Context) (all [][]byte, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.found == nil {
		k.found, err = k.deps.storeKeys(ctx)
	}
	return k.found, err
}

// storeKeys are the administrator's; none is ever made here: two machines would make two.
func (a Deps) storeKeys(ctx context.Context) (all [][]byte, err error) {
	for i, ref := range append([]secret.Ref{a.Spec.Key}, a.Spec.OldKeys...) {
		if ref.IsZero() {
			return nil, nil
		}
		field := [...]string{"store.key", "store.old_keys"}[min(i, 1)]
		text, err := a.Secrets.Resolve(ctx, Profile, ref)
		if err != nil {
			return nil, of(field, fault.Store, err)
		}
		key, err := store.ParseKey([]byte(text.Reveal()), field+" ("+ref.String()+")", "make one, for all machines, with: head -c 32 /dev/urandom | base64")
		if err != nil {
			return nil, err
		}
		all = append(all, key)
	}
	return all, nil
}

// holder says to the other machines who waits at their side.
func (a Deps) holder() store.Holder {
	env := func(name string) string { v, _ := a.Env(name); return v }
	h := store.Holder{User: cmp.Or(env("USER"), env("LOGNAME"), env("USERNAME")), Job: cmp.Or(env("CI_JOB_URL"), env("BUILD_URL"))}
	if run := env("GITHUB_RUN_ID"); h.Job == "" && run != "" {
		h.Job = env("GITHUB_SERVER_URL") + "/" + env("GITHUB_REPOSITORY") + "/actions/runs/" + run
	}
	h.Host, _ = os.Hostname()
	return h
}

// unanswered says in a person's words why the engine gave no answer.
func unanswered(url string, err error) string {
	var ours *fault.Error
	if errors.As(err, &ours) { // a certificate that cannot be read
		return ours.Error()
	}
	return errors.Unwrap(endpoint.Lost("store.address", url, err).Err).Error()
}

// engineWay is the way to an engine: its trust is read for the first request.
type engineWay struct {
	deps Deps
	ca   secret.Ref

	mu   sync.Mutex
	http http.RoundTripper
}

// RoundTrip sends one request.
func (w *engineWay) RoundTrip(r *http.Request) (*http.Response, error) {
	way, err := w.open(r.Context())
	if err != nil {
		return nil, err
	}
	return way.RoundTrip(r)
}

func (w *engineWay) open(ctx context.Context) (http.RoundTripper, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.http != nil {
		return w.http, nil
	}
	var config *tls.Config
	if !w.ca.IsZero() {
		text, err := w.deps.Secrets.Resolve(ctx, Profile, w.ca)
		if err != nil {
			return nil, of("store.ca_certificate", fault.Config, err)
		}
		found, err := keys.Certificates([]byte(text.Reveal()), keys.Options{})
		if err != nil {
			return nil, fault.New(fault.Config, "store.ca_certificate %s: %w", w.ca, err)
		}
		config = &tls.Config{MinVersion: tls.VersionTLS12, RootCAs: x509.NewCertPool()}
		for _, c := range found {
			config.RootCAs.AddCert(c)
		}
	}
	t := endpoint.NewTransport(endpoint.Setup{TLS: config, Env: w.deps.Env})
	t.MaxIdleConnsPerHost = 8   // as many records as a list reads at once
	t.DisableKeepAlives = false // no token of a server's is sent here, and a swap that is sent twice is written once
	w.http = t
	return t, nil
}
