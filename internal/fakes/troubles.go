package fakes

import (
	"io"
	"net/http"
	"strings"

	"authctl/internal/engine"
)

// Trouble is a state in which an engine does not serve, and what a person is told.
type Trouble[E any] struct {
	Set      func(e E) // the engine knows the token hush
	Path     string    // store.path, where it is not secret/authctl
	State    engine.State
	Hint     string // words of it
	AtWrites bool   // only a write meets it
}

// VaultTroubles are all of them, but that nobody listens.
func VaultTroubles() map[string]Trouble[*Vault] {
	answer := func(status int, body string) func(*Vault) {
		return func(v *Vault) { v.Answer(Answering(status, body)) }
	}
	const upgrading = `{"errors":["Waiting for the primary to upgrade. This backend will be unavailable for a brief period"]}`
	return map[string]Trouble[*Vault]{
		"sealed":         {Set: func(v *Vault) { v.Seal(true) }, State: engine.Sealed, Hint: "unseal"},
		"no leader":      {Set: answer(503, `{"errors":["no leader"]}`), State: engine.Unready, Hint: "later"},
		"unforwarded":    {Set: answer(307, ``), State: engine.Unready, Hint: "leader's address"},
		"upgrading":      {Set: answer(400, upgrading), State: engine.Unready, Hint: "later"},
		"limited":        {Set: answer(429, `{"errors":["rate limit"]}`), State: engine.Unready, Hint: "later"},
		"dead token":     {Set: func(v *Vault) { v.Revoke("hush") }, State: engine.TokenDead, Hint: "log in there again"},
		"policy":         {Set: func(v *Vault) { v.Allow("hush", "read data", "create data") }, State: engine.Forbidden, Hint: "secret/data/authctl/*"},
		"wrong mount":    {Set: func(*Vault) {}, Path: "nowhere/authctl", State: engine.Nowhere, Hint: "the mount there is nowhere"},
		"KV version 1":   {Set: func(*Vault) {}, Path: "old/authctl", State: engine.Unversioned, Hint: "version 2", AtWrites: true},
		"no namespace":   {Set: answer(404, `{"errors":["namespace not found"]}`), State: engine.Nowhere, Hint: "store.namespace"},
		"a web page":     {Set: answer(200, "<html>\x1b[2J"), State: engine.Strange, Hint: "store.address"},
		"a page, absent": {Set: answer(404, "<html>"), State: engine.Strange, Hint: "store.address"},
		"foreign JSON":   {Set: answer(200, `{"data":{"data":{"password":"x"},"metadata":{"version":3}}}`), State: engine.Foreign, Hint: "prefix"},
		"foreign text":   {Set: answer(200, `{"data":{"data":{"record":"hello world!"},"metadata":{"version":3}}}`), State: engine.Foreign, Hint: "prefix"},
		"foreign number": {Set: answer(200, `{"data":{"data":{"record":5},"metadata":{"version":3}}}`), State: engine.Foreign, Hint: "prefix"},
		"forbidden page": {Set: answer(403, "<html>no bots"), State: engine.Strange, Hint: "store.address"},
		"an echo":        {Set: answer(400, `{"errors":["what is hush?"]}`), State: engine.Strange, Hint: "doctor"},
		"no version":     {Set: answer(200, `{"data":{"data":{"record":"YQ=="}}}`), State: engine.Strange, Hint: "store.address"},
		"truncated":      {Set: func(v *Vault) { v.Answer(truncated) }, State: engine.Unreachable, Hint: "store.address"},
		"oversize":       {Set: answer(200, strings.Repeat(" ", 5<<20)), State: engine.Overlong, Hint: "store.address"},
		"slow":           {Set: func(v *Vault) { v.Answer(Slow) }, State: engine.Unreachable, Hint: "--store none"},
	}
}

// KubernetesTroubles are all of them, but that nobody listens.
func KubernetesTroubles() map[string]Trouble[*Kubernetes] {
	answer := func(status int, body string) func(*Kubernetes) {
		return func(k *Kubernetes) { k.Answer(Answering(status, body)) }
	}
	const another = `{"kind":"Secret","type":"Opaque","metadata":{"resourceVersion":"7"},"data":{"record":"YQ=="}}`
	return map[string]Trouble[*Kubernetes]{
		"dead token":   {Set: func(k *Kubernetes) { k.Revoke("hush") }, State: engine.TokenDead, Hint: "store.token"},
		"role":         {Set: func(k *Kubernetes) { k.Allow("hush", "get", "create") }, State: engine.Forbidden, Hint: "namespace ns"},
		"down":         {Set: answer(503, ""), State: engine.Unready, Hint: "later"},
		"a web page":   {Set: answer(200, "<html>"), State: engine.Strange, Hint: "store.address"},
		"not this API": {Set: answer(404, "not found"), State: engine.Strange, Hint: "store.address"},
		"another's":    {Set: answer(200, another), State: engine.Foreign, Hint: "store.namespace"},
		"an echo":      {Set: answer(400, `{"kind":"Status","message":"what is hush?"}`), State: engine.Strange, Hint: "doctor"},
		"truncated":    {Set: func(k *Kubernetes) { k.Answer(truncated) }, State: engine.Unreachable, Hint: "store.address"},
		"slow":         {Set: func(k *Kubernetes) { k.Answer(Slow) }, State: engine.Unreachable, Hint: "store.address"},
	}
}

// Answering answers every request in that way.
func Answering(status int, body string) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
		return true
	}
}

func truncated(w http.ResponseWriter, _ *http.Request) bool {
	w.Header().Set("Content-Length", "500")
	_, _ = io.WriteString(w, `{"data":{"data":{"record":"YQ=="},"metadata":{"version":1}}`)
	return true
}

// Slow never answers.
func Slow(_ http.ResponseWriter, r *http.Request) bool {
	_, _ = io.ReadAll(r.Body) // net/http sees a client go only when the body is read
	<-r.Context().Done()
	return true
}
