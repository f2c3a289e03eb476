package acquire

import (
	"maps"
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

		"Exchange.SubjectToken":   "its hash is the subject",
		"Exchange.ActorTokenType": "what the actor token is already",

		"Login.RedirectURI": "where the answer goes",
		"Login.Pushed":      "the way of the request, not its content",
		"Request.Encoding":  "how the same parameters are written",
		"Request.Accept":    "how the answer is written",

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

		"TLS.CA":                  "which server is trusted; the address is in the key",
		"TLS.ClientKey":           "belongs to the certificate, which is in the key",
		"TLS.ClientKeyPassphrase": "opens the same key",

		"Hints":  "said to a person",
		"Source": "for messages",
	}
}

// TestEveryFieldIsInTheKeyOrNot walks the profile: a new field is put into Key or,
// with a reason, into notInKey.
func TestEveryFieldIsInTheKeyOrNot(t *testing.T) {
	decided := notInKey()
	before := Key(plain(), "")
	seen := 0
	eachField(reflect.TypeFor[profile.Profile](), nil, "", func(path string, index []int) {
		seen++
		_, out := decided[path]
		delete(decided, path)
		p := plain()
		change(t, path, reflect.ValueOf(p).Elem().FieldByIndex(index))
		switch differs := Key(p, "") != before; {
		case differs && out:
			t.Errorf("%s changes the key: take it out of notInKey", path)
		case !differs && !out:
			t.Errorf("%s does not change the key: two profiles would share a token. Add it to Key, or to notInKey with the reason", path)
		}
	})
	for _, path := range slices.Sorted(maps.Keys(decided)) {
		t.Errorf("notInKey has %s, which is no field", path)
	}
	if seen < 50 {
		t.Errorf("only %d fields were seen", seen)
	}
}

// eachField visits what holds a value: the structs of this package's profile are walked, others are values.
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
	case *secret.Ref:
		*field = secret.Ref{Kind: secret.Keyring, Name: "another"}
	case *[]profile.Field:
		*field = append(slices.Clone(*field), profile.Field{Name: "x", Value: "1"})
	case *[]profile.Hint:
		*field = append(slices.Clone(*field), profile.Hint{Match: "x", Say: "y"})
	case *map[string]string:
		*field = map[string]string{"x": "y"}
	default:
		t.Fatalf("%s has the type %s, which change does not know", path, v.Type())
	}
}
