package acquire

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/secret"
	"authctl/internal/token"
)

// TestRefusedRefreshes: which answers end the session, which want the person,
// and which leave everything for another try.
func TestRefusedRefreshes(t *testing.T) {
	type answer = func(*endpoint.Request) (endpoint.Answer, error)
	for name, c := range map[string]struct {
		answer answer
		kind   fault.Kind
		kept   bool // the refresh token
		open   bool // the intent: what became of the request is not known
	}{
		"invalid_grant":                 {refused("invalid_grant", "spent"), fault.Login, false, false},
		"bad_refresh_token at 200":      {status(200, nil, object{"error": "bad_refresh_token", "error_description": "The refresh token passed is incorrect or expired."}), fault.Login, false, false},
		"invalid_refresh_token at 200":  {status(200, nil, object{"ok": false, "error": "invalid_refresh_token"}), fault.Login, false, false},
		"interaction_required":          {refused("interaction_required", "MFA"), fault.Login, true, false},
		"login_required":                {refused("login_required", ""), fault.Login, true, false},
		"consent_required":              {refused("consent_required", ""), fault.Login, true, false},
		"mfa_required":                  {status(403, nil, object{"error": "mfa_required"}), fault.Login, true, false},
		"invalid_client":                {refused("invalid_client", ""), fault.Refused, true, false},
		"too often":                     {status(429, nil, nil), fault.Network, true, false},
		"too often, as a refused grant": {status(429, nil, object{"error": "invalid_grant"}), fault.Network, true, false},
		"unavailable":                   {status(503, nil, nil), fault.Network, true, false},
		"broken":                        {status(500, nil, nil), fault.Network, true, false},
		"a gateway":                     {status(502, nil, object{"error": "invalid_grant"}), fault.Network, true, true},
		"a gateway's time-out":          {status(504, nil, nil), fault.Network, true, true},
	} {
		t.Run(name, func(t *testing.T) {
			b := newFixture(t, c.answer)
			p := plain()
			p.Grant = "authorization_code"
			key := Key(p, "")
			b.store.records[key] = storeRecord{Profile: p.Name, Grant: "authorization_code", Set: token.Set{
				AccessToken: secret.New("old"), TokenType: "Bearer", RefreshToken: secret.New("r1"), ExpiresAt: testNow.Add(-time.Hour),
			}}
			f := asFault(t, second(b.Token(t.Context(), p, Options{})))
			rec := b.store.records[key]
			if f.Kind != c.kind || rec.Set.RefreshToken.IsZero() == c.kept || rec.Intent.IsZero() == c.open {
				t.Errorf("%v (%v), kept %v, open %v", f.Kind, f, !rec.Set.RefreshToken.IsZero(), !rec.Intent.IsZero())
			}
			login := slices.Contains(f.Hints, "authctl login-pkce -p plain")
			if login != (c.kind == fault.Login) {
				t.Errorf("hints %q", f.Hints)
			}
		})
	}
}

// TestRefreshOfALivingSessionWithoutRefreshToken is wrong usage: nothing is over.
func TestRefreshOfALivingSessionWithoutRefreshToken(t *testing.T) {
	for name, c := range map[string]struct {
		left time.Duration
		kind fault.Kind
	}{"living": {time.Hour, fault.Usage}, "expired": {-time.Hour, fault.Login}} {
		b := newFixture(t)
		p := plain()
		p.Grant, p.Scopes = "authorization_code", []string{"openid"}
		b.store.records[Key(p, "")] = storeRecord{Profile: p.Name, Grant: "authorization_code", Set: token.Set{
			AccessToken: secret.New("a"), TokenType: "Bearer", ExpiresAt: testNow.Add(c.left),
		}}
		_, err := b.Refresh(t.Context(), p, p)
		f := asFault(t, err)
		if f.Kind != c.kind || (c.kind == fault.Usage) == strings.Contains(f.Error(), "over") {
			t.Errorf("%s: %v %v", name, f.Kind, f)
		}
	}
}

