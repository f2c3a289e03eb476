package endpoint

import (
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"authctl/internal/shown"
)

// TestRefusalsWhereverTheyStand: the words of a refusal are shown from any
// place that servers put them in.
func TestRefusalsWhereverTheyStand(t *testing.T) {
	page := `<!DOCTYPE html><html><head><title>403 Forbidden</title><style>p{color:red}</style><script>var s="<b>no</b>"</script></head>
		<body class="a>b"><!-- <p>hidden</p> --><h1>403 Forbidden</h1><p>Request blocked by rule&nbsp;942100 &amp; logged: id <b>7f3</b></p></body></html>`
	for name, c := range map[string]struct {
		status  int
		header  http.Header
		body    string
		want    string
		verdict Verdict
	}{
		"an OAuth error":              {400, nil, `{"error":"invalid_scope","error_description":"no such scope"}`, "the server refused the scope (invalid_scope): no such scope", No},
		"with a BOM":                  {400, nil, "\ufeff" + `{"error":"invalid_scope"}`, "the server refused the scope (invalid_scope)", No},
		"with odd members":            {400, nil, `{"error":"invalid_scope","error_description":7,"error_detail":[]}`, "the server refused the scope (invalid_scope)", No},
		"at 200":                      {200, nil, `{"error":"invalid_client","error_description":"bad"}`, "the server refused the client (invalid_client): bad", No},
		"at 200 as a form":            {200, http.Header{"Content-Type": {"application/x-www-form-urlencoded; charset=utf-8"}}, "error=bad_verification_code&error_description=The+code", "the server refused (bad_verification_code): The code", No},
		"an object at 200":            {200, nil, `{"error":{"message":"Invalid OAuth access token","code":190}}`, "the server refused the request (HTTP 200): Invalid OAuth access token", No},
		"Basic without body":          {401, http.Header{"Www-Authenticate": {`Basic realm="as", error="invalid_client", error_description="Bad \"secret\", sorry"`}}, "", `the server refused the client (invalid_client): Bad "secret", sorry`, No},
		"a second challenge":          {401, http.Header{"Www-Authenticate": {`Negotiate a87421000492aa874209af8bc028==`, `Bearer error = invalid_token`}}, "", "the server refused (invalid_token)", No},
		"two in one field":            {401, http.Header{"Www-Authenticate": {`Basic realm="error=\"x\"", DPoP algs="ES256", error="invalid_dpop_proof"`}}, "", "the server refused (invalid_dpop_proof)", No},
		"never closed":                {401, http.Header{"Www-Authenticate": {`Bearer error="invalid_client`}}, "", "the server refused the client (invalid_client)", No},
		"a challenge and a page":      {401, http.Header{"Www-Authenticate": {`Basic error="invalid_client"`}}, page, "the server refused the client (invalid_client): 403 Forbidden Request blocked by rule 942100 & logged: id 7f3", No},
		"the body goes first":         {401, http.Header{"Www-Authenticate": {`Basic error="x"`}}, `{"error":"invalid_client"}`, "the server refused the client (invalid_client)", No},
		"a realm alone":               {401, http.Header{"Www-Authenticate": {`Basic realm="as"`}}, "", "the server refused the request (HTTP 401)", No},
		"a page":                      {403, nil, page, "the server refused the request (HTTP 403): 403 Forbidden Request blocked by rule 942100 & logged: id 7f3", No},
		"a page with a title":         {400, nil, "<html><title>400 The SSL certificate error</title>\n<center>nginx</center>", "the server refused the request (HTTP 400): 400 The SSL certificate error: nginx", No},
		"a page cut off":              {400, nil, `<p>One</p><a href="x`, "the server refused the request (HTTP 400): One", No},
		"text":                        {400, nil, "No required\r\nSSL certificate was sent", "the server refused the request (HTTP 400): No required SSL certificate was sent", No},
		"a problem document":          {400, nil, `{"type":"about:blank","title":"Bad Request","detail":"the realm is gone"}`, "the server refused the request (HTTP 400): the realm is gone", No},
		"a gateway":                   {502, nil, "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>", "a gateway answered in place of the server (HTTP 502): 502 Bad Gateway", Gateway},
		"a gateway with JSON":         {504, nil, `{"status":504,"error":"Gateway Timeout"}`, "a gateway answered in place of the server (HTTP 504): Gateway Timeout", Gateway},
		"a network's own":             {522, nil, "error code: 522", "a gateway answered in place of the server (HTTP 522): error code: 522", Gateway},
		"a place that is no redirect": {400, http.Header{"Location": {"https://x.example/"}}, `{"error":"invalid_grant"}`, "the server refused the grant (invalid_grant)", No},
		"tokens beside no":            {400, nil, `{"access_token":"canary1","x":[{"id_token":"canary2","refresh_token":"canary\/3"}]}`, `the server refused the request (HTTP 400): {"access_token":"[secret]","x":[{"id_token":"[secret]","refresh_token":"[secret]"}]}`, No},
		"tokens in a form":            {500, nil, "access_token=canary1&refresh_token=canary2", "the server failed (HTTP 500): access_token=[secret]&refresh_token=[secret]", NoAnswer},
		"tokens in a text":            {400, nil, `{"error":"x","error_description":"got access_token=canary1 and access_token=canary2"}`, "the server refused (x): got access_token=[secret] and access_token=[secret]", No},
		"a framework's error":         {401, nil, `{"timestamp":"x","status":401,"error":"Unauthorized","path":"/par"}`, "the server refused the request (HTTP 401): Unauthorized", No},
		"one with a message":          {404, nil, `{"error":"Not Found","message":"no handler"}`, "the server refused the request (HTTP 404): no handler", No},
		"one with both":               {401, nil, `{"statusCode":401,"error":"unauthorized","error_description":"no such realm"}`, "the server refused the request (HTTP 401): no such realm", No},
		"too often":                   {429, nil, "Slow down, please.", "the server was asked too often (HTTP 429): Slow down, please.", Later},
		"too often, with a code":      {429, nil, `{"error":"invalid_grant","error_description":"locked"}`, "the server was asked too often (invalid_grant, HTTP 429): locked", Later},
		"unavailable":                 {503, nil, "", "the server cannot answer now (HTTP 503)", Later},
		"unavailable by its code":     {400, nil, `{"error":"temporarily_unavailable"}`, "the server cannot answer now (temporarily_unavailable, HTTP 400)", Later},
		"a null beside it":            {200, nil, `{"access_token":null,"error":"invalid_client"}`, "the server refused the client (invalid_client)", No},
		"in UTF-16":                   {400, nil, "\xff\xfe{\x00\"\x00e\x00r\x00r\x00o\x00r\x00\"\x00:\x00\"\x00x\x00\"\x00}\x00", "the server refused (x)", No},
		"broken":                      {500, nil, "oops", "the server failed (HTTP 500): oops", NoAnswer},
		"an error as 500":             {500, nil, `{"error":"unknown_error"}`, "the server refused (unknown_error)", No},
	} {
		t.Run(name, func(t *testing.T) {
			if c.header == nil {
				c.header = http.Header{}
			}
			r := Refused(Answer{Status: c.status, Header: c.header, Body: []byte(c.body)})
			if r == nil || r.Error() != c.want || r.Verdict() != c.verdict {
				t.Errorf("got %v\nwant %s", r, c.want)
			}
		})
	}
}

