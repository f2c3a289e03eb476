package core

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
)

// Guard lets an API call pass, or answers it with the provider's own 401 and returns false.
type Guard func(w http.ResponseWriter, r *http.Request) (Access, bool)

// BearerGuard lets the calls pass that carry a living token of the provider
// under the Bearer scheme; deny answers the others, ErrNoBearer for no token.
func (c *Core) BearerGuard(provider string, deny func(http.ResponseWriter, *http.Request, error)) Guard {
	return func(w http.ResponseWriter, r *http.Request) (Access, bool) {
		token, ok := Bearer(r, "Bearer")
		if !ok {
			c.Refused(r, ErrNoBearer.Error())
			deny(w, r, ErrNoBearer)
			return Access{}, false
		}
		access, err := c.Tokens.Use(provider, token, c.Now())
		if err != nil {
			c.Refused(r, err.Error())
			deny(w, r, err)
		}
		return access, err == nil
	}
}

// LoginOutcome answers 401 as a FHIR server does, with an OperationOutcome of type login.
func LoginOutcome(w http.ResponseWriter, challenge, diagnostics string) {
	w.Header().Set("WWW-Authenticate", challenge)
	WriteJSON(w, http.StatusUnauthorized, map[string]any{
		"resourceType": "OperationOutcome",
		"issue":        []any{map[string]any{"severity": "error", "code": "login", "diagnostics": diagnostics}},
	})
}

// API mounts a provider's resource under prefix (/NAME/api), every path behind guard:
// ping, me, saymessage, download?bytes=N and upload.
func (c *Core) API(mux *http.ServeMux, prefix string, guard Guard) {
	with := func(work func(http.ResponseWriter, *http.Request, Access)) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if a, ok := guard(w, r); ok {
				work(w, r, a)
			}
		}
	}
	mux.HandleFunc("GET "+prefix+"/ping", with(ping))
	mux.HandleFunc("GET "+prefix+"/me", with(me))
	mux.HandleFunc("POST "+prefix+"/me", with(me))
	mux.HandleFunc("POST "+prefix+"/saymessage", with(say))
	mux.HandleFunc("GET "+prefix+"/download", with(download))
	mux.HandleFunc("POST "+prefix+"/upload", with(upload))
	mux.HandleFunc("PUT "+prefix+"/upload", with(upload))
}

func ping(w http.ResponseWriter, _ *http.Request, a Access) {
	WriteJSON(w, http.StatusOK, map[string]any{"pong": true, "provider": a.Provider})
}

// me tells what the token stands for, and echoes a JSON body.
func me(w http.ResponseWriter, r *http.Request, a Access) {
	answer := map[string]any{"client": a.Client, "subject": a.Subject, "scope": a.Scope, "claims": a.Claims}
	if r.Method == http.MethodPost {
		var sent any
		if err := json.NewDecoder(io.LimitReader(r.Body, maxBody)).Decode(&sent); err != nil {
			OAuthError(w, http.StatusBadRequest, "invalid_request", "the body is not JSON")
			return
		}
		answer["received"] = sent
	}
	WriteJSON(w, http.StatusOK, answer)
}

// say answers with what it was told.
func say(w http.ResponseWriter, r *http.Request, _ Access) {
	var body struct {
		Message string `json:"message"`
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, maxBody)).Decode(&body); err != nil {
		WriteJSON(w, http.StatusBadRequest, map[string]any{"statusCode": 400, "message": "The body is not JSON."})
		return
	}
	WriteJSON(w, http.StatusOK, body)
}

// download streams ?bytes=N zero bytes.
func download(w http.ResponseWriter, r *http.Request, _ Access) {
	n, err := strconv.ParseInt(r.URL.Query().Get("bytes"), 10, 64)
	if err != nil || n < 0 {
		OAuthError(w, http.StatusBadRequest, "invalid_request", "bytes is not a number")
		return
	}
	w.Header().Set("Content-Type", "application/octet-stream")
	w.Header().Set("Content-Length", strconv.FormatInt(n, 10))
	chunk := bytes.Repeat([]byte{0}, 1<<16)
	for n > 0 {
		part := min(n, int64(len(chunk)))
		if _, err := w.Write(chunk[:part]); err != nil {
			return
		}
		n -= part
	}
}

// upload reads everything and tells how much it was and its SHA-256.
func upload(w http.ResponseWriter, r *http.Request, _ Access) {
	h := sha256.New()
	n, err := io.Copy(h, r.Body)
	if err != nil {
		return
	}
	WriteJSON(w, http.StatusOK, map[string]any{"bytes": n, "sha256": hex.EncodeToString(h.Sum(nil))})
}
