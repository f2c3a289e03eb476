package doctor

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"authctl/internal/fault"
	"authctl/internal/jwt"
	"authctl/internal/profile"
	"authctl/internal/secret"
	"authctl/internal/store"
	"authctl/internal/token"
)

func TestSecrets(t *testing.T) {
	tests := map[string]struct {
		change  func(*profile.Profile)
		secrets map[string]string
		start   string
		word    string
	}{
		"there":    {nil, map[string]string{"SECRET": canary}, "ok client.secret", "env:SECRET"},
		"missing":  {nil, nil, "FAIL client.secret", "[set SECRET]"},
		"empty":    {nil, map[string]string{"SECRET": ""}, "FAIL client.secret", "is empty"},
		"pasted":   {nil, map[string]string{"SECRET": " " + canary}, "warn client.secret", "white space"},
		"not used": {func(p *profile.Profile) { p.Client.Auth = "none" }, nil, "skip client.secret", "none does not use it"},
		"of a header": {func(p *profile.Profile) {
			ref := env("OTHER")
			p.API.Headers = []profile.Field{{Name: "X", Secret: &ref}}
		}, nil, "FAIL api.headers[0].secret", "set OTHER"},
		"stdin":                              {func(p *profile.Profile) { p.Exchange.SubjectToken = secret.Ref{Kind: secret.File, Path: "-"} }, nil, "skip exchange.subject_token", "stdin"},
		"a subject that the grant needs not": {func(p *profile.Profile) { p.Exchange.SubjectToken = env("SAML") }, nil, "warn exchange.subject_token", "--subject-token"},
		"a subject that it needs": {func(p *profile.Profile) {
			p.Exchange.SubjectToken, p.Grant = env("SAML"), "token_exchange"
		}, nil, "FAIL exchange.subject_token", "set SAML"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := newFixture()
			b.secrets = tt.secrets
			expect(t, b.examine(t, newProfile(tt.change), Options{Offline: true}), tt.start, tt.word)
			if len(b.sent) > 0 {
				t.Errorf("offline, and sent %v", b.sent)
			}
		})
	}
}

// A program may ask a person, cost money or leave a trace: it is run when asked for.
func TestCommandsAreRunWhenAskedFor(t *testing.T) {
	command := secret.Ref{Kind: secret.Command, Argv: []string{"vault", "read"}}
	change := func(p *profile.Profile) { p.Client.Secret, p.TLS.CA = command, command }
	b := newFixture()
	b.secrets = map[string]string{command.Name: canary}
	lines := b.examine(t, newProfile(change), Options{})
	expect(t, lines, "skip client.secret", "command: [vault, read]", "--run-commands")
	expect(t, lines, "skip network", "not there")
	if len(b.asked) > 0 || len(b.sent) > 0 {
		t.Errorf("resolved %v, sent %v", b.asked, b.sent)
	}
	secretOnly := newProfile(func(p *profile.Profile) { p.Client.Secret = command })
	expect(t, b.examine(t, secretOnly, Options{Offline: true, RunCommands: true}), "ok client.secret", "is there")
}

// What may be read by others as a certificate is refused as a key.
func TestEachRuleReadsForItself(t *testing.T) {
	b := newFixture()
	m := &memo{from: b}
	for _, anyMode := range []bool{true, false, true} {
		if _, err := m.Resolve(t.Context(), "p", secret.Ref{Kind: secret.File, Path: "both.pem", AnyMode: anyMode}); err == nil {
			t.Error("no error")
		}
	}
	if len(b.asked) != 2 {
		t.Errorf("asked %d times", len(b.asked))
	}
}

