package endpoint

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"authctl/internal/secret"
)

// Limits of one exchange with a server (docs/network.md).
const (
	MaxBody        = 1 << 20 // bytes of an answer, after decompression
	RequestTimeout = 20 * time.Second
)

// Tracer sees each exchange for `-v`. It must not show what is marked secret.
type Tracer interface {
	Request(r *Request, body []byte, headers http.Header)
	Answer(a Answer)
	Failed(url string, err error)
	Note(line string) // about the answer before it; never a secret
}

// Client sends requests. The zero Tracer is silence.
type Client struct {
	HTTP      http.RoundTripper
	UserAgent string
	Trace     Tracer
	Now       func() time.Time
}

// SendError is a request that got no answer. Sent is true when a byte of the
// request may have reached the server: then a single-use grant must not be repeated.
type SendError struct {
	Sent bool
	Err  error
	// Part is what came of a 2xx answer that broke off or was too large. Nothing
	// in it may be used but what Salvage finds.
	Part Answer
}

func (e *SendError) Error() string { return e.Err.Error() }

// Unwrap gives the transport's error.
func (e *SendError) Unwrap() error { return e.Err }

// ErrTooLarge is an answer of more than MaxBody bytes.
var ErrTooLarge = errors.New("the answer is larger than 1 MiB")

