package cmd_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// grantor is a server that grants whatever is asked for, for pages that speak
// of any server, and the API behind it. Every page of it is a redirect back.
func grantor(t *testing.T) *httptest.Server {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	say := func(w http.ResponseWriter, v map[string]any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(v)
	}
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		document := map[string]any{"issuer": server.URL, "response_types_supported": []string{"code"}}
		for name, path := range map[string]string{"authorization": "authorize", "token": "token", "device_authorization": "device", "revocation": "revoke"} {
			document[name+"_endpoint"] = server.URL + "/" + path
		}
		say(w, document)
	})
	mux.HandleFunc("GET /authorize", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		http.Redirect(w, r, q.Get("redirect_uri")+"?"+url.Values{"code": {"any"}, "state": q["state"]}.Encode(), http.StatusFound)
	})
	mux.HandleFunc("POST /device", func(w http.ResponseWriter, _ *http.Request) {
		say(w, map[string]any{"device_code": "any", "user_code": "ABCD", "verification_uri": server.URL + "/activate", "expires_in": 60, "interval": 1})
	})
	granted := 0
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		granted++
		answer := map[string]any{"access_token": fmt.Sprintf("granted-%d", granted), "token_type": "Bearer", "expires_in": 3600, "scope": r.FormValue("scope")}
		if r.FormValue("scope") == "" {
			delete(answer, "scope")
		}
		if kind := r.FormValue("grant_type"); strings.Contains(kind, "exchange") {
			answer["issued_token_type"] = "urn:ietf:params:oauth:token-type:access_token"
		} else if kind != "client_credentials" && !strings.Contains(kind, "bearer") {
			maps.Copy(answer, map[string]any{"refresh_token": fmt.Sprintf("refresh-%d", granted)})
		}
		say(w, answer)
	})
	mux.HandleFunc("POST /revoke", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.Header.Get("Authorization"), "Bearer granted-") {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		say(w, map[string]any{"method": r.Method, "path": r.URL.Path})
	})
	return server
}

// anyProfile is a profile of the grantor, with more fields or others.
func (k *kitchen) anyProfile(name, more string) {
	k.t.Helper()
	server := grantor(k.page)
	k.example = server.URL
	host := strings.TrimPrefix(server.URL, "http://")
	text := fmt.Sprintf("issuer: %s\nclient: {id: any, auth: none}\ngrant: authorization_code\nscopes: [offline_access]\napi: {base_url: %s, hosts: ['%s']}\n", server.URL, server.URL, host)
	for line := range strings.Lines(more) {
		field, _, _ := strings.Cut(line, ":")
		kept := ""
		for have := range strings.Lines(text) {
			if !strings.HasPrefix(have, field+":") {
				kept += have
			}
		}
		text = kept + line
	}
	k.own(name, text)
}
