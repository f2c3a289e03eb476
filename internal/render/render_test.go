package render

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"authctl/internal/fault"
	"authctl/internal/secret"
	"authctl/internal/token"
)

func at() time.Time { return time.Date(2026, 11, 21, 20, 0, 0, 0, time.UTC) }

func sample() Result {
	return Result{
		Profile: "nhs", Scheme: "bearer", Now: at(), FromStore: true,
		Set: token.Set{
			AccessToken: secret.New("eyJ.a-b_c~d+e/f=="), TokenType: "Bearer", Scope: "api://x/.default",
			RefreshToken: secret.New("refresh.1"), IDToken: secret.New("id.1.2"),
			ExpiresAt: at().Add(3599*time.Second + 900*time.Millisecond).In(time.FixedZone("", 3600)),
		},
		Headers: []Header{{"Ocp-Apim-Subscription-Key", secret.New("0123456789abcdef")}},
	}
}

func TestFormats(t *testing.T) {
	env := filepath.Join(t.TempDir(), "env")
	want := map[string]string{
		"token":   "eyJ.a-b_c~d+e/f==\n",
		"header":  "Authorization: bearer eyJ.a-b_c~d+e/f==\n",
		"headers": "Authorization: bearer eyJ.a-b_c~d+e/f==\nOcp-Apim-Subscription-Key: 0123456789abcdef\n",
		"json": `{"access_token":"eyJ.a-b_c~d+e/f==","token_type":"Bearer","expires_at":"2026-11-21T20:59:59Z",` +
			`"expires_at_unix":1795294799,"expires_in":3599,"scope":"api://x/.default","id_token":"id.1.2","profile":"nhs","from_store":true}` + "\n",
		"env": "export AUTHCTL_ACCESS_TOKEN='eyJ.a-b_c~d+e/f=='\nexport AUTHCTL_TOKEN_TYPE='Bearer'\nexport AUTHCTL_EXPIRES_AT='2026-11-21T20:59:59Z'\n" +
			"export AUTHCTL_AUTHORIZATION='bearer eyJ.a-b_c~d+e/f=='\nexport AUTHCTL_HEADER_OCP_APIM_SUBSCRIPTION_KEY='0123456789abcdef'\n",
		"dotenv": "AUTHCTL_ACCESS_TOKEN=eyJ.a-b_c~d+e/f==\nAUTHCTL_TOKEN_TYPE=Bearer\nAUTHCTL_EXPIRES_AT=2026-11-21T20:59:59Z\n" +
			"AUTHCTL_AUTHORIZATION=bearer eyJ.a-b_c~d+e/f==\nAUTHCTL_HEADER_OCP_APIM_SUBSCRIPTION_KEY=0123456789abcdef\n",
		"github": "::add-mask::eyJ.a-b_c~d+e/f==\n::add-mask::0123456789abcdef\n",
		"curl":   "header = \"Authorization: bearer eyJ.a-b_c~d+e/f==\"\nheader = \"Ocp-Apim-Subscription-Key: 0123456789abcdef\"\n",
		"kube": `{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential",` +
			`"status":{"expirationTimestamp":"2026-11-21T20:59:59Z","token":"eyJ.a-b_c~d+e/f=="}}` + "\n",
		"mcp-headers": `{"Authorization":"bearer eyJ.a-b_c~d+e/f==","Ocp-Apim-Subscription-Key":"0123456789abcdef"}` + "\n",
	}
	for _, f := range FormatNames() {
		if want[f] == "" {
			t.Errorf("%s: this test has no row for it", f)
		}
		var b bytes.Buffer
		if err := Write(&b, sample(), Options{Format: f, GithubEnv: githubOnly(f, env)}); err != nil {
			t.Errorf("%s: %v", f, err)
		}
		if b.String() != want[f] {
			t.Errorf("%s:\n got %s\nwant %s", f, b.String(), want[f])
		}
	}
	got, _ := os.ReadFile(env)
	if !strings.HasPrefix(string(got), "AUTHCTL_ACCESS_TOKEN<<AUTHCTL_END\neyJ.a-b_c~d+e/f==\nAUTHCTL_END\nAUTHCTL_TOKEN_TYPE<<AUTHCTL_END\n") {
		t.Errorf("GITHUB_ENV: %s", got)
	}
}