func TestKey(t *testing.T) {
	key, other := newKey(t), newKey(t)
	good, _ := certify(t, key, now().AddDate(1, 0, 0))
	soonOver, _ := certify(t, key, now().AddDate(0, 0, 12))
	over, _ := certify(t, key, now().AddDate(0, 0, -1))
	early, _ := certify(t, key, now().AddDate(2, 0, 0))
	others, _ := certify(t, other, now().AddDate(1, 0, 0))
	spki, err := key.SPKISHA256()
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		key, certificate, alg, kid string
		want                       [][2]string
	}{
		"good":               {keyPEM(t, key), good, "", "spki-sha256", [][2]string{{"ok key", "P-256, signs ES256"}, {"ok certificate", "2027-11-21 (365 days)"}, {"ok kid", spki}}},
		"no key":             {"hello", "", "", "none", [][2]string{{"FAIL key", "authctl kid FILE"}}},
		"unfit":              {keyPEM(t, key), good, "RS256", "none", [][2]string{{"FAIL key", "assertion.alg"}, {"ok certificate", ""}}},
		"soon over":          {keyPEM(t, key), soonOver, "", "none", [][2]string{{"warn certificate", "(12 days)"}, {"ok kid", "none is sent"}}},
		"over":               {keyPEM(t, key), over, "", "x5t", [][2]string{{"FAIL certificate", "expired on 2026-11-20"}, {"ok kid", "x5t "}}},
		"not yet":            {keyPEM(t, key), early, "", "none", [][2]string{{"FAIL certificate", "from 2027-11-21 only"}}},
		"another's":          {keyPEM(t, key), others, "", "none", [][2]string{{"FAIL certificate", "compare authctl kid"}}},
		"x5t without":        {keyPEM(t, key), "", "", "x5t#S256", [][2]string{{"FAIL kid", "client.certificate"}}},
		"the key names none": {keyPEM(t, key), "", "", "jwk", [][2]string{{"warn kid", "assertion.kid"}}},
		"in the key's file":  {keyPEM(t, key) + soonOver, "", "", "x5t", [][2]string{{"warn certificate", "beside client.key, good until 2026-12-03 (12 days)"}, {"ok kid", "x5t "}}},
		"a literal":          {keyPEM(t, key), "", "", "mine", [][2]string{{"ok kid", "kid mine (as assertion.kid says)"}}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := newFixture()
			b.secrets["KEY"], b.secrets["CERT"] = tt.key, tt.certificate
			p := newProfile(func(p *profile.Profile) {
				p.Client.Auth, p.Client.Key, p.Assertion.Alg, p.Assertion.KID = "private_key_jwt", env("KEY"), tt.alg, tt.kid
				if tt.certificate != "" {
					p.Client.Certificate = env("CERT")
				}
			})
			lines := b.examine(t, p, Options{Offline: true})
			for _, w := range tt.want {
				expect(t, lines, w[0], w[1])
			}
		})
	}
}

// A certificate that nobody is shown may end.
func TestACertificateBesideAKey(t *testing.T) {
	key := newKey(t)
	soonOver, _ := certify(t, key, now().AddDate(0, 0, 12))
	for _, kid := range []string{"none", "x5t"} {
		b := newFixture()
		b.secrets["KEY"] = keyPEM(t, key) + soonOver
		lines := b.examine(t, newProfile(func(p *profile.Profile) {
			a := profile.DefaultGrantAssertion()
			a.Key, a.KID, p.GrantAssertion = env("KEY"), kid, &a
			p.Client.Auth, p.Client.Key, p.Assertion.KID = "private_key_jwt", env("KEY"), kid
		}), Options{Offline: true})
		if told := strings.Contains(fmt.Sprint(lines), "beside"); told != (kid == "x5t") {
			t.Errorf("%s: %v", kid, lines)
		}
		if kid == "x5t" {
			expect(t, lines, "warn grant certificate", "beside grant_assertion.key, good until 2026-12-03")
		}
	}
}