// TestADeviceIsSentToItsOwnLogin: no browser of this machine is any use to it.
func TestADeviceIsSentToItsOwnLogin(t *testing.T) {
	for grant, at := range map[string]string{"authorization_code": "https://as.example/device", "device_code": ""} {
		b := newFixture(t)
		p := plain()
		p.Grant, p.DeviceAuthorizationURL = grant, at
		f := asFault(t, second(b.Token(t.Context(), p, Options{})))
		if f.Kind != fault.Login || !slices.Contains(f.Hints, "authctl login-device -p plain") {
			t.Errorf("%s: %v %q", grant, f, f.Hints)
		}
	}
}

// A refresh token of the profile's own grant that was refused is over and says why, and is
// not said never to have been; what is advised asks the server.
func TestARefusedRefreshTokenOfTheOwnGrant(t *testing.T) {
	b := newFixture(t, refused("invalid_grant", "spent"))
	p := plain()
	b.store.records[Key(p, "")] = storeRecord{Profile: p.Name, Grant: p.Grant, Intent: testNow.Add(-time.Minute), Set: token.Set{
		AccessToken: secret.New("a"), TokenType: "Bearer", RefreshToken: secret.New("r1"), ExpiresAt: testNow.Add(time.Hour),
	}}
	for i, c := range []struct {
		kind fault.Kind
		says string
	}{{fault.Refused, "cut off after it was sent, and its answer is lost; the server refused the grant (invalid_grant)"}, {fault.Usage, "cut off"}} {
		_, err := b.Refresh(t.Context(), p, p)
		f := asFault(t, err)
		if f.Kind != c.kind || !strings.Contains(f.Error(), c.says) || !strings.Contains(strings.Join(f.Hints, "\n"), "authctl token -p plain --force") {
			t.Errorf("%d: %v %v %q", i, f.Kind, f, f.Hints)
		}
	}
}

// Two processes are killed one after the other: before the answer of the first was
// kept, and when that of the second was raw. The server meets the first request late,
// and ends the session; the third says why.
func TestTwoAreKilledBeforeTheEndIsTold(t *testing.T) {
	b := newFixture(t, granted("second", "r2"), refused("invalid_grant", "spent"))
	p := plain()
	session(t, b, p, "r1")
	for key, rec := range b.store.records {
		rec.Intent = testNow.Add(-time.Minute)
		b.store.records[key] = rec
	}
	b.store.fail = func(r storeRecord) error {
		if r.Set.RefreshToken.Reveal() == "r2" {
			return errors.New("killed here")
		}
		return nil
	}
	if _, err := b.Refresh(t.Context(), p, p); err == nil {
		t.Fatal("the crash did not happen")
	}
	b.store.fail = nil
	_, err := b.process().Refresh(t.Context(), p, p)
	if f := asFault(t, err); !strings.Contains(f.Error(), "cut off after it was sent, and its answer is lost") {
		t.Error(f)
	}
}

// A session that lives is not said to be over because it cannot be forced.
func TestForceWithoutARefreshToken(t *testing.T) {
	for _, good := range []bool{true, false} {
		b := newFixture(t)
		p := plain()
		p.Grant = "authorization_code"
		ends := testNow.Add(-time.Hour)
		if good {
			ends = testNow.Add(time.Hour)
		}
		b.store.records[Key(p, "")] = storeRecord{Profile: p.Name, Grant: "authorization_code", Set: token.Set{
			AccessToken: secret.New("old"), TokenType: "Bearer", ObtainedAt: testNow.Add(-2 * time.Hour), ExpiresAt: ends,
		}}
		f := asFault(t, second(b.Token(t.Context(), p, Options{Force: true})))
		if f.Kind != fault.Login || strings.Contains(f.Error(), "is over") == good || !slices.Contains(f.Hints, "authctl login-pkce -p plain") {
			t.Errorf("good %v: %v, hints %q", good, f, f.Hints)
		}
	}
}
