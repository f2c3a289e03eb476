package saml

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func read(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil || len(data) == 0 {
		t.Fatalf("testdata %s: %v", name, err)
	}
	return data
}

func kid(t *testing.T, spki []byte) string {
	t.Helper()
	sum := sha256.Sum256(spki)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

func TestReadPublishedAssertion(t *testing.T) {
	xml := read(t, "klg-assertion.xml")
	b64 := base64.StdEncoding.EncodeToString(xml)
	for name, data := range map[string][]byte{
		"xml":           xml,
		"base64url":     read(t, "klg-subject-token.b64url"),
		"base64":        []byte(b64),
		"newline":       []byte(b64 + "\n"),
		"lines":         []byte(strings.Join([]string{b64[:76], b64[76:152], b64[152:]}, "\r\n")),
		"base64url pad": []byte(base64.URLEncoding.EncodeToString(xml)),
	} {
		a, err := Read(data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if !bytes.Equal(a.Raw, xml) {
			t.Errorf("%s: the bytes changed", name)
		}
		checkPublished(t, name, a)
	}
}

func checkPublished(t *testing.T, name string, a Assertion) {
	t.Helper()
	if a.Issuer != "https://saml.adgangsstyring.eksterntest-stoettesystemerne.dk" {
		t.Errorf("%s: issuer %q", name, a.Issuer)
	}
	if !strings.HasPrefix(a.Subject, "SERIALNUMBER=CVR:19435075-FID:37671533") {
		t.Errorf("%s: subject %q", name, a.Subject)
	}
	if len(a.Audiences) != 1 || a.Audiences[0] != "http://demo.prod-serviceplatformen.dk/service/DemoService/1" {
		t.Errorf("%s: audiences %q", name, a.Audiences)
	}
	if want := time.Date(2021, 12, 8, 19, 48, 8, 322e6, time.UTC); !a.NotOnOrAfter.Equal(want) {
		t.Errorf("%s: NotOnOrAfter %s", name, a.NotOnOrAfter)
	}
	if a.SignerCert == nil || kid(t, a.SignerCert.RawSubjectPublicKeyInfo) != "VGZrBSa-nRPm1vIVZrYqJVpdFvcOp4Y9jcjki6gUhxs" {
		t.Errorf("%s: the signer's certificate is not the STS's", name)
	}
	if a.HolderOfKeyCert == nil || kid(t, a.HolderOfKeyCert.RawSubjectPublicKeyInfo) != "rqjgLIDzVg8CYwfTYph00J4YLr6cXQVO7WXKtw7sY6w" {
		t.Errorf("%s: the holder-of-key certificate is not the client's", name)
	}
	if len(a.Attributes) != 5 || a.Attributes[1].Values[0] != "3" {
		t.Errorf("%s: attributes %v", name, a.Attributes)
	}
}

func TestEncodePublishedSubjectToken(t *testing.T) {
	xml := read(t, "klg-assertion.xml")
	got := Encode(xml)
	if want := strings.TrimSpace(string(read(t, "klg-subject-token.b64url"))); got != want || len(got) != 10851 {
		t.Errorf("%d characters, differs from the published subject token", len(got))
	}
	sum := sha256.Sum256(xml)
	if hex.EncodeToString(sum[:]) != "e1b3f6e7290985111c107762e52f876555531b8d68d3c60a3aee760227b3826f" {
		t.Error("the testdata is not the published assertion")
	}
}

const open = `<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion" ID="x" Version="2.0">`

func TestReadRefuses(t *testing.T) {
	for name, data := range map[string]string{
		"empty": "", "text": "hello", "jwt": "eyJhbGciOiJub25lIn0.e30.", "base64 of text": "aGVsbG8=",
		"cut off":         open + "<Issuer>a</Issuer>",
		"nested too deep": open + strings.Repeat("<a>", maxNesting) + strings.Repeat("</a>", maxNesting) + "</Assertion>",
		"crossed ends":    open + "<a><b></a></b></Assertion>",
		"ends too often":  open + "</Assertion></Assertion>",
		"two roots":       open + "</Assertion>" + open + "</Assertion>",
		"trailing":        open + "</Assertion> text",
		"dtd":             `<!DOCTYPE a [<!ENTITY b "c">]>` + open + "</Assertion>",
		"entity":          open + "<Issuer>&b;</Issuer></Assertion>",
		"response":        `<Response xmlns="urn:oasis:names:tc:SAML:2.0:protocol">` + open + "</Assertion></Response>",
		"saml 1.1":        `<Assertion xmlns="urn:oasis:names:tc:SAML:1.0:assertion"/>`,
		"encrypted":       `<EncryptedAssertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"/>`,
		"html":            "<html><body>no</body></html>",
		"much too big":    "<" + strings.Repeat("a", MaxSize),
	} {
		if a, err := Read([]byte(data)); err == nil {
			t.Errorf("%s: read as %+v", name, a)
		}
	}
}

// What is XML and cannot be read is not called something else.
func TestReadNamesTheEncoding(t *testing.T) {
	for data, want := range map[string]string{
		"<?xml version=\"1.0\" encoding=\"windows-1252\"?>" + open + "<Issuer>caf\xe9</Issuer></Assertion>": "windows-1252",
		"\xff\xfe<\x00A\x00": "UTF-16",
		"\xfe\xff\x00<\x00A": "UTF-16",
		`<?xml version="1.0" encoding="` + strings.Repeat("e", 300) + `"?>` + open + "\xe9</A>": "eee",
	} {
		_, err := Read([]byte(data))
		switch {
		case err == nil:
			t.Errorf("%.60q is read", data)
		case !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "UTF-8"):
			t.Errorf("%.60q: not both encodings are named: %v", data, err)
		case len(err.Error()) > 200:
			t.Errorf("%.60q: %d bytes: %v", data, len(err.Error()), err)
		}
	}
	if _, err := Read([]byte(`<?xml version="1.0" encoding="utf-8"?>` + open + "</Assertion>")); err != nil {
		t.Error(err)
	}
}

// A comment inside a name must not cut it short: readers that do let one user
// pass for another.
func TestCommentInSubject(t *testing.T) {
	a, err := Read([]byte(open + "<Subject><NameID>admin<!-- -->@evil.example</NameID></Subject></Assertion>"))
	if err != nil || a.Subject != "admin@evil.example" {
		t.Errorf("%q, %v", a.Subject, err)
	}
}

func TestEarlierEndCounts(t *testing.T) {
	a, err := Read([]byte(open + `<Subject><SubjectConfirmation><SubjectConfirmationData NotOnOrAfter="2026-01-01T00:00:00Z"/></SubjectConfirmation></Subject>` +
		`<Conditions NotOnOrAfter="2026-01-02T00:00:00"/></Assertion>`))
	if err != nil || !a.NotOnOrAfter.Equal(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("%v, %v", a.NotOnOrAfter, err)
	}
}

func FuzzRead(f *testing.F) {
	seeds := [][]byte{read(f, "klg-assertion.xml"), read(f, "klg-subject-token.b64url"), []byte(open + "</Assertion>")}
	for _, s := range seeds {
		if len(s) == 0 {
			f.Fatal("an empty seed")
		}
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		a, err := Read(data)
		if err != nil {
			return
		}
		again, err := Read([]byte(Encode(a.Raw)))
		if err != nil || !bytes.Equal(again.Raw, a.Raw) || again.Issuer != a.Issuer || again.Subject != a.Subject {
			t.Errorf("encoded and read again it differs: %v", err)
		}
	})
}