func TestOtherProofs(t *testing.T) {
	key := newKey(t)
	workload := func(exp any) string {
		s, err := jwt.Sign(key, "ES256", nil, map[string]any{"sub": "workload", "exp": exp})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	tests := map[string]struct{ auth, secret, start, word string }{
		"a workload's token": {"federated", workload(now().Add(time.Hour).Unix()), "ok assertion", `1h0m0s more, subject "workload"`},
		"expired":            {"federated", workload(now().Add(-time.Second).Unix()), "FAIL assertion", "expired at 2026-11-21T11:59:59Z"},
		"without an end":     {"federated", workload("soon"), "warn assertion", "no exp"},
		"opaque":             {"federated", canary, "ok assertion", "no JWT"},
		"a short MAC secret": {"client_secret_jwt", canary, "warn key", "HS256"},
		"a long one":         {"client_secret_jwt", strings.Repeat(canary, 3), "ok key", "HS256"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := newFixture()
			b.secrets["SECRET"] = tt.secret
			p := newProfile(func(p *profile.Profile) { p.Client.Auth, p.Client.Assertion = tt.auth, env("SECRET") })
			expect(t, b.examine(t, p, Options{Offline: true}), tt.start, tt.word)
		})
	}
}

func TestTLSFiles(t *testing.T) {
	key := newKey(t)
	_, over := certify(t, key, now().AddDate(0, 0, -1))
	b := newFixture()
	b.secrets["CERT"] = "read by the TLS settings"
	b.tls = &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{over.Raw}}}}
	p := newProfile(func(p *profile.Profile) { p.TLS.ClientCertificate, p.TLS.ClientKey = env("CERT"), env("CERT") })
	expect(t, b.examine(t, p, Options{Offline: true}), "FAIL tls", "expired on 2026-11-20", "tls.client_certificate")
	delete(b.secrets, "CERT")
	expect(t, b.examine(t, p, Options{Offline: true}), "skip tls")
}

func TestUse(t *testing.T) {
	tests := map[string]struct {
		dpop        bool
		scheme      string
		hosts       []string
		start, word string
	}{
		"bearer":          {false, "bearer", []string{"a"}, "ok api.scheme", "bearer"},
		"bound":           {true, "DPoP", []string{"a"}, "ok api.scheme", "ES256"},
		"bound as bearer": {true, "Bearer", []string{"a"}, "FAIL api.scheme", "api.scheme: DPoP"},
		"unbound as DPoP": {false, "dpop", []string{"a"}, "FAIL api.scheme", "dpop.enabled: true"},
		"nowhere":         {false, "Bearer", nil, "warn api.hosts", "api.hosts: [HOST]"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			p := newProfile(func(p *profile.Profile) { p.DPoP.Enabled, p.API.Scheme, p.API.Hosts = tt.dpop, tt.scheme, tt.hosts })
			expect(t, newFixture().examine(t, p, Options{Offline: true}), tt.start, tt.word)
		})
	}
}

