package metadata

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

const ownURL = "https://fhir.example/r4/meta?policy=x"

// owned is a profile with a document of its own.
func owned(issuer string) *profile.Profile {
	p := profile.Default()
	p.Name, p.Issuer, p.DiscoveryURL = "p", issuer, ownURL
	return &p
}

// docs/threats.md 2: the document at discovery_url is read and no other, and
// who the server is it says only on its own origin, or as the profile does.
func TestADocumentOfOnesOwn(t *testing.T) {
	for name, c := range map[string]struct {
		issuer string // of the profile
		named  any    // by the document
		want   string // the server's issuer
		says   string // the failure, "" for none
	}{
		"the same issuer":         {issuer, issuer, issuer, ""},
		"no issuer in it":         {issuer, nil, issuer, ""},
		"another issuer":          {issuer, "https://evil.example", "", "names issuer"},
		"the issuer with a slash": {issuer, issuer + "/", "", "names issuer"},
		"nobody says":             {"", nil, "", ""},
		"its own origin":          {"", "https://FHIR.example/r4", "https://FHIR.example/r4", ""},
		"another origin":          {"", "https://as.example", "", ""},
		"another port":            {"", "https://fhir.example:444", "", ""},
		"another scheme":          {"", "http://fhir.example/r4", "", ""},
		"no URL":                  {"", "https://[::1", "", ""},
	} {
		d := &documents{bodies: map[string]string{ownURL: document(map[string]any{"issuer": c.named})}}
		e, err := (&Source{HTTP: d}).Resolve(t.Context(), owned(c.issuer), NeedToken)
		if e.Issuer != c.want || (err != nil) != (c.says != "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: issuer %q, %v", name, e.Issuer, err)
		}
		if err == nil && e.Token != "https://as.example/token" || !slices.Equal(d.asked, []string{ownURL}) {
			t.Errorf("%s: %+v, asked %v", name, e, d.asked)
		}
	}
}

func TestADocumentOfOnesOwnIsChecked(t *testing.T) {
	for name, body := range map[string]string{
		"http":     document(map[string]any{"issuer": nil, "token_endpoint": "http://fhir.example/token"}),
		"loopback": document(map[string]any{"issuer": nil, "token_endpoint": "http://127.0.0.1/token"}),
		"HTML":     "<html>",
	} {
		p := owned("http://127.0.0.1") // which makes no document of another host a local one
		d := &documents{bodies: map[string]string{ownURL: body}}
		_, err := (&Source{HTTP: d}).Resolve(t.Context(), p, NeedToken)
		if err == nil {
			t.Errorf("%s was believed", name)
		}
	}
	_, err := (&Source{HTTP: &documents{}}).Resolve(t.Context(), owned(""), NeedToken)
	var f *fault.Error
	if !errors.As(err, &f) || !strings.Contains(strings.Join(f.Hints, ";"), "check discovery_url of profile p") {
		t.Errorf("not there: %v", err)
	}
}

// What needs the issuer says why the document's was not taken.
func TestIssuer(t *testing.T) {
	for name, c := range map[string]struct {
		issuer, named, want, hint string
	}{
		"the profile's":      {issuer, "", issuer, ""},
		"the document's":     {"", "https://fhir.example", "https://fhir.example", ""},
		"on another host":    {"", "https://as.example/x", "", `names issuer "https://as.example/x"`},
		"in neither of both": {"", "", "", "set issuer in profile p"},
	} {
		d := &documents{bodies: map[string]string{ownURL: document(map[string]any{"issuer": c.named})}}
		got, err := (&Source{HTTP: d}).Issuer(t.Context(), owned(c.issuer))
		var f *fault.Error
		if got != c.want || (err == nil) != (c.hint == "") || errors.As(err, &f) && !strings.Contains(strings.Join(f.Hints, "; "), c.hint) {
			t.Errorf("%s: %q, %v", name, got, f)
		}
	}
	nowhere := owned("")
	nowhere.DiscoveryURL = ""
	if got, err := (&Source{}).Issuer(t.Context(), nowhere); got != "" || err != nil {
		t.Errorf("without discovery: %q, %v", got, err)
	}
}

// RFC 9207 2.4: a server that announces iss is held to one that is known.
func TestAnAnnouncedIssuerMustBeKnown(t *testing.T) {
	for named, known := range map[string]bool{"https://fhir.example": true, "https://as.example": false} {
		d := &documents{bodies: map[string]string{ownURL: document(map[string]any{"issuer": named})}}
		_, err := (&Source{HTTP: d}).Resolve(t.Context(), owned(""), NeedToken, NeedCallbackIssuer)
		if (err == nil) != known {
			t.Errorf("%s: %v", named, err)
		}
	}
	d := &documents{bodies: map[string]string{ownURL: document(map[string]any{"issuer": nil, "authorization_response_iss_parameter_supported": false})}}
	if _, err := (&Source{HTTP: d}).Resolve(t.Context(), owned(""), NeedToken, NeedCallbackIssuer); err != nil {
		t.Errorf("nothing announced: %v", err)
	}
}

