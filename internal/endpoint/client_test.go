package endpoint

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/shown"
)

func client(trace io.Writer) *Client {
	c := &Client{HTTP: NewTransport(Setup{}), UserAgent: "test", Now: time.Now}
	if trace != nil {
		c.Trace = TextTrace{W: trace}
	}
	return c
}

func request(url string) *Request {
	p := profile.Default()
	return &Request{Profile: &p, URL: url}
}

func TestPostSendsTheFormInOrderAndTheHeadersAsSpelled(t *testing.T) {
	var body string
	var raw http.Header
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		body, raw = string(b), r.Header
	}))
	defer s.Close()
	r := request(s.URL)
	r.Set("grant_type", "client_credentials")
	r.Set("scope", "*")
	r.Add("resource", "urn:a")
	r.Add("resource", "urn:b")
	r.SetSecret("client_secret", secret.New("D$M0 +"))
	r.SetHeader("X-Device-Authorization", "BASIC abc", true)
	if _, err := client(nil).Post(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if want := "grant_type=client_credentials&scope=%2A&resource=urn%3Aa&resource=urn%3Ab&client_secret=D%24M0+%2B"; body != want {
		t.Errorf("body %s\nwant %s", body, want)
	}
	if raw.Get("X-Device-Authorization") != "BASIC abc" || raw.Get("Content-Type") != "application/x-www-form-urlencoded" {
		t.Errorf("headers %v", raw)
	}
}

func TestPostSendsJSON(t *testing.T) {
	var body string
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		body = r.Header.Get("Content-Type") + " " + string(b)
	}))
	defer s.Close()
	r := request(s.URL)
	r.Profile.Request.Encoding = "json"
	r.Set("scope", "a<b")
	r.Set("flag", true)
	r.Add("resource", "x")
	r.Add("resource", "y")
	if _, err := client(nil).Post(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if want := `application/json {"flag":true,"resource":["x","y"],"scope":"a<b"}`; body != want {
		t.Errorf("got %s", body)
	}
}

func TestPostFollowsNoRedirect(t *testing.T) {
	var foreign atomic.Int64
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { foreign.Add(1) }))
	defer other.Close()
	for _, status := range []int{301, 302, 303, 307, 308} {
		s := httptest.NewServer(http.RedirectHandler(other.URL+"/?code=x", status))
		a, err := client(nil).Post(t.Context(), request(s.URL))
		s.Close()
		if err != nil || a.Status != status {
			t.Fatalf("%d: %v, %v", status, a.Status, err)
		}
		if text := AsRefusal(a).Error(); !strings.Contains(text, "redirect") || strings.Contains(text, "code=x") {
			t.Errorf("%d: %s", status, text)
		}
	}
	if foreign.Load() != 0 {
		t.Error("the other origin was called")
	}
}

func TestPostCapsTheBodyAfterDecompression(t *testing.T) {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	_, _ = z.Write(make([]byte, 8<<20))
	_ = z.Close()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/bomb" {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bomb.Bytes())
			return
		}
		_, _ = w.Write(make([]byte, MaxBody+1))
	}))
	defer s.Close()
	for _, path := range []string{"/", "/bomb"} {
		if _, err := client(nil).Post(t.Context(), request(s.URL+path)); !errors.Is(err, ErrTooLarge) {
			t.Errorf("%s: got %v", path, err)
		}
	}
}

// docs/threats.md 8: of an answer that broke off, what came is at hand for Salvage.
func TestPostHandsOutThePartThatCame(t *testing.T) {
	const sound = `{"access_token":"a","refresh_token":"r"}`
	for name, c := range map[string]struct{ kind, body, refresh string }{
		"whole":         {"application/json", sound, "r"},
		"cut behind it": {"application/json", sound[:len(sound)-1], "r"},
		"cut in it":     {"application/json", sound[:len(sound)-2], ""},
		"form":          {"application/x-www-form-urlencoded", "refresh_token=r&x=1", "r"},
		"form, in it":   {"application/x-www-form-urlencoded", "access_token=a&refresh_token=r", ""},
		"plain, in it":  {"text/plain", "access_token=a&refresh_token=r", ""},
		"too large":     {"application/json", sound + strings.Repeat(" ", MaxBody), "r"},
	} {
		for _, status := range []int{200, 400} {
			s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", c.kind)
				w.Header().Set("Content-Length", fmt.Sprint(len(c.body)+9))
				w.WriteHeader(status)
				_, _ = w.Write([]byte(c.body))
			}))
			a, err := client(nil).Post(t.Context(), request(s.URL))
			s.Close()
			var lost *SendError
			if !errors.As(err, &lost) || len(a.Body) != 0 {
				t.Fatalf("%s: %v", name, err)
			}
			want := c.refresh
			if status == 400 {
				want = ""
			}
			if got := Salvage(lost.Part).RefreshToken.Reveal(); got != want {
				t.Errorf("%s, %d: %q", name, status, got)
			}
		}
	}
}

