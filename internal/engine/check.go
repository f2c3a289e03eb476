package engine

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	"authctl/internal/fault"
)

// Finding is one thing that Check looked at.
type Finding struct {
	What string // a field of the profiles file, or two words
	Text string // what was found, where Err is nil
	Err  error  // a fault with its hints
	Warn bool   // nothing fails for it now
}

// findings are those of one Check.
type findings struct{ all []Finding }

func (l *findings) well(what, text string) { l.add(Finding{What: what, Text: text}) }
func (l *findings) fail(err error)         { l.add(Finding{What: "store.auth", Err: err}) }
func (l *findings) add(f Finding)          { l.all = append(l.all, f) }

func (l *findings) warn(what, text, hint string) {
	l.add(Finding{What: what, Warn: true, Err: &fault.Error{Kind: fault.Store, Err: errors.New(text), Hints: []string{hint}}})
}

// clock is what was found out about the engine's.
func (l *findings) clock(w *wire) []Finding {
	const what = "store clock"
	offset, known := w.Clock()
	switch text := offset.Round(time.Second).String(); {
	case !known:
		l.warn(what, "the engine does not say what time it is", "let no proxy take the Date header away")
	case offset.Abs() > time.Minute:
		l.warn(what, "the engine's clock is "+text+" ahead of this machine's", "set this machine's clock; authctl goes by the engine's meanwhile")
	default:
		l.well(what, "the engine's is "+text+" ahead")
	}
	return l.all
}

// Check looks at all that a record rests on, and writes nothing.
func (v *Vault) Check(ctx context.Context) []Finding {
	l, leader := &findings{}, false
	for _, address := range v.addresses {
		leader = v.node(ctx, l, address) || leader
	}
	kind, version, a, err := v.kind(ctx)
	switch {
	case err != nil:
		l.fail(err)
		return l.all
	case kind == "":
		l.warn("store.path", "the token may not know of what kind the mount "+v.mount+" is", "let the policy grant something below it")
	case kind != "kv" || version != "2":
		l.add(Finding{What: "store.path", Err: unversioned("looking at", a.url)})
		return l.all
	default:
		l.well("store.path", v.mount+" is a KV of version 2")
	}
	if !leader {
		l.warn("standby", "no address is the leader's: reads may be behind, and right writes be refused for a moment",
			"name the leader's address, or that of the active service; OpenBao has disable_standby_reads")
	}
	v.capabilities(ctx, l)
	return l.clock(v.wire)
}

// node asks one address what it is, and is true where it leads.
func (v *Vault) node(ctx context.Context, l *findings, address string) bool {
	f := Finding{What: "store.address", Warn: len(v.addresses) > 1}
	a, _, err := v.try(ctx, address, &request{method: http.MethodGet, path: "/v1/sys/health"})
	var health struct {
		Version string `json:"version"`
		Sealed  bool   `json:"sealed"`
		Standby bool   `json:"standby"`
	}
	role := "the leader"
	switch {
	case err != nil:
		f.Err = v.silent("asking", a.url, err)
	case json.Unmarshal(a.body, &health) != nil || health.Version == "":
		f.Err, f.Warn = strangeVault("asking", a), false
	case health.Sealed:
		f.Err = Sealed.trouble("asking", a.url, "", "somebody has to unseal it")
	case health.Standby:
		role = "a standby"
	}
	f.Text = address + ": " + role + ", version " + health.Version
	l.add(f)
	return f.Err == nil && !health.Standby
}

// capabilities compares what the token may do with what a store needs.
func (v *Vault) capabilities(ctx context.Context, l *findings) {
	const probe = "doctor" // any record
	paths := [...]string{v.plain("data", probe), v.plain("metadata", "") + "/", v.plain("metadata", probe)}
	body, _ := json.Marshal(map[string]any{"paths": paths}) // strings alone: it cannot fail
	a, _, err := v.call(ctx, &request{method: http.MethodPost, path: "/v1/sys/capabilities-self", body: body, doing: "asking"})
	var got struct {
		Data map[string][]string `json:"data"`
	}
	if err == nil && (a.status != http.StatusOK || json.Unmarshal(a.body, &got) != nil) {
		err = v.refused("asking", a)
	}
	if errors.Is(err, Forbidden) {
		l.warn("store.auth", "the token may not ask what it may do", "give it the policy default too")
		return
	} else if err != nil {
		l.fail(err)
		return
	}
	before := len(l.all)
	for _, need := range [...]struct {
		path      int
		can, lest string // "": nothing could be kept
	}{
		{0, "read", ""},
		{0, "create", ""},
		{0, "update", ""},
		{1, "list", "the token may not list records, so that status and logout do not find them all"},
		{2, "update", "the token may not set cas_required, so that the engine takes others' writes that name no version"},
	} {
		path := paths[need.path]
		can, hint := got.Data[path], "add "+need.can+" on "+path+" to the policy of the engine's token: docs/fleet.md has it"
		switch {
		case slices.Contains(can, need.can) || slices.Contains(can, "root"):
		case need.lest == "":
			l.fail(Forbidden.trouble("asking for", path, need.can, hint))
		default:
			l.warn("store.auth", need.lest, hint)
		}
	}
	if len(l.all) == before {
		l.well("store.auth", "the token may do all that is needed")
	}
}

// Check looks at all that a record rests on, and writes nothing.
func (k *Kubernetes) Check(ctx context.Context) []Finding {
	l := &findings{}
	for _, verb := range []string{"get", "create", "update", "list"} {
		switch allowed, err := k.may(ctx, verb); {
		case err != nil:
			l.fail(err)
			return l.all
		case !allowed:
			l.fail(Forbidden.trouble("asking for", k.path(""), verb, "add "+verb+" of secrets to the role in namespace "+k.namespace+": docs/fleet.md has it"))
		}
	}
	if len(l.all) == 0 {
		l.well("store.auth", "the token may do all that is needed in namespace "+k.namespace)
	}
	return l.clock(k.wire)
}

// may asks for a SelfSubjectAccessReview, which every token may.
func (k *Kubernetes) may(ctx context.Context, verb string) (bool, error) {
	body := `{"kind":"SelfSubjectAccessReview","apiVersion":"authorization.k8s.io/v1","spec":{"resourceAttributes":{"resource":"secrets","namespace":"` +
		k.namespace + `","verb":"` + verb + `"}}}`
	a, _, err := k.call(ctx, &request{method: http.MethodPost, path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", body: []byte(body), doing: "asking"})
	var got struct {
		Status *struct {
			Allowed bool `json:"allowed"`
		} `json:"status"`
	}
	switch {
	case err != nil:
		return false, err
	case a.status/100 != 2:
		return false, k.refused("asking", a)
	case json.Unmarshal(a.body, &got) != nil || got.Status == nil:
		return false, strangeKubernetes("asking", a)
	}
	return got.Status.Allowed, nil
}