// A token response is none, whatever stands beside the token.
func TestGrantsAreNoRefusals(t *testing.T) {
	for _, body := range []string{
		`{"access_token":"a","token_type":"Bearer"}`, `{"access_token":"a","error":"x"}`, `{"refresh_token":"a","error":"x"}`, `{"error":"","request_uri":"u"}`,
		`{"error":null}`, `{"scope":"error"}`, `error`, ``, `[{"error":"x"}]`, `{"error":"x"`,
	} {
		if r := Refused(Answer{Status: 200, Header: http.Header{}, Body: []byte(body)}); r != nil {
			t.Errorf("%s: %v", body, r)
		}
	}
}

func TestARefusalNamesItsEndpoint(t *testing.T) {
	r := &Refusal{Status: 401, Code: "invalid_client", Description: "no", Endpoint: "the token endpoint"}
	if got := r.Error(); got != "the server refused the client (invalid_client) at the token endpoint: no" {
		t.Error(got)
	}
	r = &Refusal{Status: 307, Location: "https://x.example/", Endpoint: "the token endpoint"}
	if got := r.Error(); !strings.HasPrefix(got, "the token endpoint answered HTTP 307, a redirect to") {
		t.Error(got)
	}
}

// Retry-After as a date is by the server's clock, which need not be ours.
func TestRetryAfterIsByTheServersClock(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	served := now.Add(-time.Hour)
	h := http.Header{"Date": {served.Format(http.TimeFormat)}, "Retry-After": {served.Add(30 * time.Second).Format(http.TimeFormat)}}
	if r := AsRefusal(Answer{Status: 429, Header: h, At: now}); r.RetryAfter != 30*time.Second {
		t.Errorf("wait %s", r.RetryAfter)
	}
}

// TestNoSecretInAPage: an echo is hidden in whatever spelling of markup it comes.
func TestNoSecretInAPage(t *testing.T) {
	const canary = `canary<&">one`
	for name, a := range map[string]Answer{
		"entities":  {Body: []byte("<p>wrong: canary&lt;&amp;&quot;&#62;one</p>")},
		"challenge": {Header: http.Header{"Www-Authenticate": {`Basic error="invalid_client", error_description="canary<&\">one"`}}},
		"form":      {Header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}, Body: []byte("error=x&error_description=canary%3C%26%22%3Eone")},
		"cut":       {Body: []byte("<p>" + strings.Repeat("x", 4*shown.Max-5) + "canary&lt;&amp;&quot;&gt;one")},
	} {
		a.Status, a.secrets = 401, []string{canary}
		if a.Header == nil {
			a.Header = http.Header{}
		}
		if text := AsRefusal(a).Error(); strings.Contains(text, "canary") || strings.Contains(text, "one") {
			t.Errorf("%s shows %s", name, text)
		}
	}
}

func FuzzRefusal(f *testing.F) {
	f.Add([]byte(`<p a="1>2">x</p><script>`), `Basic a="b\`, 401)
	f.Add([]byte(`{"error":{"message":"x"}}`), `Bearer error=x,,`, 200)
	f.Add([]byte("<!--"), `=`, 502)
	f.Add([]byte("<style></style"), `"`, 302)
	f.Fuzz(func(t *testing.T, body []byte, challenge string, status int) {
		r := AsRefusal(Answer{Status: status, Header: http.Header{"Www-Authenticate": {challenge}}, Body: body})
		text := r.Error()
		if utf8.RuneCountInString(text) > 3*shown.Max+200 || strings.ContainsAny(text, "\r\n\x1b") {
			t.Errorf("%q", text)
		}
	})
}
