package acquire

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"authctl/internal/profile"
	"authctl/internal/secret"
)

// notInKey are the fields of a profile that change no token, and why.
func notInKey() map[string]string {
	return map[string]string{
		"Preset": "its values are the profile's",

		"AuthorizeURL":           "where a person logs in: the session says what came of it",
		"PARURL":                 "the way of the request, not its content",
		"DeviceAuthorizationURL": "as AuthorizeURL",
		"JWKSURL":                "how an answer is checked",
		"RevocationURL":          "after the token",
		"EndSessionURL":          "after the token",
		"Discovery":              "how the endpoints are found",
		"InsecureHTTP":           "a permission; the address is in the key",

		"Client.BasicEncoding": "how the same secret is written",
		"Client.KeyPassphrase": "opens the same key",
		"Assertion.Typ":        "proves the same client",
		"Assertion.Lifetime":   "of the assertion, not of the token",
		"Assertion.NotBefore":  "proves the same client",
		"Assertion.JTI":        "proves the same client",

		"Exchange.SubjectToken":   "its hash is the subject",
		"Exchange.ActorTokenType": "of the actor token, whose reference is in the key",

		"Login.MFAParam":      "what the code that a person types is called",
		"Login.RedirectURI":   "where the answer goes",
		"Login.Pushed":        "the way of the request, not its content",
		"Login.ResponseMode":  "the way of the answer, not its content",
		"Login.RequestObject": "the way of the request, not its content",
		"Request.Encoding":    "how the same parameters are written",
		"Request.Accept":      "how the answer is written",

		"Token.SingleUse":       "how long it is kept",
		"Token.IDTokenExpiry":   "how long it is kept",
		"Token.MinTTL":          "how long it is kept",
		"Token.DefaultLifetime": "how long it is kept",

		"API.Scheme":            "how the token is used",
		"API.Hosts":             "how the token is used",
		"API.BaseURL":           "how the token is used",
		"API.Headers":           "how the token is used",
		"API.RetryUnauthorized": "how the token is used",
		"API.KeepOn":            "how the token is used",

		"STS.Lifetime":            "of the assertion, not of the token",
		"STS.KeyPassphrase":       "opens the same key",
		"STS.Asked":               "said to a person; the claims are in the key",
		"STS.SigningCertificates": "how an answer is checked",

		"TLS.CA":                  "which server is trusted; the address is in the key",
		"TLS.ClientKey":           "belongs to the certificate, which is in the key",
		"TLS.ClientKeyPassphrase": "opens the same key",

		"Hints":        "said to a person",
		"Environments": "what a profile may hold together",
		"Source":       "for messages",
	}
}

// TestKeyCoversEveryInput walks the profile: a new field is put into Key or, with
// a reason, into notInKey. No two fields may stand for each other, nor two subjects.
func TestKeyCoversEveryInput(t *testing.T) {
	decided := notInKey()
	before := Key(plain(), "")
	keys := map[string]string{before: "nothing", Key(plain(), "a"): "the subject a"}
	distinct := func(what, key string) {
		if other, twice := keys[key]; twice {
			t.Errorf("%s has the key of %s: two profiles would share a token. Add it to Key, or to notInKey with the reason", what, other)
		}
		keys[key] = what
	}
	distinct("the subject b", Key(plain(), "b"))
	eachField(reflect.TypeFor[profile.Profile](), nil, "", func(path string, index []int) {
		p := plain()
		asks := strings.HasPrefix(path, "STS.") && path != "STS.URL" // which says nothing without one
		if asks {
			p.STS.URL = "https://sts.example"
		}
		unchanged := Key(p, "")
		if asks {
			keys[unchanged] = "a security token service alone"
		}
		change(t, path, reflect.ValueOf(p).Elem().FieldByIndex(index))
		key := Key(p, "")
		if _, out := decided[path]; !out {
			distinct(path, key)
		} else if key != unchanged {
			t.Errorf("%s changes the key: take it out of notInKey", path)
		}
		delete(decided, path)
	})
	for path := range decided {
		t.Errorf("notInKey has %s, which is no field", path)
	}
	for range 1000 {
		if Key(plain(), "") != before {
			t.Fatal("two keys for one profile")
		}
	}
}