func TestPlace(t *testing.T) {
	record := func(grant string, set token.Set) []store.Entry {
		other := store.Record{Profile: "other", Grant: "x", Set: token.Set{AccessToken: secret.New(canary), ExpiresAt: now().AddDate(9, 0, 0)}}
		return []store.Entry{{Record: other}, {Record: store.Record{Profile: "p", Grant: grant, Set: set}}}
	}
	in := func(d time.Duration) time.Time { return now().Add(d) }
	text := secret.New(canary)
	locked := fault.New(fault.Store, "the keyring is locked").Hint("unlock it")
	tests := map[string]struct {
		store Store
		err   error
		grant string
		start string
		words []string
	}{
		"file":             {kept{kind: "file"}, nil, "", "ok store", []string{"/state"}},
		"nothing kept":     {kept{kind: "file"}, nil, "", "ok session", []string{"nothing is kept"}},
		"not logged in":    {kept{kind: "file"}, nil, "authorization_code", "skip session", []string{"authctl login-pkce -p p"}},
		"chosen none":      {kept{kind: "none"}, nil, "", "ok store", []string{"none"}},
		"locked":           {kept{kind: "keyring", ready: locked}, nil, "", "FAIL store", []string{"locked", "unlock it"}},
		"no keyring":       {kept{kind: "none", ready: locked}, nil, "", "warn store", []string{"nothing is kept", "unlock it"}},
		"none for a login": {kept{kind: "none", ready: locked}, nil, "authorization_code", "FAIL store", []string{"unlock it"}},
		"cannot be":        {nil, errors.New("no home"), "", "FAIL store", []string{"no home"}},
		"token":            {kept{kind: "file", list: record("g", token.Set{AccessToken: text, ExpiresAt: in(time.Minute)})}, nil, "", "ok session", []string{"g token, expires in 1m0s"}},
		"0 seconds":        {kept{kind: "file", list: record("g", token.Set{AccessToken: text, ObtainedAt: now(), ExpiresAt: now()})}, nil, "", "ok session", []string{"g token, expired"}},
		"ended by the server": {
			kept{kind: "file", list: ended(record("authorization_code", token.Set{AccessToken: text, ExpiresAt: in(-time.Hour)}), "the server refused the grant (invalid_grant)")},
			nil, "authorization_code", "warn session",
			[]string{"the session is over: the server refused the grant (invalid_grant)", "[authctl login-pkce -p p]"},
		},
		"ended, of an exchange that nothing repeats": {
			kept{kind: "file", list: ended(record("token_exchange", token.Set{AccessToken: text, ExpiresAt: in(time.Hour)}), "revoked")},
			nil, "", "warn session",
			[]string{"the session is over: revoked", "[authctl exchange -p p"},
		},
		"ended, where token asks anew": {
			kept{kind: "file", list: ended(record("client_credentials", token.Set{AccessToken: text, ExpiresAt: in(time.Hour)}), "revoked")},
			nil, "", "ok session",
			[]string{"client_credentials token, expires in 1h0m0s"},
		},
		"a session that nothing renews": {
			kept{kind: "file", list: record("device_code", token.Set{AccessToken: text, ExpiresAt: in(-1)})},
			nil, "device_code", "warn session",
			[]string{"has expired", "[authctl login-device -p p]"},
		},
		"not said": {
			kept{kind: "file", list: record("g", token.Set{AccessToken: text, KeepUntil: in(time.Hour)})},
			nil, "authorization_code", "ok session",
			[]string{"g token, expiry unknown"},
		},
		"not said, refreshable": {
			kept{kind: "file", list: record("g", token.Set{AccessToken: text, RefreshToken: text})},
			nil, "", "ok session",
			[]string{"g token, expiry unknown, can be refreshed"},
		},
		"refreshable": {
			kept{kind: "file", list: record("g", token.Set{AccessToken: text, ExpiresAt: in(-1), RefreshToken: text, RefreshExpires: in(time.Hour)})},
			nil, "", "ok session",
			[]string{"g token, expired, can be refreshed for 1h0m0s"},
		},
		"refresh token over": {
			kept{kind: "file", list: record("g", token.Set{AccessToken: text, ExpiresAt: in(-time.Hour), RefreshToken: text, RefreshExpires: in(-1)})},
			nil, "authorization_code", "warn session",
			[]string{"has expired", "login-pkce"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			b := newFixture()
			b.store, b.missing = tt.store, tt.err
			p := newProfile(func(p *profile.Profile) {
				if tt.grant != "" {
					p.Grant = tt.grant
				}
			})
			expect(t, b.examine(t, p, Options{Offline: true}), tt.start, tt.words...)
		})
	}
}

// ended is list whose last record is over.
func ended(list []store.Entry, why string) []store.Entry {
	list[len(list)-1].Record.Aux = map[string]string{"ended": why}
	return list
}

// What an interrupt breaks is no finding about the profile.
func TestAnInterruptReportsNothing(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	Examine(ctx, newFixture().deps(), newProfile(nil), Options{}, func(r Result) { t.Errorf("%+v", r) })
}
