package inspect

import (
	"encoding/base64"
	"strings"
	"testing"
)

// signature is base64url of so many bytes.
func signature(size int) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Repeat("\x5a", size)))
}

// signedToken is a JWT whose signature has the length that alg makes.
func signedToken(alg string, size int) string {
	return enc(`{"typ":"JWT","alg":"`+alg+`","kid":"a-key-id-as-long-as-they-are"}`) + "." + enc(`{"iss":"https://as.example/realms/x","sub":"joe","exp":1772366640}`) + "." + signature(size)
}

// wrap breaks text after every so many columns, as mail does.
func wrap(text string, columns int) string {
	var lines []string
	for len(text) > columns {
		lines, text = append(lines, text[:columns]), text[columns:]
	}
	return strings.Join(append(lines, text), "\n")
}

// Dots do not make a JWT: its first part is a JSON object that names an alg
// (RFC 7515 4.1.1), or it is none.
func TestDotsAloneMakeNoJWT(t *testing.T) {
	for name, c := range map[string]struct {
		token string
		want  Kind
	}{
		"RFC 6750's example":         {"mF_9.B5f-4.1JqM", Opaque},
		"a routable personal token":  {"glpat-A1b2C3d4E5f6G7h8I9j0KlMnOp.01.0w1x2y3z4", Opaque},
		"four dots":                  {"v1.public.abc.def.ghi", Opaque},
		"a session cookie":           {enc(`{"_fresh":false}`) + ".ZxY1Ng.abcdef", Opaque},
		"a number first":             {enc(`42`) + ".a.b", Opaque},
		"an array first":             {enc(`["alg"]`) + ".a.b", Opaque},
		"characters of a session id": {"00D5g00000!AR8AQ.x.y", Opaque},
		"a JWT":                      {signedToken("ES256", 64), JWT},
		"white space in its header":  {enc("{ \"alg\":\"HS256\"}") + "." + enc(`{}`) + "." + signature(32), JWT},
		"white space before it":      {enc(" {\"alg\":\"HS256\"}") + "." + enc(`{}`) + "." + signature(32), JWT},
	} {
		r, err := Look(c.token)
		if err != nil || r.Kind != c.want || r.Unverifiable != "" || len(r.Notes) > 0 {
			t.Errorf("%s: %s %q %q, %v", name, r.Kind, r.Unverifiable, r.Notes, err)
		}
	}
}

func TestPaddedSegmentsAreShown(t *testing.T) {
	pad := base64.URLEncoding.EncodeToString
	header, claims := pad([]byte(`{"alg":"ES256","x":1}`)), pad([]byte(`{"sub":"joe","a":"?>"}`))
	for name, c := range map[string]struct{ token, note string }{
		"padded":          {header + "." + claims + "." + pad(make([]byte, 64)), "no padding"},
		"only the header": {pad([]byte(`{"alg":"ES256","x":12}`)) + "." + enc(`{"sub":"joe"}`) + "." + signature(64), "no padding"},
		"only the end":    {enc(`{"alg":"ES256"}`) + "." + enc(`{"sub":"joe"}`) + "." + signature(64) + "==", "no padding"},
		"base64 alphabet": {enc(`{"alg":"ES256"}`) + "." + base64.RawStdEncoding.EncodeToString([]byte(`{"sub":"joe","a":"??>>"}`)) + "." + signature(64), "in their place"},
		"bits left over":  {enc(`{"alg":"ES256"}`) + "." + enc(`{"sub":"joe"}`) + "." + signature(63) + "aB", "left over"},
	} {
		r, err := Look(c.token)
		if err != nil || r.Kind != JWT || r.Claims.String("sub") != "joe" || r.Unverifiable != "" {
			t.Errorf("%s: %+v, %v", name, r, err)
			continue
		}
		if notes := strings.Join(r.Notes, "|"); !strings.Contains(notes, c.note) || !strings.Contains(notes, "RFC") {
			t.Errorf("%s: notes %q", name, notes)
		}
		if text := r.Text(View{Now: now}); !strings.Contains(text, "\n  note ") {
			t.Errorf("%s: no note in\n%s", name, text)
		}
	}
	if r, err := Look(header + "===." + claims + "."); err == nil && r.Kind == JWT {
		t.Errorf("five = are read as padding")
	}
}

