package sandbox

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"authctl/internal/files"
	"authctl/internal/keys"
	"authctl/internal/sandbox/core"
)

// admin mounts what a test or a script steers and reads the sandbox with.
func admin(mux *http.ServeMux, c *core.Core) {
	mux.HandleFunc("GET /_sandbox/requests", func(w http.ResponseWriter, r *http.Request) { requests(w, r, c) })
	mux.HandleFunc("POST /_sandbox/reset", func(w http.ResponseWriter, _ *http.Request) {
		c.Counter.Reset()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST /_sandbox/expires_in", func(w http.ResponseWriter, r *http.Request) { expiresIn(w, r, c) })
	mux.HandleFunc("POST /_sandbox/fault", func(w http.ResponseWriter, r *http.Request) {
		if err := c.Faults.Add(r.URL.Query().Get("name")); err != nil {
			core.OAuthError(w, http.StatusBadRequest, "invalid_request", err.Error())
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST /_sandbox/revoke-all-access-tokens", func(w http.ResponseWriter, r *http.Request) {
		core.WriteJSON(w, http.StatusOK, map[string]any{"revoked": c.Tokens.RevokeAll(r.URL.Query().Get("provider"))})
	})
	mux.HandleFunc("POST /_sandbox/end-all-sessions", func(w http.ResponseWriter, r *http.Request) {
		c.Sessions.EndAll(r.URL.Query().Get("provider"))
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST /_sandbox/forget-nonces", func(w http.ResponseWriter, _ *http.Request) {
		c.ForgetNonces()
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("POST /_sandbox/keys", func(w http.ResponseWriter, r *http.Request) { register(w, r, c) })
	mux.HandleFunc("GET /_sandbox/redirect", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Location", r.URL.Query().Get("to"))
		w.WriteHeader(http.StatusFound)
	})
	elsewhere(mux)
}

// register takes the public keys of ?client=, PEM, JWK or JWKS, beside those it has. The kid
// is ?kid=, else that of the JWK, else the one of the KL Gateway's page.
func register(w http.ResponseWriter, r *http.Request, c *core.Core) {
	refuse := func(text string) { core.OAuthError(w, http.StatusBadRequest, "invalid_request", text) }
	body, err := files.All(r.Context(), r.Body, keys.MaxSize)
	client := r.URL.Query().Get("client")
	if err != nil || client == "" {
		refuse("?client= says whose key the body is")
		return
	}
	set, err := keys.ParseJWKS(body)
	if err != nil {
		one, unread := keys.Load(body, keys.Options{})
		if set = []*keys.Key{one}; unread != nil {
			refuse("no public key in the body: " + unread.Error())
			return
		}
	}
	kids := []string{}
	for _, key := range set {
		kid, err := key.SPKISHA256()
		if err != nil || key.Signer != nil {
			refuse("the body must hold public keys alone")
			return
		}
		kid = cmp.Or(r.URL.Query().Get("kid"), key.KID, kid)
		c.Register(client, kid, key.Public)
		kids = append(kids, kid)
	}
	core.WriteJSON(w, http.StatusOK, map[string]any{"kids": kids})
}

// requests answers with every count, or with ?path=P or ?step=S as a bare number for shell scripts.
func requests(w http.ResponseWriter, r *http.Request, c *core.Core) {
	counts := c.Counter.Counts()
	for parameter, of := range map[string]map[string]int{"path": counts.Paths, "step": counts.Steps} {
		if one := r.URL.Query().Get(parameter); one != "" {
			_, _ = fmt.Fprintln(w, of[one])
			return
		}
	}
	core.WriteJSON(w, http.StatusOK, counts)
}

func expiresIn(w http.ResponseWriter, r *http.Request, c *core.Core) {
	seconds, err := strconv.Atoi(r.URL.Query().Get("seconds"))
	if err != nil || seconds < 0 {
		core.OAuthError(w, http.StatusBadRequest, "invalid_request", "seconds is not a number; 0 restores each provider's own lifetime")
		return
	}
	c.SetExpiresIn(time.Duration(seconds) * time.Second)
	w.WriteHeader(http.StatusNoContent)
}

// elsewhere is where the redirect fault points: it tells how many body bytes and credentials ever reached it.
func elsewhere(mux *http.ServeMux) {
	var bytes, credentials atomic.Int64
	mux.HandleFunc("/_sandbox/elsewhere", func(w http.ResponseWriter, r *http.Request) {
		n, _ := io.Copy(io.Discard, r.Body)
		bytes.Add(n)
		if r.Header.Get("Authorization") != "" {
			credentials.Add(1)
		}
		core.WriteJSON(w, http.StatusOK, map[string]int64{"bytes": bytes.Load(), "credentials": credentials.Load()})
	})
}