func TestPostKnowsWhetherAByteMayHaveBeenSent(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }))
	var lost *SendError
	if _, err := client(nil).Post(t.Context(), request(s.URL)); !errors.As(err, &lost) || !lost.Sent {
		t.Errorf("a server that hung up: %v", err)
	}
	s.Close()
	if _, err := client(nil).Post(t.Context(), request(s.URL)); !errors.As(err, &lost) || lost.Sent {
		t.Errorf("nobody listens: %v", err)
	}
}

// The canaries are every secret of one request; a hostile server echoes them all.
func TestTraceAndRefusalShowNoSecret(t *testing.T) {
	canaries := []string{"canary secret/1", "canary-assertion-2", "Y2FuYXJ5LTM=", "canary-password-4", "canary-key-6"}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		w.Header().Set("WWW-Authenticate", r.Header.Get("Authorization"))
		_, bare, _ := strings.Cut(r.Header.Get("Authorization"), " ") // as a server names the credentials it does not know
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"invalid_client","error_description":"` + bare + " " + string(b) + r.Header.Get("Authorization") + `canary-password-4",
			"access_token":"canary-granted-5"}`))
	}))
	defer s.Close()
	var trace bytes.Buffer
	r := request(s.URL)
	r.SetSecret("client_secret", secret.New(canaries[0]))
	r.SetSecret("client_assertion", secret.New(canaries[1]))
	r.SetHeader("Authorization", "Basic "+canaries[2], true)
	r.Hide(secret.New(canaries[3]))
	r.SetHeader("x-api-key", canaries[4], true)
	a, err := client(&trace).Post(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	shown := trace.String() + AsRefusal(a).Error()
	for _, c := range append(canaries, "canary-granted-5") {
		if strings.Contains(shown, c) || strings.Contains(shown, url.QueryEscape(c)) {
			t.Errorf("%s is shown:\n%s", c, shown)
		}
	}
	if !strings.Contains(shown, "client_secret=[secret]") || !strings.Contains(shown, "invalid_client") {
		t.Errorf("the trace says too little:\n%s", shown)
	}
}

// A document and what it is answered with are secret as a whole.
func TestADocumentIsNotShown(t *testing.T) {
	const sent, came = "canary-of-the-request", "canary-of-the-answer"
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = w.Write([]byte("<a>" + came + string(body) + "</a>"))
	}))
	defer s.Close()
	var trace bytes.Buffer
	r := request(s.URL)
	r.Document = &Document{Body: []byte(sent), ContentType: "text/xml", Accept: "text/xml"}
	if _, err := client(&trace).Post(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	shown := trace.String()
	if strings.Contains(shown, "canary") || !strings.Contains(shown, "> (21 bytes)") || !strings.Contains(shown, "Content-Type: text/xml") {
		t.Errorf("not all, or too much is shown:\n%s", shown)
	}
}

// Servers write the same text in many ways: JSON encoders escape quotes always,
// some of them +, & and <, too.
func TestNoEscapedSecretIsShown(t *testing.T) {
	const canary = `canary"+&<\one`
	spelt := `canary\"\u002B\u0026\u003C\\one`
	for name, body := range map[string]string{
		"description": `{"error":"invalid_client","error_description":"no such secret: ` + spelt + `"}`,
		"codes":       `{"error":"invalid_client","error_codes":["` + spelt + `"]}`,
		"other JSON":  `{"failure":{"reason":["` + spelt + `"]}}`,
		"message":     `{"message":"` + spelt + `"}`,
		"long":        strings.Repeat(" ", 4*shown.Max-len(canary)+1) + canary, // cut in the middle of it
	} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusBadRequest)
			_, _ = w.Write([]byte(body))
		}))
		var trace bytes.Buffer
		r := request(s.URL)
		r.SetSecret("client_secret", secret.New(canary))
		a, err := client(&trace).Post(t.Context(), r)
		s.Close()
		if err != nil {
			t.Fatal(err)
		}
		if shown := trace.String() + AsRefusal(a).Error(); strings.Contains(shown, "canary") || strings.Contains(shown, "one") {
			t.Errorf("%s is shown:\n%s", name, shown)
		}
	}
}

func TestAddressesAreShownWithoutSecrets(t *testing.T) {
	if got := WithoutQuery("https://canary:canary@as.example/token?code=canary#canary"); got != "https://as.example/token?..." {
		t.Error(got)
	}
}

