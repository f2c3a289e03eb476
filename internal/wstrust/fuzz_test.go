package wstrust

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"slices"
	"testing"

	"authctl/internal/profile"
	"authctl/internal/saml"
)

// FuzzRead: whatever comes, an assertion is only taken out of a document that has
// one, and it holds together by itself.
func FuzzRead(f *testing.F) {
	for _, r := range rows() {
		f.Add([]byte(reply(f, sent(), r)))
	}
	const end, two = `</wst:RequestedSecurityToken>`, `<x:Assertion xmlns:x="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a2"/>`
	f.Add([]byte(reply(f, sent(), row{}, end, two+end)))
	f.Add([]byte(reply(f, sent(), row{}, `</saml:Subject>`, `</saml:Subject><saml:Advice>`+two+`</saml:Advice>`)))
	f.Add([]byte(reply(f, sent(), row{}, "http://www.w3.org/2003/05/soap-envelope", nsSOAP11)))
	f.Add([]byte(`<s:Envelope xmlns:s="` + nsSOAP12 + `"><s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode><s:Value>5002</s:Value></s:Subcode></s:Code><s:Reason><s:Text xml:lang="en">no</s:Text></s:Reason></s:Fault></s:Body></s:Envelope>`))
	f.Add([]byte(`<Assertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"/>`))
	f.Add([]byte(`{"RequestedSecurityToken":{"Assertion":"PGEvPg=="},"message":"no"}`))
	bearer := func(a *Asking) { a.STS.KeyType = "bearer" } // so that what was found by another run's key counts too
	ways := []Asking{
		asking(bearer), asking(pinned), asking(func(a *Asking) { bearer(a); a.STS.Protocol = profile.SOAP11 }),
		asking(func(a *Asking) { bearer(a); a.STS.Protocol = profile.MTLSJSON }),
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		bodies := [][]byte{data}
		if len(data) < saml.MaxSize/2 {
			bodies = append(bodies, []byte(`{"RequestedSecurityToken":{"Assertion":"`+base64.StdEncoding.EncodeToString(data)+`"}}`))
		}
		for _, a := range ways {
			for _, body := range bodies {
				got, err := a.Read(sent(), 200, soapType, body)
				if err != nil {
					if !errors.As(err, new(*Fault)) && !errors.As(err, new(*Unreadable)) && !errors.As(err, new(*Unfit)) {
						t.Errorf("an error of no kind: %v", err)
					}
					continue
				}
				if bytes.HasPrefix(data, []byte("{")) {
					continue // a document within
				}
				if n := assertions(data); n != 1 {
					t.Errorf("one of %d assertions was taken out of %q", n, data)
				}
				if again, err := saml.Read(got.Raw); err != nil || !bytes.Equal(again.Raw, got.Raw) || again.Subject != got.Subject || assertions(got.Raw) != 1 {
					t.Errorf("%q does not hold together: %v", got.Raw, err)
				}
			}
		}
	})
}

// assertions counts them by a plain walk.
func assertions(data []byte) (n int) {
	dec := xml.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	for {
		token, err := dec.Token()
		if err != nil {
			return n
		}
		if start, ok := token.(xml.StartElement); ok && (start.Name.Local == "Assertion" || start.Name.Local == "EncryptedAssertion") && slices.Contains([]string{nsSAML, "urn:oasis:names:tc:SAML:1.0:assertion"}, start.Name.Space) {
			n++
		}
	}
}
