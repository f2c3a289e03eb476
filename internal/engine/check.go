package engine

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"authctl/internal/fault"
	"authctl/internal/shown"
)

// Finding is one thing that Check looked at.
type Finding struct {
	What string // a field of the profiles file, or one word
	Text string // what was found, where Err is nil
	Err  error  // a fault with its hints
	Warn bool   // nothing fails for it now
}

func well(what, format string, args ...any) Finding {
	return Finding{What: what, Text: shown.Sprintf(format, args...)}
}

func warn(what, hint, format string, args ...any) Finding {
	return Finding{What: what, Warn: true, Err: fault.New(fault.Store, format, args...).Hint("%s", hint)}
}

// clock is what Check found out about the engine's.
func (w *wire) clock() (all []Finding) {
	offset, known := w.Clock()
	switch {
	case !known:
		return []Finding{warn("store clock", "let no proxy take the Date header away", "the engine does not say what time it is")}
	case offset.Abs() > time.Minute:
		return []Finding{warn("store clock", "set this machine's clock; authctl goes by the engine's meanwhile", "the engine's clock is %s ahead of this machine's", offset.Round(time.Second))}
	}
	return []Finding{well("store clock", "within %s of the engine's", (offset.Abs() + time.Second).Round(time.Second))}
}

// Check looks at all that a record rests on, and writes nothing.
func (v *Vault) Check(ctx context.Context) (all []Finding) {
	leader := false
	for _, address := range v.addresses {
		f, leads := v.node(ctx, address)
		leader = leader || leads
		all = append(all, f)
	}
	kind, version, a, err := v.kind(ctx)
	switch {
	case err != nil:
		return append(all, Finding{What: "store.auth", Err: err})
	case kind != "" && (kind != "kv" || version != "2"):
		return append(all, Finding{What: "store.path", Err: unversioned("looking at", a.url)})
	case kind == "":
		all = append(all, warn("store.path", "let the policy grant something below "+v.mount, "the token may not know of what kind the mount %s is", v.mount))
	default:
		all = append(all, well("store.path", "%s is a KV of version 2", v.mount))
	}
	if !leader {
		all = append(all, warn("standby", "name the leader's address, or that of the active service; OpenBao has disable_standby_reads", "no address is the leader's: reads may be behind, and right writes be refused for a moment"))
	}
	return append(append(all, v.capabilities(ctx)...), v.clock()...)
}

// node asks one address what it is.
func (v *Vault) node(ctx context.Context, address string) (f Finding, leads bool) {
	a, _, err := v.try(ctx, address, &request{method: http.MethodGet, path: "/v1/sys/health"})
	if err != nil {
		return Finding{What: "store.address", Warn: len(v.addresses) > 1, Err: v.silent("asking", a.url, err)}, false
	}
	var health struct {
		Version string `json:"version"`
		Sealed  bool   `json:"sealed"`
		Standby bool   `json:"standby"`
	}
	switch bad := json.Unmarshal(a.body, &health); {
	case bad != nil || health.Version == "":
		return Finding{What: "store.address", Err: strangeVault("asking", a)}, false
	case health.Sealed:
		return Finding{What: "store.address", Warn: len(v.addresses) > 1, Err: Sealed.trouble("asking", a.url, "", "somebody has to unseal it")}, false
	}
	role := map[bool]string{false: "the leader", true: "a standby"}[health.Standby]
	return well("store.address", "%s: %s, version %s", address, role, health.Version), !health.Standby
}

// capabilities compares what the token may do with what a store needs.
func (v *Vault) capabilities(ctx context.Context) (all []Finding) {
	const probe = "doctor" // any record
	path := func(branch, name string) string { return strings.TrimPrefix(v.path(branch, name), "/v1/") }
	data, names, meta := path("data", probe), path("metadata", "")+"/", path("metadata", probe)
	body, _ := json.Marshal(map[string][]string{"paths": {data, names, meta}}) // strings alone: it cannot fail
	a, _, err := v.call(ctx, &request{method: http.MethodPost, path: "/v1/sys/capabilities-self", body: body, doing: "asking"})
	var got struct {
		Data map[string][]string `json:"data"`
	}
	if err == nil && (a.status != http.StatusOK || json.Unmarshal(a.body, &got) != nil) {
		err = v.refused("asking", a)
	}
	if errors.Is(err, Forbidden) {
		return []Finding{warn("store.auth", "give the token the policy default too", "the token may not ask what it may do")}
	} else if err != nil {
		return []Finding{{What: "store.auth", Err: err}}
	}
	can := func(path, capability string) bool {
		have := got.Data[path]
		return slices.Contains(have, capability) || slices.Contains(have, "root")
	}
	for _, need := range []string{"read", "create", "update"} {
		if !can(data, need) {
			all = append(all, Finding{What: "store.auth", Err: Forbidden.trouble("asking for", data, need, "add "+need+" to the policy of the engine's token: docs/fleet.md has it")})
		}
	}
	if !can(names, "list") {
		all = append(all, warn("store.auth", "add list on "+names, "the token may not list records, so that status and logout do not find them all"))
	}
	if !can(meta, "update") && !can(meta, "create") {
		all = append(all, warn("store.auth", "add create and update on "+path("metadata", "*"), "the token may not set cas_required, so that the engine takes others' writes that name no version"))
	}
	if len(all) == 0 {
		all = append(all, well("store.auth", "the token may do all that is needed"))
	}
	return all
}

// Check looks at all that a record rests on, and writes nothing.
func (k *Kubernetes) Check(ctx context.Context) (all []Finding) {
	for _, verb := range []string{"get", "create", "update", "list"} {
		allowed, err := k.may(ctx, verb)
		switch {
		case err != nil:
			return append(all, Finding{What: "store.auth", Err: err})
		case !allowed:
			all = append(all, Finding{What: "store.auth", Err: Forbidden.trouble("asking for", k.path(""), verb, "add "+verb+" of secrets to the role in namespace "+k.namespace+": docs/fleet.md has it")})
		}
	}
	if len(all) == 0 {
		all = append(all, well("store.auth", "the token may do all that is needed in namespace %s", k.namespace))
	}
	return append(all, k.clock()...)
}

// may asks for a SelfSubjectAccessReview, which every token may.
func (k *Kubernetes) may(ctx context.Context, verb string) (bool, error) {
	type review struct {
		Kind string `json:"kind"`
		API  string `json:"apiVersion"`
		Spec struct {
			Resource map[string]string `json:"resourceAttributes"`
		} `json:"spec"`
		Status struct {
			Allowed bool `json:"allowed"`
		} `json:"status"`
	}
	q := review{Kind: "SelfSubjectAccessReview", API: "authorization.k8s.io/v1"}
	q.Spec.Resource = map[string]string{"namespace": k.namespace, "verb": verb, "resource": "secrets"}
	body, err := json.Marshal(q)
	if err != nil {
		return false, err
	}
	a, _, err := k.call(ctx, &request{method: http.MethodPost, path: "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", body: body, doing: "asking"})
	if err != nil {
		return false, err
	}
	var got review
	if a.status/100 != 2 {
		return false, k.refused("asking", a)
	}
	if json.Unmarshal(a.body, &got) != nil || got.Kind != q.Kind {
		return false, strangeKubernetes("asking", a)
	}
	return got.Status.Allowed, nil
}
