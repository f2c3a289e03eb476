package inspect

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"authctl/internal/shown"
)

// shapes are 46 KiB of JSON each, as much as a JWT of 64 KiB holds.
func shapes() map[string]string {
	const size = 46 << 10
	nested := func(levels int) string { return strings.Repeat("[", levels) + strings.Repeat("]", levels) }
	many := func(one string) string { return one + strings.Repeat(","+one, size/(len(one)+1)-1) }
	inside := func(levels int, text string) string {
		return strings.Repeat("[", levels) + text + strings.Repeat("]", levels)
	}
	members := func(value string) string {
		var all []string
		for i, left := 0, size-20; left > 0; i++ {
			all = append(all, fmt.Sprintf(`"m%d":%s`, i, value))
			left -= len(all[i]) + 1
		}
		return "{" + strings.Join(all, ",") + "}"
	}
	return map[string]string{
		"nested arrays":     nested(size/2 - 20),
		"as deep as read":   nested(990),
		"objects":           strings.Repeat(`{"":`, size/6) + "0" + strings.Repeat("}", size/6),
		"deep, many times":  "[" + many(nested(500)) + "]",
		"zeros at level 7":  inside(7, many("0")),
		"arrays at level 7": inside(7, many("[0]")),
		"arrays at level 8": inside(8, many("[0]")),
		"at level 900":      inside(900, many("[0]")),
		"many members":      members("0"),
		"members, nested":   members("[[[[[[[[[[0]]]]]]]]]]"),
		"members, arrays":   members("[[0],[0],[0],[0],[0],[0]]"),
		"empty strings":     "[" + many(`""`) + "]",
		"a list of words":   `0,"scope":"` + strings.Repeat("a ", size/2) + `","y":0`,
		"quotes, escapes":   inside(9, many(`"\"]\\"`)),
	}
}

// What goes out is in proportion to what came in, whatever its shape: under 1
// MB, with less than 50 MB allocated in all, for a header, claims and a JWS.
func TestOutputIsLinear(t *testing.T) {
	for name, value := range shapes() {
		for where, text := range map[string]string{
			"header":  enc(`{"alg":"none","x":`+value+`}`) + "." + enc(`{}`) + ".",
			"claims":  token(`{"x":` + value + `}`),
			"payload": token(value),
		} {
			if len(text) > 64<<10 {
				t.Fatalf("%s: a token of %d bytes", name, len(text))
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			out, line := bothWays(t, text)
			runtime.ReadMemStats(&after)
			if used := after.TotalAlloc - before.TotalAlloc; used > 50<<20 {
				t.Errorf("%s as %s: %d bytes were allocated", name, where, used)
			}
			if len(out) > 1e6 || len(line) > 1e6 {
				t.Errorf("%s as %s: %d and %d bytes", name, where, len(out), len(line))
			}
			if line != "" && !json.Valid([]byte(line)) {
				t.Errorf("%s as %s: no JSON: %.80s", name, where, line)
			}
		}
	}
}

// A token response of any shape is read for its tokens alone.
func TestATokenResponseOfAnyDepth(t *testing.T) {
	for name, value := range shapes() {
		found, err := Tokens([]byte(`{"extra":`+value+`,"access_token":"x"}`), "")
		deep := strings.Contains(name, "nested arrays")
		if deep && (err == nil || !strings.Contains(err.Error(), "nested deeper than 10000 levels")) || !deep && (err != nil || len(found) != 1) {
			t.Errorf("%s: %q, %v", name, found, err)
		}
		if _, err := Tokens([]byte(`{"access_token":`+value+`}`), ""); err == nil || len(err.Error()) > 200 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func bothWays(t *testing.T, token string) (text, line string) {
	t.Helper()
	found, err := Tokens([]byte(`{"access_token":"`+token+`"}`), "")
	if err != nil {
		t.Fatal(err)
	}
	r, err := Look(found[0].Text)
	if err != nil {
		return err.Error(), ""
	}
	encoded, err := r.JSON(now)
	if err != nil {
		t.Errorf("%.60s: %v", token, err)
	}
	return r.Text(View{Now: now, Screen: shown.Screen{Colour: true}}), string(encoded)
}

// Depth is cut with a word, and what is above it is there.
func TestDepthIsCutWithAWord(t *testing.T) {
	claims := `{"x":[1,[[[[[[{"a\"]":"]","b":[[2]]},3]]]]]],4],"y":"[[[[[[[[[[["}`
	r := look(t, token(claims))
	text := r.Text(View{Now: now})
	for _, want := range []string{`"a\"]": "]",`, "nested deeper than 8 levels: -o json shows it", "3\n", "4\n", "y             [[[[[[[[[[["} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if strings.Contains(text, " 2\n") {
		t.Errorf("the tenth level is shown:\n%s", text)
	}
	if line, err := r.JSON(now); err != nil || !strings.Contains(string(line), claims) {
		t.Errorf("%s, %v", line, err)
	}
	tooDeep := look(t, token(`{"x":`+strings.Repeat("[", 1001)+strings.Repeat("]", 1001)+`}`))
	if tooDeep.Kind != JWS || !strings.Contains(strings.Join(tooDeep.Notes, ""), "nested deeper than 1000 levels") {
		t.Errorf("%s %q", tooDeep.Kind, tooDeep.Notes)
	}
	if _, err := Look(enc(`{"alg":"none","x":`+strings.Repeat("[", 20000)+strings.Repeat("]", 20000)+`}`) + "." + enc(`{}`) + "."); err == nil || !strings.Contains(err.Error(), "nested deeper than 1000 levels") {
		t.Error(err)
	}
}
