package fakes

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Kubernetes is the API of a cluster, as far as Secrets of one namespace go.
type Kubernetes struct {
	server // a token is denied verbs

	objects map[string]map[string]any
	serial  int // the cluster's resourceVersion
}

// NewKubernetes has the namespace ns and the token admin.
func NewKubernetes() *Kubernetes {
	return &Kubernetes{server: accepting("admin"), objects: map[string]map[string]any{}, serial: 100}
}

// Serve starts the API.
func (k *Kubernetes) Serve() *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f := k.instead(); f == nil || !f(w, r) {
			k.serve(w, r)
		}
	}))
}

const secretsPath = "/api/v1/namespaces/ns/secrets"

func (k *Kubernetes) serve(w http.ResponseWriter, r *http.Request) {
	k.mu.Lock()
	defer k.mu.Unlock()
	denied, known := k.tokens[strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")]
	body, _ := io.ReadAll(io.LimitReader(r.Body, 4<<20))
	path, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, secretsPath), "/")
	verb := map[string]string{http.MethodGet: "get", http.MethodPost: "create", http.MethodPut: "update", http.MethodDelete: "delete"}[r.Method]
	if verb == "get" && name == "" {
		verb = "list"
	}
	switch {
	case !known:
		status(w, http.StatusUnauthorized, "Unauthorized", "Unauthorized")
	case strings.HasSuffix(r.URL.Path, "/selfsubjectaccessreviews"):
		review(w, body, denied)
	case slices.Contains(denied, verb):
		status(w, http.StatusForbidden, "Forbidden", fmt.Sprintf(`secrets is forbidden: User "ci" cannot %s resource "secrets" in API group "" in the namespace "ns"`, verb))
	case !strings.HasPrefix(r.URL.Path, secretsPath) || path != "":
		status(w, http.StatusNotFound, "NotFound", "the server could not find the requested resource")
	case verb == "list":
		k.list(w, r)
	case verb == "get" && k.objects[name] != nil:
		reply(w, http.StatusOK, k.objects[name])
	case verb == "create" || verb == "update":
		k.write(w, name, body)
	case verb == "delete" && k.objects[name] != nil:
		delete(k.objects, name)
		k.serial++
		status(w, http.StatusOK, "", "")
	default:
		status(w, http.StatusNotFound, "NotFound", fmt.Sprintf("secrets %q not found", name))
	}
}

// write creates or replaces; a resourceVersion that is not the object's is a conflict.
func (k *Kubernetes) write(w http.ResponseWriter, name string, body []byte) {
	var o map[string]any
	if json.Unmarshal(body, &o) != nil || o["kind"] != "Secret" {
		status(w, http.StatusBadRequest, "BadRequest", "the object provided is unrecognized")
		return
	}
	meta, _ := o["metadata"].(map[string]any)
	created := name == ""
	if created {
		name, _ = meta["name"].(string)
	}
	old := k.objects[name]
	switch {
	case len(body) > 3<<19:
		status(w, http.StatusUnprocessableEntity, "Invalid", "Secret is invalid: data: Too long: may not be more than 1048576 bytes")
	case created && old != nil:
		status(w, http.StatusConflict, "AlreadyExists", fmt.Sprintf("secrets %q already exists", name))
	case !created && old == nil:
		status(w, http.StatusNotFound, "NotFound", fmt.Sprintf("secrets %q not found", name))
	case !created && old["metadata"].(map[string]any)["resourceVersion"] != meta["resourceVersion"]:
		status(w, http.StatusConflict, "Conflict", "the object has been modified; please apply your changes to the latest version and try again")
	default:
		k.serial++
		k.writes++
		meta["resourceVersion"] = strconv.Itoa(k.serial)
		meta["managedFields"] = []any{map[string]any{"manager": "authctl", "time": time.Now().UTC().Format(time.RFC3339)}}
		k.objects[name] = o
		reply(w, map[bool]int{true: http.StatusCreated, false: http.StatusOK}[created], o)
	}
}

// list gives two objects a page, so that whoever forgets to go on sees it.
func (k *Kubernetes) list(w http.ResponseWriter, r *http.Request) {
	wanted, value, _ := strings.Cut(r.URL.Query().Get("labelSelector"), "=")
	var names []string
	for name, o := range k.objects {
		labels, _ := o["metadata"].(map[string]any)["labels"].(map[string]any)
		if labels[wanted] == value && name > r.URL.Query().Get("continue") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	more := ""
	if len(names) > 2 {
		names, more = names[:2], names[1]
	}
	items := []any{}
	for _, name := range names {
		item := k.objects[name]
		if strings.Contains(r.Header.Get("Accept"), "PartialObjectMetadataList") {
			item = map[string]any{"metadata": item["metadata"]}
		}
		items = append(items, item)
	}
	reply(w, http.StatusOK, map[string]any{"kind": "PartialObjectMetadataList", "metadata": map[string]any{"continue": more}, "items": items})
}

func review(w http.ResponseWriter, body []byte, denied []string) {
	var q map[string]any
	_ = json.Unmarshal(body, &q)
	spec, _ := q["spec"].(map[string]any)
	on, _ := spec["resourceAttributes"].(map[string]any)
	verb, _ := on["verb"].(string)
	q["status"] = map[string]any{"allowed": !slices.Contains(denied, verb)}
	reply(w, http.StatusCreated, q)
}

func status(w http.ResponseWriter, code int, reason, message string) {
	reply(w, code, map[string]any{"kind": "Status", "apiVersion": "v1", "metadata": map[string]any{}, "code": code, "reason": reason, "message": message})
}