// docs/threats.md 29: a value that is the delimiter would end the variable, and
// what follows in the file would be read as others.
func TestGithubDelimiterIsNoValues(t *testing.T) {
	env := filepath.Join(t.TempDir(), "env")
	r := sample()
	r.Headers = []Header{{"X-Odd", secret.New("AUTHCTL_END")}}
	var b bytes.Buffer
	if err := Write(&b, r, Options{Format: "github", GithubEnv: env}); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(env)
	if want := "AUTHCTL_HEADER_X_ODD<<AUTHCTL_END_\nAUTHCTL_END\nAUTHCTL_END_\n"; err != nil || !strings.HasSuffix(string(got), want) {
		t.Errorf("%v: %s", err, got)
	}
}

func githubOnly(format, path string) string {
	if format == "github" {
		return path
	}
	return ""
}

// docs/threats.md 26: no format prints a token that could end its line or drive a terminal.
func TestEveryFormatRefusesWhatIsNoToken(t *testing.T) {
	for _, bad := range []string{"", "a\nb", "a\r\nX: y", "a\x00b", "a\tb", "a\x7fb", "a\x1b[2J", "tøken", "a\u202eb", "a\u009bb"} {
		for _, f := range FormatNames() {
			checkRefused(t, f, bad)
		}
	}
}

// checkRefused: nothing of the token is written anywhere.
func checkRefused(t *testing.T, format, bad string) {
	t.Helper()
	r := sample()
	r.Set.AccessToken = secret.New(bad)
	env := filepath.Join(t.TempDir(), "env")
	var b bytes.Buffer
	err := Write(&b, r, Options{Format: format, GithubEnv: githubOnly(format, env)})
	if fault.KindOf(err) != fault.Invalid || b.Len() > 0 {
		t.Errorf("%s %q: %v, wrote %q", format, bad, err, b.String())
	}
	if bad != "" && err != nil && strings.Contains(err.Error(), bad) {
		t.Errorf("%s: the error quotes the token: %v", format, err)
	}
	if got, err := os.ReadFile(env); err == nil && len(got) > 0 {
		t.Errorf("%s %q: GITHUB_ENV was written", format, bad)
	}
}

// docs/threats.md 26: a token beyond b64token is printed where it arrives
// unharmed, and refused where it would not.
func TestTokensBeyondB64Token(t *testing.T) {
	bare := Which(func(f Format) bool { return !f.Authorizes })
	quoted := Which(func(f Format) bool { return !f.unquoted })
	for odd, carried := range map[string][]string{
		"00Dxx0000001gPL!AR8AQJ": FormatNames(), "a=b": FormatNames(), "100%": FormatNames(),
		"a b": quoted, "a'b": quoted, `a"b`: quoted, `a\b`: quoted, "a$(touch x)": quoted, "a`b`": quoted, "a;b": quoted, "a#b": quoted, "<a>&b": quoted,
		" a1b2": bare, "a1b2 ": bare,
	} {
		for _, f := range FormatNames() {
			if !slices.Contains(carried, f) {
				checkRefused(t, f, odd)
				continue
			}
			r := sample()
			r.Set.AccessToken = secret.New(odd)
			env := filepath.Join(t.TempDir(), "env")
			var b bytes.Buffer
			if err := Write(&b, r, Options{Format: f, GithubEnv: githubOnly(f, env)}); err != nil {
				t.Errorf("%s %q: %v", f, odd, err)
			} else if got := carriedBy(t, f, b.String(), env); got != odd {
				t.Errorf("%s %q: arrives as %q", f, odd, got)
			}
		}
	}
}

