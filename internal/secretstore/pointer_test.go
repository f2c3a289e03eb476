package secretstore

import (
	"encoding/json"
	"strings"
	"testing"
)

// rfc6901 is the document of RFC 6901 section 5, with values that are not empty.
const rfc6901 = `{"foo":["bar","baz"],"":"zero","a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8}`

func TestLookUpRFC6901(t *testing.T) {
	for pointer, want := range map[string]string{
		"/foo": `["bar","baz"]`, "/foo/0": "bar", "/": "zero", "/a~1b": "1", "/c%d": "2",
		"/e^f": "3", "/g|h": "4", `/i\j`: "5", `/k"l`: "6", "/ ": "7", "/m~0n": "8",
	} {
		if got, err := lookUp([]byte(rfc6901), pointer); err != nil || got != want {
			t.Errorf("%s: %q, %v", pointer, got, err)
		}
	}
	for _, pointer := range []string{"/foo/-", "/foo/2", "/foo/00", "/foo/+1", "/foo/bar", "/nope", "/foo/0/x", "/FOO"} {
		if got, err := lookUp([]byte(rfc6901), pointer); err == nil {
			t.Errorf("%s: got %q", pointer, got)
		}
	}
	for _, doc := range []string{`{"a":null}`, `{"a":""}`, `{"a":1`, ``, `{"a":1}x`} {
		if got, err := lookUp([]byte(doc), "/a"); err == nil {
			t.Errorf("%s: got %q", doc, got)
		}
	}
}

func TestTildeOneIsUnescapedFirst(t *testing.T) {
	if got, err := lookUp([]byte(`{"~1":"right","/":"wrong"}`), "/~01"); err != nil || got != "right" {
		t.Errorf("%q, %v", got, err)
	}
}

func FuzzLookUp(f *testing.F) {
	seeds := []string{"/foo/0", "/", "/a~1b", "//", "/~", "/foo/18446744073709551616", ""}
	if len(seeds) == 0 {
		f.Fatal("no seeds")
	}
	for _, s := range seeds {
		f.Add([]byte(rfc6901), s)
	}
	f.Add([]byte("\xef\xbb\xbf {\"a\" : [ {} ]}"), "/a/0")
	f.Add([]byte(`[[[[`), "/0/0/0")
	f.Fuzz(func(t *testing.T, doc []byte, pointer string) {
		if !strings.HasPrefix(pointer, "/") {
			pointer = "/" + pointer
		}
		got, err := lookUp(doc, pointer)
		switch {
		case err == nil && got == "":
			t.Error("an empty value without an error")
		case err != nil && strings.Contains(err.Error(), string(doc)) && len(doc) > 60:
			t.Error("the error quotes the document")
		case err == nil && !json.Valid([]byte(strings.TrimPrefix(string(doc), "\xef\xbb\xbf"))):
			t.Error("a value out of what is not JSON")
		}
	})
}
