package fakes

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// secret is the mount of version 2.
func (v *Vault) secret(w http.ResponseWriter, r *http.Request, path string, body []byte, denied []string, behind time.Duration) {
	branch, name, _ := strings.Cut(path, "/")
	rec, lists := v.records[name], r.URL.Query().Get("list") != ""
	need := "read"
	switch {
	case lists:
		need = "list"
	case r.Method == http.MethodPost:
		need = map[bool]string{true: "update", false: "create"}[rec != nil]
	}
	switch {
	case slices.Contains(denied, need+" "+branch):
		fail(w, http.StatusForbidden, "1 error occurred:\n\t* permission denied\n\n")
	case branch == "config":
		reply(w, http.StatusOK, map[string]any{"data": map[string]any{"cas_required": false}})
	case branch == "metadata" && lists:
		v.list(w, name)
	case branch == "metadata" && rec != nil:
		rec.casRequired = true
		w.WriteHeader(http.StatusNoContent)
	case branch == "data" && r.Method == http.MethodPost:
		v.write(w, name, body, behind)
	case branch == "data" && r.Method == http.MethodDelete && rec != nil:
		last := &rec.versions[len(rec.versions)-1]
		last.data, last.deleted = nil, time.Now()
		w.WriteHeader(http.StatusNoContent)
	case branch == "data":
		n, _ := strconv.Atoi(r.URL.Query().Get("version"))
		rec.read(w, n, behind)
	default:
		fail(w, http.StatusNotFound)
	}
}

// latest is the newest version that a node so far behind knows of, 0 for none.
func (rec *kvRecord) latest(behind time.Duration) int {
	if rec == nil {
		return 0
	}
	n := rec.first + len(rec.versions) - 1
	for n >= rec.first && time.Since(rec.versions[n-rec.first].at) < behind {
		n--
	}
	return max(n, 0)
}

func (rec *kvRecord) read(w http.ResponseWriter, n int, behind time.Duration) {
	last := rec.latest(behind)
	if n == 0 {
		n = last
	}
	if n == 0 || n > last || n < rec.first {
		fail(w, http.StatusNotFound)
		return
	}
	got, status := rec.versions[n-rec.first], http.StatusOK
	deleted := ""
	if got.data == nil {
		status, deleted = http.StatusNotFound, got.deleted.Format(time.RFC3339Nano)
	}
	reply(w, status, map[string]any{"data": map[string]any{"data": got.data, "metadata": map[string]any{
		"version": n, "created_time": got.at.UTC().Format(time.RFC3339Nano), "deletion_time": deleted, "destroyed": false,
	}}})
}

func (v *Vault) write(w http.ResponseWriter, name string, body []byte, behind time.Duration) {
	var in struct {
		Options struct{ CAS *int }
		Data    json.RawMessage
	}
	rec := v.records[name]
	switch {
	case json.Unmarshal(body, &in) != nil || in.Data == nil:
		fail(w, http.StatusBadRequest, "no data provided")
		return
	case len(body) > 1<<20:
		fail(w, http.StatusRequestEntityTooLarge, "http: request body too large")
		return
	case in.Options.CAS == nil && rec != nil && rec.casRequired:
		fail(w, http.StatusBadRequest, "check-and-set parameter required for this call")
		return
	case in.Options.CAS != nil && (*in.Options.CAS != rec.latest(behind) || *in.Options.CAS != rec.latest(0)):
		fail(w, http.StatusBadRequest, "check-and-set parameter did not match the current version")
		return
	}
	if rec == nil {
		rec = &kvRecord{first: 1}
		v.records[name] = rec
	}
	rec.versions = append(rec.versions, kvVersion{data: in.Data, at: time.Now()})
	if len(rec.versions) > 10 { // as many as KV keeps
		rec.versions, rec.first = rec.versions[1:], rec.first+1
	}
	v.writes++
	reply(w, http.StatusOK, map[string]any{"data": map[string]any{"version": rec.latest(0)}})
}

func (v *Vault) list(w http.ResponseWriter, prefix string) {
	var keys []string
	for name := range v.records {
		if key, ok := strings.CutPrefix(name, strings.TrimSuffix(prefix, "/")+"/"); ok && !strings.Contains(key, "/") {
			keys = append(keys, key)
		}
	}
	if keys == nil {
		fail(w, http.StatusNotFound)
		return
	}
	slices.Sort(keys)
	reply(w, http.StatusOK, map[string]any{"data": map[string]any{"keys": keys}})
}

func reply(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

func fail(w http.ResponseWriter, status int, said ...string) {
	reply(w, status, map[string]any{"errors": append([]string{}, said...)})
}