// carriedBy reads the token back as the format's reader does.
func carriedBy(t *testing.T, format, out, env string) string {
	t.Helper()
	first, _, _ := strings.Cut(out, "\n")
	var v struct {
		AccessToken string `json:"access_token"`
		Status      struct{ Token string }
	}
	switch format {
	case "json", "kube":
		if err := json.Unmarshal([]byte(out), &v); err != nil {
			t.Error(err)
		}
		return v.AccessToken + v.Status.Token
	case "mcp-headers":
		var headers map[string]string
		if err := json.Unmarshal([]byte(out), &headers); err != nil {
			t.Error(err)
		}
		_, got, _ := strings.Cut(headers["Authorization"], " ")
		return got
	case "env":
		got, _ := unquoteSh(strings.TrimPrefix(first, "export AUTHCTL_ACCESS_TOKEN="))
		return got
	case "curl":
		return strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(strings.TrimSuffix(strings.TrimPrefix(first, `header = "Authorization: bearer `), `"`))
	case "github":
		file, _ := os.ReadFile(env)
		first = strings.Split(string(file), "\n")[1]
		if mask := "::add-mask::" + strings.ReplaceAll(first, "%", "%25"); !strings.HasPrefix(out, mask+"\n") {
			t.Errorf("the mask is %q", out)
		}
		return first
	}
	for _, before := range []string{"Authorization: bearer ", "AUTHCTL_ACCESS_TOKEN="} {
		first = strings.TrimPrefix(first, before)
	}
	return first
}

// docs/threats.md 5.
func TestTokenTypeMustFitTheScheme(t *testing.T) {
	headers := Which(func(f Format) bool { return f.Authorizes })
	bearer := Which(func(f Format) bool { return f.BearerOnly != "" })
	anyScheme := Which(func(f Format) bool { return f.Authorizes && f.BearerOnly == "" })
	for _, c := range []struct {
		tokenType, scheme string
		refused           []string
	}{
		{"Bearer", "Bearer", nil},
		{"bearer", "Bearer", nil},
		{"BEARER", "bearer", nil},
		{"", "Bearer", nil},
		{"Bearer", "Token", nil},
		{"dpop", "DPoP", bearer},
		{"DPoP", "dpop", bearer},
		{"DPoP", "Bearer", headers},
		{"Bearer", "DPoP", anyScheme},
		{"", "DPoP", anyScheme},
		{"N_A", "Bearer", headers},
		{"n_a", "DPoP", headers},
		{"mac", "Bearer", headers},
	} {
		for _, f := range FormatNames() {
			r := sample()
			r.Scheme, r.Set.TokenType = c.scheme, c.tokenType
			err := Write(io.Discard, r, Options{Format: f, GithubEnv: githubOnly(f, filepath.Join(t.TempDir(), "e"))})
			if slices.Contains(c.refused, f) {
				var e *fault.Error
				if !errors.As(err, &e) || e.Kind != fault.Invalid || len(e.Hints) == 0 {
					t.Errorf("%s %q for %q: %v", f, c.tokenType, c.scheme, err)
				}
			} else if err != nil {
				t.Errorf("%s %q for %q: %v", f, c.tokenType, c.scheme, err)
			}
		}
	}
}

// docs/threats.md 29.
func TestHeadersAreValidated(t *testing.T) {
	for _, h := range []Header{
		{"X-A", secret.New("v1\r\nX-Injected: v2")},
		{"X-A", secret.New("v1\nv2")},
		{"X-A", secret.New("v1\x00")},
		{"X-A", secret.New("v1\x1b[31m")},
		{"X-A", secret.New("v1\x7f")},
		{"X A", secret.New("v1")},
		{"X:A", secret.New("v1")},
		{"@file", secret.New("v1")},
		{"", secret.New("v1")},
		{"authorization", secret.New("v1")},
	} {
		for _, f := range FormatNames() {
			r := sample()
			r.Headers = []Header{h}
			var b bytes.Buffer
			err := Write(&b, r, Options{Format: f, GithubEnv: githubOnly(f, filepath.Join(t.TempDir(), "e"))})
			if fault.KindOf(err) != fault.Config || b.Len() > 0 || strings.Contains(err.Error(), "v1") {
				t.Errorf("%s %q: %v, wrote %q", f, h.Name, err, b.String())
			}
		}
	}
}