// Post sends r once and follows no redirect: 307 and 308 would carry the
// secrets of the body to another origin. It never tries again.
func (c *Client) Post(ctx context.Context, r *Request) (Answer, error) {
	body, contentType, err := encode(r)
	if err != nil {
		return Answer{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, RequestTimeout)
	defer cancel()
	var sent bool
	var held atomic.Pointer[error]
	text := bytes.NewReader(body)
	trace := &httptrace.ClientTrace{WroteHeaderField: func(string, []string) { sent = true }}
	if r.Leave != nil {
		// net/http has the head in its buffer by now, and flushes it together with a
		// body of this type. One that is not there is an error, and neither leaves.
		trace.WroteHeaders = func() {
			if err := r.Leave(); err != nil {
				held.Store(&err)
				text.Reset(nil)
			}
		}
	}
	req, err := http.NewRequestWithContext(httptrace.WithClientTrace(ctx, trace), http.MethodPost, r.URL, text)
	if err != nil {
		return Answer{}, err
	}
	c.fill(req, r, contentType)
	if c.Trace != nil {
		c.Trace.Request(r, body, req.Header)
	}
	a, err := c.do(req)
	if err != nil {
		kept := held.Load()
		if kept != nil {
			err = *kept
		}
		err = &SendError{Sent: sent && kept == nil, Err: err, Part: a}
		if c.Trace != nil {
			c.Trace.Failed(r.URL, err)
		}
		return Answer{}, err
	}
	a.secrets, a.other = r.secrets(), r.Document != nil
	if note := a.note; note != nil { // a member's name may be the secret
		secrets := a.secrets
		a.note = func(line string) { note(hideSecrets(line, secrets)) }
	}
	if c.Trace != nil {
		c.Trace.Answer(a)
	}
	return a, nil
}

// fill sets the headers; profile names keep their spelling on the wire, which
// http.Header.Set would change.
func (c *Client) fill(req *http.Request, r *Request, contentType string) {
	req.Close = true  // a kept-alive connection lets net/http replay a request
	req.GetBody = nil // the same, for a connection that broke early
	req.Header["Content-Type"] = []string{contentType}
	accept := r.Profile.Request.Accept
	if r.Document != nil {
		accept = r.Document.Accept
	}
	if accept != "" {
		req.Header["Accept"] = []string{accept}
	}
	req.Header["User-Agent"] = []string{c.UserAgent}
	for _, h := range r.Headers {
		if http.CanonicalHeaderKey(h.Name) == "Host" {
			req.Host = h.Value
			continue
		}
		for have := range req.Header {
			if http.CanonicalHeaderKey(have) == http.CanonicalHeaderKey(h.Name) {
				delete(req.Header, have)
			}
		}
		req.Header[h.Name] = []string{h.Value}
	}
}

func (c *Client) do(req *http.Request) (Answer, error) {
	return c.roundTrip(req, func(resp *http.Response) ([]byte, error) {
		body, err := io.ReadAll(io.LimitReader(resp.Body, MaxBody+1))
		if err != nil {
			return body, fmt.Errorf("%w: %w", errBrokeOff, err)
		}
		if len(body) > MaxBody {
			return body[:MaxBody], ErrTooLarge
		}
		return body, nil
	})
}

// errBrokeOff is an answer of which only a part came.
var errBrokeOff = errors.New("the answer broke off")

// roundTrip sends req and notes the way that it takes, in the answer and in
// every error. With an error comes what there is of a 2xx answer.
func (c *Client) roundTrip(req *http.Request, read func(*http.Response) ([]byte, error)) (Answer, error) {
	ctx, way := recorded(req.Context())
	var body []byte
	began := c.Now()
	resp, err := c.HTTP.RoundTrip(req.WithContext(ctx))
	if err == nil {
		defer func() { _ = resp.Body.Close() }()
		if resp.StatusCode == http.StatusProxyAuthRequired && way.get().Proxy != nil {
			err = proxyAnswer(resp) // to a request over plain http, which has no tunnel
		} else {
			body, err = read(resp)
		}
	}
	var a Answer
	if err == nil || len(body) > 0 && resp.StatusCode/100 == 2 {
		a = c.answer(req, resp, body)
		a.Began, a.Route, a.cut = began, way.get(), err != nil
	}
	if unsigned := way.get().unsigned; unsigned != nil && err != nil {
		err = signerError{unsigned} // of which crypto/tls keeps the text alone
	}
	if err != nil {
		err = &wayError{way.get(), err}
	}
	return a, err
}

func (c *Client) answer(req *http.Request, resp *http.Response, body []byte) Answer {
	a := Answer{URL: req.URL.String(), Status: resp.StatusCode, Header: resp.Header, Body: body, At: c.Now(), TLS: resp.TLS}
	if c.Trace != nil {
		a.note = c.Trace.Note
	}
	return a
}

// Get fetches a public document (discovery, JWKS) of at most limit bytes,
// following no redirect.
func (c *Client) Get(ctx context.Context, url string, limit int64) (Answer, error) {
	return c.GetAs(ctx, url, secret.Text{}, limit)
}

// GetAs is Get for who holds a bearer token (RFC 6750 2.1).
func (c *Client) GetAs(ctx context.Context, url string, bearer secret.Text, limit int64) (Answer, error) {
	return c.get(ctx, url, func(req *http.Request) (Answer, error) {
		var secrets []string
		if !bearer.IsZero() {
			req.Header.Set("Authorization", "Bearer "+bearer.Reveal())
			secrets = []string{bearer.Reveal()}
		}
		a, err := c.do(req)
		a.secrets = secrets
		if err == nil && int64(len(a.Body)) > limit {
			err = fmt.Errorf("the document is larger than %d KiB", limit>>10)
		}
		return a, err
	})
}

// Reach is a GET of which only the status and the headers are wanted, whatever
// they are. The body is not read.
func (c *Client) Reach(ctx context.Context, url string) (Answer, error) {
	return c.get(ctx, url, func(req *http.Request) (Answer, error) {
		return c.roundTrip(req, func(*http.Response) ([]byte, error) { return nil, nil })
	})
}

// get makes a GET without secrets, traced, and sends it by send.
func (c *Client) get(ctx context.Context, url string, send func(*http.Request) (Answer, error)) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, RequestTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return Answer{}, err
	}
	req.Close = true
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", c.UserAgent)
	if c.Trace == nil {
		return send(req)
	}
	c.Trace.Request(&Request{URL: url}, nil, req.Header)
	a, err := send(req)
	if err != nil {
		c.Trace.Failed(url, err)
	} else {
		c.Trace.Answer(a)
	}
	return a, err
}
