package engine

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"authctl/internal/fault"
	"authctl/internal/secret"
)

// KubernetesOptions are where the Secrets are and whose token opens them.
type KubernetesOptions struct {
	Wire
	Addresses []string
	Namespace string
	Token     func(ctx context.Context) (secret.Text, error) // read anew by each run: a pod's is renewed
}

// Kubernetes keeps each record in a Secret of its own.
type Kubernetes struct {
	*wire
	namespace string
	read      func(ctx context.Context) (secret.Text, error)
	token     secret.Text // under mu
}

const (
	secretType   = "authctl/record"
	secretPrefix = "authctl-"
	managedBy    = "app.kubernetes.io/managed-by"
	absent       = "0" // a version that no object has
)

// NewKubernetes asks nothing.
func NewKubernetes(o KubernetesOptions) (*Kubernetes, error) {
	w, err := newWire(o.Wire, o.Addresses)
	if err != nil {
		return nil, err
	}
	if o.Namespace == "" || strings.ContainsFunc(o.Namespace, func(r rune) bool { return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') }) {
		return nil, fault.New(fault.Config, "the store has no namespace of Kubernetes").Hint("set store.namespace")
	}
	w.busy = func(a *answer) bool { return a.status == http.StatusTooManyRequests || a.status >= 500 }
	w.done = func(a *answer) bool { return a.status < 500 }
	return &Kubernetes{wire: w, namespace: o.Namespace, read: o.Token}, nil
}

// object is a Secret, a Status or a list, as far as they are used.
type object struct {
	Kind     string            `json:"kind"`
	Metadata meta              `json:"metadata"`
	Type     string            `json:"type"`
	Data     map[string][]byte `json:"data"`
	Message  string            `json:"message"` // of a Status
	Items    []struct {
		Metadata meta `json:"metadata"`
	} `json:"items"` // of a list
}

type meta struct {
	Name     string `json:"name"`
	Version  string `json:"resourceVersion"`
	Continue string `json:"continue"`
	Managed  []struct {
		Time time.Time `json:"time"`
	} `json:"managedFields"`
}

// object is the Secret of a record: a name there has no underscore.
func (k *Kubernetes) object(name string) string {
	return secretPrefix + strings.ReplaceAll(name, "_", ".")
}

func (k *Kubernetes) path(object string) string {
	path := "/api/v1/namespaces/" + k.namespace + "/secrets"
	if object != "" {
		path += "/" + url.PathEscape(object)
	}
	return path
}

// Read gives what is kept under name.
func (k *Kubernetes) Read(ctx context.Context, name string) (b []byte, at Version, age time.Duration, err error) {
	a, _, err := k.call(ctx, &request{method: http.MethodGet, path: k.path(k.object(name)), doing: "reading"})
	if err != nil {
		return nil, "", -1, err
	}
	o, bad := decodeObject(a)
	switch {
	case bad == nil && a.status == http.StatusNotFound && o.Kind == "Status":
		return nil, absent, -1, ErrAbsent
	case a.status != http.StatusOK:
		return nil, "", -1, k.refused("reading", a)
	case bad != nil || o.Kind != "Secret" || o.Metadata.Version == "":
		return nil, "", -1, strangeKubernetes("reading", a)
	}
	var written time.Time // by the engine's clock, as created_time alone is not of the last write
	for _, m := range o.Metadata.Managed {
		if m.Time.After(written) {
			written = m.Time
		}
	}
	if at, age, b = Version(o.Metadata.Version), a.ageOf(written), o.Data["record"]; o.Type != secretType || len(b) == 0 {
		return nil, at, age, Foreign.trouble("reading", a.url, "a Secret of the type "+o.Type, "let store.namespace name one of authctl's own")
	}
	return b, at, age, nil
}

// List gives the names of all that was ever kept, without what is in it.
func (k *Kubernetes) List(ctx context.Context) (names []string, err error) {
	for more := ""; ; {
		path := k.path("") + "?limit=500&labelSelector=" + url.QueryEscape(managedBy+"=authctl") + "&continue=" + url.QueryEscape(more)
		r := &request{method: http.MethodGet, path: path, doing: "listing"}
		r.header = http.Header{"Accept": {"application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1"}}
		a, _, err := k.call(ctx, r)
		if err != nil {
			return nil, err
		}
		if a.status != http.StatusOK {
			return nil, k.refused("listing", a)
		}
		o, bad := decodeObject(a)
		if bad != nil || !strings.HasSuffix(o.Kind, "List") {
			return nil, strangeKubernetes("listing", a)
		}
		for _, item := range o.Items {
			if name, ours := strings.CutPrefix(item.Metadata.Name, secretPrefix); ours {
				names = append(names, strings.ReplaceAll(name, ".", "_"))
			}
		}
		if more = o.Metadata.Continue; more == "" {
			return names, nil
		}
	}
}

// call asks with the token, and once more where it was renewed meanwhile.
func (k *Kubernetes) call(ctx context.Context, r *request) (a *answer, lost bool, err error) {
	a = &answer{}
	k.mu.Lock()
	token := k.token
	k.mu.Unlock()
	fresh := token.IsZero()
	for {
		if token.IsZero() {
			if token, err = k.read(ctx); err != nil {
				return a, lost, err
			}
			k.mu.Lock()
			k.token = token
			k.mu.Unlock()
		}
		if r.header == nil {
			r.header = http.Header{"Accept": {"application/json"}}
		}
		r.header["Authorization"] = []string{"Bearer " + token.Reveal()}
		var once bool
		a, once, err = k.ask(ctx, r)
		lost = lost || once
		if err != nil || a.status != http.StatusUnauthorized {
			return a, lost, err
		}
		if fresh {
			return a, lost, k.refused(r.doing, a)
		}
		token, fresh = secret.Text{}, true
	}
}

func decodeObject(a *answer) (o *object, err error) {
	o = &object{}
	return o, json.Unmarshal(a.body, o)
}

// refused is the fault of an answer that is no success; the message of a 403
// names verb, resource and namespace.
func (k *Kubernetes) refused(doing string, a *answer) *fault.Error {
	o, bad := decodeObject(a)
	k.mu.Lock()
	said := strconv.Itoa(a.status) + " " + without(k.token, o.Message)
	k.mu.Unlock()
	state, hint := Strange, "authctl doctor looks at the store"
	switch {
	case a.status == http.StatusUnauthorized:
		state, hint = TokenDead, "store.token names a token that this cluster takes; a pod's own is in "+ServiceAccount
	case a.status == http.StatusForbidden:
		state, hint = Forbidden, "the role needs get, create, update and list of secrets in namespace "+k.namespace+": docs/fleet.md has it"
	case a.status >= 500 || a.status == http.StatusTooManyRequests:
		state, hint = Unready, hintLater
	case bad != nil || o.Kind != "Status":
		return strangeKubernetes(doing, a)
	case a.status == http.StatusNotFound:
		state, hint = Nowhere, "check store.namespace"
	case a.status == http.StatusRequestEntityTooLarge || strings.Contains(said, "Too long"):
		state, hint = TooLarge, hintSmaller
	}
	return state.trouble(doing, a.url, said, hint)
}

func strangeKubernetes(doing string, a *answer) *fault.Error {
	return Strange.trouble(doing, a.url, "its answer ("+strconv.Itoa(a.status)+") is none of a Kubernetes API", "check store.address")
}