// What a discovery document says is public, and what -v is asked for.
func TestTraceShowsADiscoveryDocument(t *testing.T) {
	var trace bytes.Buffer
	TextTrace{&trace}.Answer(Answer{Status: 200, Header: http.Header{}, Body: []byte(`{"device_authorization_endpoint":"https://as.example/d",
		"revocation_endpoint":"https://as.example/r","end_session_endpoint":"https://as.example/e",
		"authorization_response_iss_parameter_supported":true,"require_pushed_authorization_requests":true,"unknown":"x"}`)})
	if n := strings.Count(trace.String(), hiddenText); n != 1 {
		t.Errorf("%d hidden:\n%s", n, &trace)
	}
}

// What a server can do is shown; what is no list of names, or was sent as a secret, is not.
func TestTraceShowsWhatAServerCanDo(t *testing.T) {
	for name, tt := range map[string]struct{ member, want string }{
		"names":            {`"token_endpoint_auth_methods_supported":["private_key_jwt","none"]`, `["private_key_jwt","none"]`},
		"a switch":         {`"request_parameter_supported":false`, "false"},
		"a text":           {`"codes_supported":"canary"`, hiddenText},
		"an object":        {`"codes_supported":{"a":"canary"}`, hiddenText},
		"lists of lists":   {`"codes_supported":[["canary"]]`, hiddenText},
		"a list of tokens": {`"access_tokens":["canary"]`, hiddenText},
		"what was sent":    {`"scopes_supported":["openid","canary"]`, `["openid","` + hiddenText + `"]`},
	} {
		var trace bytes.Buffer
		TextTrace{&trace}.Answer(Answer{Status: 200, Header: http.Header{}, Body: []byte("{" + tt.member + "}"), secrets: []string{"canary"}})
		if !strings.HasSuffix(trace.String(), ": "+tt.want+"\n") {
			t.Errorf("%s: %s", name, &trace)
		}
	}
}

func TestRefusalReadsRetryAfterAndDate(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	a := Answer{Status: 429, At: now, Header: http.Header{"Retry-After": {"60"}, "Date": {"Fri, 02 Jan 2026 02:04:05 GMT"}}, Body: []byte("Too many\r\nrequests")}
	r := AsRefusal(a)
	if r.RetryAfter != time.Minute || r.Skew() != time.Hour-time.Second || r.Error() != "the server was asked too often (HTTP 429): Too many requests" {
		t.Errorf("got %s, %s, %s", r.RetryAfter, r.Skew(), r.Error())
	}
}

// Reach wants to know that somebody answers, whatever and however long.
func TestReachReadsNoBody(t *testing.T) {
	asked := 0
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked++
		w.Header().Set("Location", "/elsewhere")
		w.WriteHeader(http.StatusFound)
		_, _ = w.Write(make([]byte, 2*MaxBody))
		w.(http.Flusher).Flush()
		<-r.Context().Done()
	}))
	defer s.Close()
	a, err := client(nil).Reach(t.Context(), s.URL)
	if err != nil || a.Status != http.StatusFound || len(a.Body) != 0 || a.Header.Get("Date") == "" || asked != 1 {
		t.Errorf("%+v, %v, asked %d times", a, err, asked)
	}
}

// Of a request that is kept here no byte arrives: a fleet's provider counts them.
func TestWhatIsKeptDoesNotLeave(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	arrived := make(chan string, 1)
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		raw, _ := io.ReadAll(c)
		arrived <- string(raw)
	}()
	r := request("http://" + l.Addr().String())
	r.SetSecret("refresh_token", secret.New("CANARY-refresh"))
	r.SetHeader("DPoP", strings.Repeat("x", 1500), true) // a proof under an RSA key
	r.Leave = func() error { return context.Canceled }
	_, err = client(nil).Post(t.Context(), r)
	var lost *SendError
	if !errors.As(err, &lost) || lost.Sent || !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v, and says it was sent", err)
	}
	if got := <-arrived; got != "" {
		t.Errorf("the server saw %q", got)
	}
}

func TestWhatMayLeaveArrivesWhole(t *testing.T) {
	var length int64
	var body string
	s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		length = r.ContentLength
		b, _ := io.ReadAll(r.Body)
		body = string(b)
	}))
	defer s.Close()
	r := request(s.URL)
	r.Set("a", strings.Repeat("b", 9000))
	asked := 0
	r.Leave = func() error { asked++; return nil }
	if _, err := client(nil).Post(t.Context(), r); err != nil || asked != 1 {
		t.Fatalf("%v, asked %d times", err, asked)
	}
	if len(body) != 9002 || length != 9002 {
		t.Errorf("%d bytes of %d arrived", len(body), length)
	}
}