func TestSelect(t *testing.T) {
	for _, c := range []struct{ format, pick, want string }{
		{"token", "access_token", "eyJ.a-b_c~d+e/f==\n"},
		{"token", "id_token", "id.1.2\n"},
		{"token", "refresh_token", "refresh.1\n"},
		{"json", "refresh_token", `"refresh_token":"refresh.1"`},
		{"json", "", `"id_token":"id.1.2"`},
	} {
		var b bytes.Buffer
		if err := Write(&b, sample(), Options{Format: c.format, Select: c.pick}); err != nil || !strings.Contains(b.String(), c.want) {
			t.Errorf("%s %s: %v %q", c.format, c.pick, err, b.String())
		}
		if c.pick != "refresh_token" && strings.Contains(b.String(), "refresh") {
			t.Errorf("%s %s shows the refresh token", c.format, c.pick)
		}
	}
	for _, pick := range []string{"id_token", "refresh_token"} {
		for _, bad := range []string{"", "a\nb"} {
			r := sample()
			r.Set.IDToken, r.Set.RefreshToken = secret.New(bad), secret.New(bad)
			if err := Write(io.Discard, r, Options{Select: pick}); fault.KindOf(err) != fault.Invalid {
				t.Errorf("%s %q: %v", pick, bad, err)
			}
		}
	}
}

// The other members of an answer, as SMART App Launch, RFC 9396 and others have them.
func TestSelectOfAnotherMember(t *testing.T) {
	r := sample()
	r.Set.Extra = secret.New(`{"patient":"<12 3>","fhirContext":[{"reference":"a\u009b"}],"n":1.50,"bad":"a\u001b[2J","dir":"\u202e"}`)
	for name, want := range map[string]string{
		"patient": "<12 3>\n", "n": "1.50\n", "fhirContext": `[{"reference":"a\u009b"}]` + "\n", "bad": "", "dir": "", "encounter": "",
	} {
		var b bytes.Buffer
		err := Write(&b, r, Options{Select: name})
		if b.String() != want || (want == "") != (fault.KindOf(err) == fault.Invalid) {
			t.Errorf("%s: %v %q", name, err, b.String())
		}
	}
	var b bytes.Buffer
	const want = `"extra":{"patient":"<12 3>","fhirContext":[{"reference":"a\u009b"}],"n":1.50,"bad":"a\u001b[2J","dir":"\u202e"}`
	if err := Write(&b, r, Options{Format: "json", Select: "patient"}); err != nil || !strings.Contains(b.String(), want) {
		t.Errorf("%v %s", err, b.String())
	}
	if err := Write(io.Discard, sample(), Options{Select: "patient"}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("without any: %v", err)
	}
}

func TestUsage(t *testing.T) {
	for _, o := range []Options{
		{Format: "yaml"},
		{Select: "acces_token"},
		{Select: "id-token"},
		{Select: "scope"},
		{Select: "a\nb"},
		{Format: "header", Select: "id_token"},
		{Format: "kube", Select: "refresh_token"},
		{Format: "token", Shell: "sh"},
		{Format: "env", Shell: "tcsh"},
		{Format: "json", EnvPrefix: "X_"},
		{Format: "env", EnvPrefix: "1X"},
		{Format: "env", EnvPrefix: "A;touch x;"},
		{Format: "github"},
	} {
		var b bytes.Buffer
		if err := Write(&b, sample(), o); fault.KindOf(err) != fault.Usage || b.Len() > 0 {
			t.Errorf("%+v: %v, wrote %q", o, err, b.String())
		}
		if _, err := o.Chosen(); err == nil {
			t.Errorf("%+v: Chosen found nothing", o)
		}
	}
}

