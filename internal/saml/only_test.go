package saml

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
)

// Only is stricter than Extract, which takes what a person gives it.
func TestOnly(t *testing.T) {
	const r = `<r xmlns:a="urn:oasis:names:tc:SAML:2.0:assertion">`
	const one = `<a:Assertion ID="1"/>`
	for name, c := range map[string]struct{ in, why string }{
		"one":                    {r + `<b ID="2"/>` + one + `</r>`, ""},
		"by itself":              {`<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"/>`, ""},
		"none":                   {r + `</r>`, "0 came"},
		"two":                    {r + one + `<a:Assertion/></r>`, "2 came"},
		"one in another":         {r + `<a:Assertion ID="1"><a:Advice><a:Assertion ID="2"/></a:Advice></a:Assertion></r>`, "2 came"},
		"one of SAML 1.1":        {r + one + `<x:Assertion xmlns:x="urn:oasis:names:tc:SAML:1.0:assertion"/></r>`, "2 came"},
		"an encrypted one":       {r + `<a:EncryptedAssertion/></r>`, "encrypted for the service"},
		"an encrypted one in it": {r + `<a:Assertion><a:EncryptedAssertion/></a:Assertion></r>`, "encrypted for the service"},
		"its ID twice":           {r + `<b Id="1"/>` + one + `</r>`, `"1" comes 2 times`},
		"another ID twice":       {r + `<b Id="2"/><b id="2"/>` + one + `</r>`, `"2" comes 2 times`},
		"base64":                 {base64.StdEncoding.EncodeToString([]byte(r + one + `</r>`)), "not XML in UTF-8"},
		"said to be UTF-16":      {`<?xml version="1.0" encoding="utf-16"?>` + r + one + `</r>`, "utf-16"},
		"not UTF-8":              {r + one + "\xe6</r>", "well-formed XML in UTF-8"},
		"a DTD":                  {`<!DOCTYPE r>` + r + one + `</r>`, "document type"},
		"too large":              {r + one + strings.Repeat(" ", MaxSize) + `</r>`, "too many"},
		"no declaration":         {`<r>` + one + `</r>`, "lacks the namespace declaration"},
	} {
		var cut []byte
		w, err := Scan([]byte(c.in))
		if err == nil {
			cut, err = w.Only()
		}
		switch {
		case c.why == "" && (err != nil || !bytes.Contains(cut, []byte("Assertion"))):
			t.Errorf("%s: %v", name, err)
		case c.why != "" && (err == nil || !strings.Contains(err.Error(), c.why)):
			t.Errorf("%s: %s, %v", name, cut, err)
		}
	}
}
