package core

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// inject answers in place of the token endpoint when a fault asks for it, and says whether it did.
func (c *Core) inject(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) bool {
	simple := map[string]func(http.ResponseWriter, *http.Request){
		"429": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "1")
			OAuthError(w, http.StatusTooManyRequests, "temporarily_unavailable", "Too many requests")
		},
		"429-plain": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "60")
			http.Error(w, "Rate limit is exceeded. Try again in 60 seconds.", http.StatusTooManyRequests)
		},
		"500": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"502": func(w http.ResponseWriter, _ *http.Request) { badGateway(w) },
		"error-200": func(w http.ResponseWriter, _ *http.Request) {
			OAuthError(w, http.StatusOK, "invalid_client", "The client_id or client_secret passed are incorrect.")
		},
		"error-header": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", `Basic realm="sandbox", error="invalid_client", error_description="the \"secret\" expired"`)
			w.WriteHeader(http.StatusUnauthorized)
		},
		"503": func(w http.ResponseWriter, _ *http.Request) { Page(w, http.StatusServiceUnavailable) },
		"bad-json": func(w http.ResponseWriter, _ *http.Request) {
			text(w, "application/json", `{"access_token":"abc","token_ty`)
		},
		"empty": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) },
		"html":  func(w http.ResponseWriter, _ *http.Request) { Page(w, http.StatusOK) },
		"drop":  func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
		"nonce": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("DPoP-Nonce", c.Hex(16))
			OAuthError(w, http.StatusBadRequest, "use_dpop_nonce", "a nonce is required in the DPoP proof")
		},
		"hang":      hang,
		"huge":      huge,
		"gzip-bomb": gzipBomb,
		"redirect": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Location", c.URL+"/_sandbox/elsewhere")
			w.WriteHeader(http.StatusTemporaryRedirect)
		},
		"lost-answer": func(_ http.ResponseWriter, r *http.Request) {
			next(newRecorder(), r)
			panic(http.ErrAbortHandler)
		},
		"slow":      func(w http.ResponseWriter, r *http.Request) { slow(w, r, next) },
		"truncated": func(w http.ResponseWriter, r *http.Request) { truncated(w, r, next) },
	}
	for _, f := range FaultList() {
		if act, ok := simple[f.Name]; ok && c.Faults.Take(f.Name) {
			c.Logf("%s %s: fault %s", r.Method, r.URL.Path, f.Name)
			act(w, r)
			return true
		}
	}
	return false
}

// disturb changes a good token response where a fault asks for it.
func (c *Core) disturb(body map[string]any) {
	if c.Faults.Take("evil-token") {
		body["access_token"] = "abc'\r\nX-Injected: 1\n$(touch canary)`touch canary`"
	}
	if c.Faults.Take("no-expiry") {
		delete(body, "expires_in")
	}
	if c.Faults.Take("wrong-expiry") {
		body["expires_in"] = -1
	}
	if c.Faults.Take("wrong-type") {
		body["token_type"] = "N_A"
	}
}

func text(w http.ResponseWriter, kind, body string) {
	w.Header().Set("Content-Type", kind)
	_, _ = io.WriteString(w, body)
}

// Page answers in HTML, as what stands before a server does.
func Page(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, "<!DOCTYPE html><html><head><title>Service unavailable</title></head><body><h1>We are back soon</h1></body></html>\n")
}

func badGateway(w http.ResponseWriter) {
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(http.StatusBadGateway)
	_, _ = io.WriteString(w, "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>\r\n<center><h1>502 Bad Gateway</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n")
}

func hang(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body) // only a read body lets net/http notice that the client left
	<-r.Context().Done()
}

func huge(w http.ResponseWriter, _ *http.Request) {
	text(w, "application/json", `{"access_token":"`)
	chunk := bytes.Repeat([]byte("A"), 1<<16)
	for range 1 << 10 {
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
	_, _ = io.WriteString(w, `","token_type":"Bearer","expires_in":60}`)
}

func gzipBomb(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Encoding", "gzip")
	z := gzip.NewWriter(w)
	chunk := bytes.Repeat([]byte(" "), 1<<20)
	for range 1 << 10 {
		if _, err := z.Write(chunk); err != nil {
			return
		}
	}
	_ = z.Close()
}

func slow(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
	rec := newRecorder()
	next(rec, r)
	rec.copyHead(w)
	for _, b := range rec.body.Bytes() {
		select {
		case <-time.After(100 * time.Millisecond):
		case <-r.Context().Done():
			return
		}
		_, _ = w.Write([]byte{b})
		_ = http.NewResponseController(w).Flush()
	}
}

func truncated(w http.ResponseWriter, r *http.Request, next http.HandlerFunc) {
	rec := newRecorder()
	next(rec, r)
	w.Header().Set("Content-Length", strconv.Itoa(rec.body.Len()))
	rec.copyHead(w)
	_, _ = w.Write(rec.body.Bytes()[:rec.body.Len()/2])
	panic(http.ErrAbortHandler)
}

// recorder keeps an answer instead of sending it.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newRecorder() *recorder { return &recorder{header: http.Header{}, status: http.StatusOK} }

func (r *recorder) Header() http.Header         { return r.header }
func (r *recorder) WriteHeader(status int)      { r.status = status }
func (r *recorder) Write(b []byte) (int, error) { return r.body.Write(b) }

func (r *recorder) copyHead(w http.ResponseWriter) {
	for name, values := range r.header {
		w.Header().Set(name, strings.Join(values, ", "))
	}
	w.WriteHeader(r.status)
}