func TestUnknownAndPassedExpiry(t *testing.T) {
	r := sample()
	r.Set.ExpiresAt = time.Time{}
	for f, never := range map[string]string{"json": "expires", "kube": "expiration"} {
		var b bytes.Buffer
		if err := Write(&b, r, Options{Format: f}); err != nil || strings.Contains(b.String(), never) {
			t.Errorf("%s: %v %s", f, err, b.String())
		}
	}
	r.Set.ExpiresAt = at().Add(-time.Hour)
	var b bytes.Buffer
	var v map[string]any
	if err := errors.Join(Write(&b, r, Options{Format: "json"}), json.Unmarshal(b.Bytes(), &v)); err != nil || v["expires_in"] != 0.0 {
		t.Errorf("%v %v", err, v)
	}
}

func TestProofGoesWithHeadersAndCurl(t *testing.T) {
	r := sample()
	r.Scheme, r.Set.TokenType, r.Proof = "DPoP", "DPoP", "p.r.oof"
	for f, want := range map[string]string{"headers": "\nDPoP: p.r.oof\n", "curl": `header = "DPoP: p.r.oof"`} {
		var b bytes.Buffer
		if err := Write(&b, r, Options{Format: f}); err != nil || !strings.Contains(b.String(), want) {
			t.Errorf("%s: %v %s", f, err, b.String())
		}
	}
	r.Proof = "p\nX: y"
	if err := Write(io.Discard, r, Options{Format: "headers"}); err == nil {
		t.Error("a proof with a line end was printed")
	}
}

func TestGithubFileKeepsWhatWasThereAndCannotBeInjected(t *testing.T) {
	path := filepath.Join(t.TempDir(), "env")
	if err := os.WriteFile(path, []byte("A=1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := sample()
	r.Headers = []Header{{"X-A", secret.New("AUTHCTL_END")}, {"X-B", secret.New("50%")}, {"X-C", secret.New("100%sure")}}
	var b bytes.Buffer
	if err := Write(&b, r, Options{Format: "github", GithubEnv: path}); err != nil {
		t.Fatal(err)
	}
	got, _ := os.ReadFile(path)
	if !strings.HasPrefix(string(got), "A=1\nAUTHCTL_ACCESS_TOKEN<<AUTHCTL_END_\n") || !strings.Contains(string(got), "\nAUTHCTL_END\nAUTHCTL_END_\n") {
		t.Errorf("%s", got)
	}
	if b.String() != "::add-mask::eyJ.a-b_c~d+e/f==\n::add-mask::AUTHCTL_END\n::add-mask::100%25sure\n" {
		t.Errorf("%s", b.String())
	}
}

func TestVariablesThatCollideAndValuesThatDoNotFit(t *testing.T) {
	r := sample()
	r.Headers = []Header{{"X-A", secret.New("1")}, {"x.a", secret.New("2")}}
	if err := Write(io.Discard, r, Options{Format: "env"}); fault.KindOf(err) != fault.Config {
		t.Errorf("%v", err)
	}
	for _, v := range []string{" x", "x\t", `"x"`, "'x"} {
		r.Headers = []Header{{"X-A", secret.New(v)}}
		if err := Write(io.Discard, r, Options{Format: "dotenv"}); fault.KindOf(err) != fault.Usage {
			t.Errorf("%q: %v", v, err)
		}
	}
	for _, v := range []string{`a"&calc&"`, "%PATH%", "!PATH!", "a^b"} {
		r.Headers = []Header{{"X-A", secret.New(v)}}
		if err := Write(io.Discard, r, Options{Format: "env", Shell: "cmd"}); fault.KindOf(err) != fault.Usage {
			t.Errorf("%q: %v", v, err)
		}
	}
}