// SMART App Launch: below the FHIR base, and often without an issuer.
func TestSMARTConfiguration(t *testing.T) {
	const at = issuer + "/.well-known/smart-configuration"
	for named, good := range map[string]bool{"": true, issuer: true, "https://evil.example": false} {
		d := &documents{bodies: map[string]string{at: document(map[string]any{"issuer": named})}}
		e, err := (&Source{HTTP: d}).Resolve(t.Context(), found(), NeedToken)
		if (err == nil) != good || good && e.Issuer != issuer || len(d.asked) != 3 {
			t.Errorf("%q: %+v, %v, asked %v", named, e, err, d.asked)
		}
	}
	_, err := (&Source{HTTP: &documents{}}).Resolve(t.Context(), found(), NeedToken)
	if err == nil || !strings.Contains(err.Error(), wellKnownURL) {
		t.Errorf("nowhere: %v", err)
	}
}

// A public client is offered by a capability.
func TestSMARTOffersAPublicClient(t *testing.T) {
	for name, c := range map[string]struct {
		methods, capabilities any
		want                  []string
	}{
		"public":          {[]string{"private_key_jwt"}, []string{"client-public"}, []string{"private_key_jwt", "none"}},
		"not public":      {[]string{"private_key_jwt"}, []string{"launch-ehr"}, []string{"private_key_jwt"}},
		"nothing is said": {nil, []string{"client-public"}, nil},
	} {
		d := &documents{bodies: map[string]string{ownURL: document(map[string]any{
			"issuer": nil, "token_endpoint_auth_methods_supported": c.methods, "capabilities": c.capabilities,
		})}}
		e, err := (&Source{HTTP: d}).Resolve(t.Context(), owned(""), NeedToken)
		if err != nil || !slices.Equal(e.Offers.AuthMethods, c.want) {
			t.Errorf("%s: %v, %v", name, e.Offers.AuthMethods, err)
		}
	}
}

// docs/threats.md 6: what an assertion may name as the token endpoint.
func TestAudience(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*profile.Profile)
		token  string // of the document
		want   string
	}{
		"the issuer's origin":           {nil, "https://as.example/t", "https://as.example/t"},
		"another host":                  {nil, "https://bank.example/t", ""},
		"another port":                  {nil, "https://as.example:8443/t", ""},
		"the profile's own":             {func(p *profile.Profile) { p.TokenURL = "https://bank.example/t" }, "https://as.example/t", "https://bank.example/t"},
		"discovery_url goes first":      {func(p *profile.Profile) { p.DiscoveryURL = ownURL }, "https://as.example/t", ""},
		"the origin of discovery_url":   {func(p *profile.Profile) { p.DiscoveryURL = ownURL }, "https://fhir.example/t", "https://fhir.example/t"},
		"an alias is not what is named": {func(p *profile.Profile) { p.TLS.ClientCertificate = secret.Ref{Kind: secret.File, Path: "c"} }, "https://as.example/t", "https://as.example/t"},
	} {
		p := found()
		p.Discovery = "always"
		if c.change != nil {
			c.change(p)
		}
		body := document(map[string]any{"token_endpoint": c.token, "mtls_endpoint_aliases": map[string]any{"token_endpoint": "https://m.example/t"}})
		e, err := (&Source{HTTP: &documents{bodies: map[string]string{wellKnownURL: body, ownURL: body}}}).Resolve(t.Context(), p, NeedToken)
		if got := e.Audience(p); got != c.want || err != nil {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// FHIR servers answer in their own ways for a path that is none of theirs. What
// says that the server is in trouble, or leads away, ends the search.
func TestWhereADocumentIsNotSearchGoesOn(t *testing.T) {
	for status, goesOn := range map[int]bool{
		400: true, 401: true, 403: true, 404: true, 405: true, 406: true, 410: true, 501: true,
		302: false, 408: false, 429: false, 500: false, 502: false, 503: false,
	} {
		d := &documents{absent: status, bodies: map[string]string{issuer + smartConfiguration: document(map[string]any{"issuer": nil})}}
		e, err := (&Source{HTTP: d}).Resolve(t.Context(), found(), NeedToken)
		if (err == nil) != goesOn || goesOn && e.Token == "" || len(d.asked) != map[bool]int{true: 3, false: 1}[goesOn] {
			t.Errorf("%d: %+v, %v, asked %v", status, e, err, d.asked)
		}
	}
}

// docs/exit-codes.md: "later" has nothing to correct, and says when.
func TestLaterIsNoFaultOfTheProfile(t *testing.T) {
	for name, c := range map[string]struct {
		status     int
		wait, hint string
	}{
		"a limit":                {429, "90", "the server asks to wait 1m30s before the next request"},
		"a limit without a time": {429, "", "try again later"},
		"maintenance":            {503, "", "try again later"},
		"a fault":                {500, "", "check issuer"},
	} {
		d := &documents{absent: c.status, wait: c.wait}
		_, err := (&Source{HTTP: d}).Resolve(t.Context(), found(), NeedToken)
		one(t, name, err, c.hint)
		d.bodies = map[string]string{wellKnownURL: document(nil)}
		_, err = (&Source{HTTP: d}).Keys(t.Context(), found(), true)
		one(t, name+", of the keys", err, strings.Replace(c.hint, "check issuer", "the discovery document names", 1))
	}
}

// one is a network fault whose only hint begins so.
func one(t *testing.T, name string, err error, hint string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Network || len(f.Hints) != 1 || !strings.HasPrefix(f.Hints[0], hint) {
		t.Errorf("%s: %+v", name, err)
	}
}