// TestKeyCoversEachMemberOfAField: a parameter's or header's own members count, too.
func TestKeyCoversEachMemberOfAField(t *testing.T) {
	for _, from := range []profile.Field{{Name: "a", Value: "1"}, {Name: "a", Basic: &profile.Basic{Username: "u"}}} {
		base := plain()
		base.Request.Params = []profile.Field{from}
		before := Key(base, "")
		differs := func(path string, f profile.Field) {
			p := plain()
			p.Request.Params = []profile.Field{f}
			if Key(p, "") == before {
				t.Errorf("%s of a Field does not change the key", path)
			}
		}
		eachField(reflect.TypeFor[profile.Field](), nil, "", func(path string, index []int) {
			f := from
			change(t, path, reflect.ValueOf(&f).Elem().FieldByIndex(index))
			differs(path, f)
		})
		if from.Basic == nil {
			continue
		}
		eachField(reflect.TypeFor[profile.Basic](), nil, "Basic.", func(path string, index []int) {
			f, basic := from, *from.Basic
			change(t, path, reflect.ValueOf(&basic).Elem().FieldByIndex(index))
			f.Basic = &basic
			differs(path, f)
		})
	}
}

// TestKeyCoversEachMemberOfAGrantAssertion: no two assertions share a token.
func TestKeyCoversEachMemberOfAGrantAssertion(t *testing.T) {
	seen := map[string]string{}
	eachField(reflect.TypeFor[profile.GrantAssertion](), nil, "", func(path string, index []int) {
		p, a := plain(), profile.DefaultGrantAssertion()
		p.GrantAssertion = &a
		seen[Key(p, "")] = "nothing"
		change(t, path, reflect.ValueOf(&a).Elem().FieldByIndex(index))
		if other, twice := seen[Key(p, "")]; twice {
			t.Errorf("grant_assertion.%s has the key of %s", path, other)
		}
		seen[Key(p, "")] = path
	})
}

// eachField visits what holds a value: structs of the profile are walked, all else is a value.
func eachField(of reflect.Type, above []int, prefix string, visit func(path string, index []int)) {
	for i := range of.NumField() {
		f := of.Field(i)
		index := append(slices.Clone(above), i)
		if f.Type.Kind() == reflect.Struct && strings.HasSuffix(f.Type.PkgPath(), "internal/profile") {
			eachField(f.Type, index, prefix+f.Name+".", visit)
			continue
		}
		visit(prefix+f.Name, index)
	}
}

// change gives a field a value that it did not have.
func change(t *testing.T, path string, v reflect.Value) {
	t.Helper()
	switch field := v.Addr().Interface().(type) {
	case *string:
		*field += "x"
	case *bool:
		*field = !*field
	case *time.Duration:
		*field += time.Second
	case *[]string:
		*field = append(slices.Clone(*field), "x")
	case *any:
		*field = []any{map[string]any{"type": "x"}}
	case **secret.Ref:
		*field = &secret.Ref{Kind: secret.Keyring, Name: "another"}
	case **profile.Basic:
		*field = &profile.Basic{Username: "x"}
	case *secret.Ref:
		*field = secret.Ref{Kind: secret.Keyring, Name: "another"}
	case *[]profile.Field:
		*field = append(slices.Clone(*field), profile.Field{Name: "x", Value: "1"})
	case **profile.GrantAssertion:
		a := profile.DefaultGrantAssertion()
		*field = &a
	case **profile.RequestObject:
		*field = &profile.RequestObject{}
	case *[]profile.STSClaim:
		*field = append(slices.Clone(*field), profile.STSClaim{Name: "x", Value: "1"})
	case *[]secret.Ref:
		*field = append(slices.Clone(*field), secret.Ref{Kind: secret.Keyring, Name: "another"})
	case *[]profile.Environment:
		*field = append(slices.Clone(*field), profile.Environment{Name: "x"})
	case *[]profile.Hint:
		*field = append(slices.Clone(*field), profile.Hint{Match: "x", Say: "y"})
	case *map[string]string:
		*field = map[string]string{"x": "y"}
	default:
		t.Fatalf("%s has the type %s, which change does not know", path, v.Type())
	}
}