// What was left out of a token that somebody shares is its signature.
func TestARedactedSignatureIsUnverifiable(t *testing.T) {
	whole := signedToken("RS256", 256)
	start := whole[:strings.LastIndexByte(whole, '.')+1]
	end := whole[len(start):]
	for name, c := range map[string]struct{ signature, why string }{
		"dots":          {"...", "left out"},
		"an ellipsis":   {"…", "left out"},
		"in brackets":   {"<signature>", "left out"},
		"redacted":      {"[redacted]", "left out"},
		"in the middle": {end[:8] + "..." + end[len(end)-8:], "left out"},
		"a word":        {"SIGNATURE", "left out"},
		"cut":           {end[:20], "15 bytes"},
		"stars":         {"***", "left out"},
		"missing":       {"", "missing"},
	} {
		found, err := Tokens([]byte(start+c.signature+"\n"), "")
		if err != nil || len(found) != 1 {
			t.Errorf("%s: %q, %v", name, found, err)
			continue
		}
		r, err := Look(found[0].Text)
		if err != nil || r.Kind != JWT || r.Claims.String("sub") != "joe" || !strings.Contains(r.Unverifiable, c.why) {
			t.Errorf("%s: %+v, %v", name, r, err)
			continue
		}
		if text := r.Text(View{Now: now}); !strings.HasPrefix(text, "Signed JWT, UNVERIFIABLE: the signature ") {
			t.Errorf("%s:\n%s", name, text)
		}
		if line, err := r.JSON(now); err != nil || !strings.Contains(string(line), `"verified":false`) || !strings.Contains(string(line), `"unverifiable":"the signature `) {
			t.Errorf("%s: %s, %v", name, line, err)
		}
	}
	for name, c := range map[string]struct {
		alg  string
		size int
	}{"HS256": {"HS256", 32}, "ES512": {"ES512", 132}, "EdDSA": {"EdDSA", 64}, "one that is not known": {"X1", 3}} {
		if r := look(t, signedToken(c.alg, c.size)); r.Unverifiable != "" {
			t.Errorf("%s: %s", name, r.Unverifiable)
		}
	}
	if r, err := Look(whole + "." + whole); err == nil {
		t.Errorf("two tokens in one: %+v", r)
	}
}

func TestAWrappedTokenIsOne(t *testing.T) {
	rs, hs, short := signedToken("RS256", 256), signedToken("HS256", 32), enc(`{"alg":"HS256"}`)+"."+enc(`{}`)+"."+signature(32)
	jwe := enc(`{"alg":"RSA-OAEP","enc":"A256GCM"}`) + "." + signature(100) + "." + signature(12) + "." + signature(50) + "." + signature(16)
	for name, c := range map[string]struct {
		in   string
		want []string
	}{
		"76 columns":             {wrap(rs, 76), []string{rs}},
		"64 columns, CR LF":      {strings.ReplaceAll(wrap(rs, 64), "\n", "\r\n"), []string{rs}},
		"indented":               {"  " + strings.ReplaceAll(wrap(rs, 76), "\n", "\n  "), []string{rs}},
		"after a header's name":  {"Authorization: Bearer " + wrap(hs, 40), []string{hs}},
		"dots on lines of their": {strings.ReplaceAll(rs, ".", "\n.\n"), []string{rs}},
		"encrypted":              {wrap(jwe, 76), []string{jwe}},
		"its first line a token": {wrap(short, 60), []string{short}},
		"two, a blank between":   {wrap(rs, 76) + "\n\n" + wrap(hs, 76), []string{rs, hs}},
		"two, one after another": {wrap(rs, 76) + "\n" + wrap(hs, 76), []string{rs, hs}},
		"one a line":             {rs + "\n" + hs + "\n" + short, []string{rs, hs, short}},
		"a token and another":    {hs + "\nopaque", []string{hs, "opaque"}},
		"none":                   {"opaque\nopaque2", []string{"opaque", "opaque2"}},
	} {
		got, err := Tokens([]byte(c.in), "")
		if err != nil || strings.Join(texts(got), "|") != strings.Join(c.want, "|") {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

func TestATokenResponseShowsAllItsTokens(t *testing.T) {
	found, err := Tokens([]byte(`{"access_token":"mF_9.B5f-4.1JqM","id_token":"`+signedToken("ES256", 64)+`","refresh_token":"","expires_in":"3599"}`), "")
	if err != nil || len(found) != 2 {
		t.Fatalf("%q, %v", found, err)
	}
	for i, want := range []string{"Opaque token (access_token), UNVERIFIED\n", "Signed JWT (id_token), UNVERIFIED\n"} {
		r := look(t, found[i].Text)
		r.Member = found[i].Member
		if text := r.Text(View{Now: now}); !strings.HasPrefix(text, want) {
			t.Errorf("want %q:\n%s", want, text)
		}
		if line, err := r.JSON(now); err != nil || !strings.Contains(string(line), `"member":"`+found[i].Member+`"`) {
			t.Errorf("%s, %v", line, err)
		}
	}
}
