package wstrust

import (
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/beevik/etree"
	dsig "github.com/russellhaering/goxmldsig"

	"authctl/internal/profile"
	"authctl/internal/saml"
)

const soapType = "application/soap+xml; charset=utf-8"

func pinned(a *Asking) {
	a.Signers = []*x509.Certificate{parties()["stranger"].certificate, parties()["sts"].certificate}
}

func sent() Message { return Message{ID: "urn:uuid:1", Context: "urn:uuid:2"} }

// verifyAlone checks the signature of what was taken out by goxmldsig itself.
func verifyAlone(t *testing.T, raw []byte) {
	t.Helper()
	doc := etree.NewDocument()
	if err := doc.ReadFromBytes(raw); err != nil {
		t.Fatal(err)
	}
	signer := parties()["sts"].certificate
	ctx := dsig.NewDefaultValidationContext(&dsig.MemoryX509CertificateStore{Roots: []*x509.Certificate{signer}})
	ctx.IdAttribute, ctx.Clock = "ID", dsig.NewFakeClockAt(signer.NotBefore.Add(1))
	// It trims no white space of SignatureValue.
	value := doc.Root().FindElement("./Signature/SignatureValue")
	value.SetText(strings.TrimSpace(value.Text()))
	if _, err := ctx.Validate(doc.Root()); err != nil {
		t.Errorf("goxmldsig: %v\n%s", err, raw)
	}
}

// What comes is valid in every way in which services write it, and still is when it was taken out.
func TestWhatIsReadStillVerifies(t *testing.T) {
	for _, r := range rows() {
		t.Run(r.name, func(t *testing.T) {
			text := reply(t, sent(), r)
			for _, change := range []func(*Asking){nil, pinned} {
				got, err := asking(change).Read(sent(), 200, soapType, []byte(text))
				if err != nil {
					t.Fatalf("%v\n%s", err, text)
				}
				if got.ID != "_a1" || got.Issuer != "https://sts.example" || len(got.Warnings) > 0 {
					t.Errorf("%+v", got)
				}
				if !strings.Contains(text, string(got.Raw[len(got.Raw)/2:])) {
					t.Error("the bytes changed")
				}
				if !r.notAlone {
					verifyAlone(t, got.Raw)
				}
			}
		})
	}
}

// What may not be used is told from what cannot be read; each line is one guard.
func TestUnfit(t *testing.T) {
	other := base64.StdEncoding.EncodeToString(parties()["stranger"].certificate.Raw)
	holder := base64.StdEncoding.EncodeToString(parties()["client"].certificate.Raw)
	const two = `<x:Assertion xmlns:x="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a2"/>`
	const sealed = `<x:EncryptedAssertion xmlns:x="urn:oasis:names:tc:SAML:2.0:assertion"/>`
	const end = `</wst:RequestedSecurityToken>`
	for name, c := range map[string]struct {
		edits []string
		why   string
	}{
		"two in their place":      {[]string{end, two + end}, "and 2 came"},
		"one in the header":       {[]string{`</s:Header>`, two + `</s:Header>`}, "and 2 came"},
		"one in the other":        {[]string{`</saml:Subject>`, `</saml:Subject><saml:Advice>` + two + `</saml:Advice>`}, "and 2 came"},
		"one in the signature":    {[]string{`@SIGNATURE@`, `<Object xmlns="` + nsDSig + `">` + two + `</Object>@SIGNATURE@`}, "and 2 came"},
		"one of SAML 1.1 beside":  {[]string{end, `<x:Assertion xmlns:x="urn:oasis:names:tc:SAML:1.0:assertion"/>` + end}, "and 2 came"},
		"in another place":        {[]string{`RequestedSecurityToken>`, `RequestedProofToken>`}, "and 0 came"},
		"deeper":                  {[]string{`<wst:RequestedSecurityToken>`, `<wst:RequestedSecurityToken><x>`, end, `</x>` + end}, "and 0 came"},
		"two responses":           {[]string{`</wst:RequestSecurityTokenResponseCollection>`, `<wst:RequestSecurityTokenResponse/></wst:RequestSecurityTokenResponseCollection>`}, "and 2 came"},
		"two collections":         {[]string{`</s:Body>`, `<x:RequestSecurityTokenResponseCollection xmlns:x="` + nsWST + `"><x:RequestSecurityTokenResponse/></x:RequestSecurityTokenResponseCollection></s:Body>`}, "and 2 came"},
		"an encrypted one beside": {[]string{end, sealed + end}, "encrypted for the service"},
		"an encrypted one within": {[]string{`</saml:Subject>`, sealed + `</saml:Subject>`}, "encrypted for the service"},
		"its ID twice":            {[]string{`<s:Body `, `<s:Body ID="_a1" `}, `"_a1" comes 2 times`},
		"another ID twice":        {[]string{`<s:Header>`, `<s:Header wsu:Id="body">`}, `"body" comes 2 times`},
		"SAML 1.1":                {[]string{`SAML:2.0:assertion`, `SAML:1.0:assertion`}, "and 0 came"},
		"to another message":      {[]string{`>urn:uuid:1<`, `>urn:uuid:3<`}, `relates to "urn:uuid:3"`},
		"to another request":      {[]string{`"urn:uuid:2"`, `"urn:uuid:3"`}, `Context is "urn:uuid:3"`},
		"another audience":        {[]string{`<saml:Audience>`, `<saml:Audience>x`}, `is for "x` + service},
		"a slash more":            {[]string{`/1</saml:Audience>`, `/1/</saml:Audience>`}, "sts.applies_to"},
		"another one, too":        {[]string{`</saml:AudienceRestriction>`, `</saml:AudienceRestriction><saml:AudienceRestriction><saml:Audience>x</saml:Audience></saml:AudienceRestriction>`}, service + ` x", and was asked for`},
		"an end that is no time":  {[]string{`T20:00:00Z"><saml:Aud`, `T24:00:00Z"><saml:Aud`}, `NotOnOrAfter of the SAML assertion is no time: "2026-11-27T24:00:00Z"`},
		"its confirmation's":      {[]string{`T20:00:00Z" Rec`, `" Rec`}, `NotOnOrAfter of the subject confirmation of the SAML assertion is no time`},
		"a beginning that is not": {[]string{`NotBefore="2026-11-27T12:00:00.000Z"`, `NotBefore="soon"`}, `NotBefore of the SAML assertion is no time: "soon"`},
		"another holder":          {[]string{holder, other}, "the holder of another certificate"},
		"no holder":               {[]string{"<X509Certificate>" + holder + "</X509Certificate>", ""}, "names no holder"},
		"another number":          {[]string{"01234567", "01234568"}, `has "01234568" as urn:example:number, and was asked for with "01234567"`},
		"two numbers":             {[]string{"01234567</saml:AttributeValue>", "01234567</saml:AttributeValue><saml:AttributeValue>01234568</saml:AttributeValue>"}, `has "01234567 01234568" as`},
		"two with its name":       {[]string{`<saml:Attribute Name="more"`, `<saml:Attribute Name="` + number + `"`}, `" as urn:example:number`},
		"no number":               {[]string{`Name="` + number, `Name="x`}, `has "" as`},
		"a minute more":           {[]string{`T20:00:00Z"><saml:Aud`, `T12:01:00Z"><saml:Aud`}, "valid until 2026-11-27T12:01:00Z"},
		"the confirmation's":      {[]string{`T20:00:00Z" Rec`, `T12:01:00Z" Rec`}, "valid until 2026-11-27T12:01:00Z"},
		"no end":                  {[]string{` NotOnOrAfter="2026-11-27T20:00:00Z"`, ``}, "until when"},
		"not yet":                 {[]string{`NotBefore="2026-11-27T12:00:00`, `NotBefore="2026-11-27T12:01:01`}, "valid from 2026-11-27T12:01:01Z"},
	} {
		text := reply(t, sent(), row{}, append(c.edits, "@SIGNATURE@", "", "@MESSAGESIGNATURE@", "")...)
		got, err := asking(nil).Read(sent(), 200, soapType, []byte(text))
		var unfit *Unfit
		if got != nil || !errors.As(err, &unfit) || !strings.Contains(err.Error(), c.why) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFit(t *testing.T) {
	bare := []string{`<wst:RequestSecurityTokenResponseCollection xmlns:wst="` + nsWST + `"><wst:RequestSecurityTokenResponse `, `<wst:RequestSecurityTokenResponse xmlns:wst="` + nsWST + `" `, `</wst:RequestSecurityTokenResponseCollection>`, ""}
	soap11 := []string{"http://www.w3.org/2003/05/soap-envelope", "http://schemas.xmlsoap.org/soap/envelope/"}
	for name, c := range map[string]struct {
		change func(*Asking)
		edits  []string
	}{
		"no RelatesTo, no Context": {nil, []string{`<wsa:RelatesTo>urn:uuid:1</wsa:RelatesTo>`, "", ` Context="urn:uuid:2"`, ""}},
		"one end":                  {nil, []string{` NotOnOrAfter="2026-11-27T20:00:00Z" Rec`, " Rec"}},
		"just long enough":         {nil, []string{"T20:00:00Z", "T12:01:01Z"}},
		"just early enough":        {nil, []string{`NotBefore="2026-11-27T12:00:00.000`, `NotBefore="2026-11-27T12:01:00.000`}},
		"bearer":                   {func(a *Asking) { a.STS.KeyType = "bearer" }, []string{"@SIGNATURE@", "", "<X509Data>", "<x>", "</X509Data>", "</x>"}},
		"no claims":                {func(a *Asking) { a.STS.Claims = nil }, []string{"01234567", ""}},
		"more audiences":           {nil, []string{"</saml:Audience>", "</saml:Audience><saml:Audience>x</saml:Audience>"}},
		"SOAP 1.1":                 {func(a *Asking) { a.STS.Protocol = profile.SOAP11 }, soap11},
		"SOAP 1.1, bare":           {func(a *Asking) { a.STS.Protocol = profile.SOAP11 }, append(bare, soap11...)},
		"a byte-order mark":        {nil, []string{"<?xml", "\xef\xbb\xbf<?xml"}},
	} {
		text := reply(t, sent(), row{}, c.edits...)
		if _, err := asking(c.change).Read(sent(), 200, soapType, []byte(text)); err != nil {
			t.Errorf("%s: %v\n%s", name, err, text)
		}
	}
	if _, err := asking(nil).Read(sent(), 200, soapType, []byte(reply(t, sent(), row{}, bare...))); err == nil {
		t.Error("SOAP 1.2 has a collection around")
	}
}

func TestUnreadable(t *testing.T) {
	good := reply(t, sent(), row{})
	for name, c := range map[string]struct {
		status          int
		kind, body, why string
	}{
		"a page":              {503, "text/html", "<html><body><h1>Maintenance<br></body></html>", "HTTP 503, text/html"},
		"an XHTML page":       {200, "text/html", "<html/>", "a web page"},
		"no message":          {200, soapType, "<html/>", "the root is html"},
		"nothing":             {202, "", "", "HTTP 202, no Content-Type"},
		"JSON":                {200, "application/json", "{}", "not XML"},
		"a DTD":               {200, soapType, `<!DOCTYPE s [<!ENTITY a "b">]>` + good[strings.Index(good, "<s:"):], "document type"},
		"another encoding":    {200, soapType, strings.Replace(good, "UTF-8", "ISO-8859-1", 1), "ISO-8859-1"},
		"said by HTTP":        {200, "text/xml; charset=ISO-8859-1", good, "only UTF-8"},
		"no UTF-8":            {200, soapType, strings.Replace(good, "C=DK", "C=\xe6", 1), "UTF-8"},
		"UTF-16":              {200, soapType, "\xff\xfe<\x00s\x00", "not XML in UTF-8"},
		"too large":           {200, soapType, good + strings.Repeat(" ", saml.MaxSize), "too many"},
		"cut off":             {200, soapType, good[:len(good)-1], "well-formed"},
		"two roots":           {200, soapType, good + "<a/>", "follows"},
		"no envelope":         {200, soapType, "<a/>", "the root is a"},
		"no SOAP":             {200, soapType, strings.ReplaceAll(good, "2003/05", "2003/04"), "the root is Envelope"},
		"SOAP 1.1":            {200, soapType, strings.ReplaceAll(good, "http://www.w3.org/2003/05/soap-envelope", nsSOAP11), "another SOAP version"},
		"no Body":             {200, soapType, strings.ReplaceAll(good, "s:Body", "s:Bod"), "no RequestSecurityTokenResponse"},
		"two Bodies":          {200, soapType, strings.Replace(good, "<s:Body", "<s:Body/><s:Body", 1), "no RequestSecurityTokenResponse"},
		"another WS-Trust":    {200, soapType, strings.ReplaceAll(good, "ws-sx/ws-trust/200512\"", "x\""), "no RequestSecurityTokenResponse"},
		"500, and no Fault":   {500, soapType, good, "no Fault"},
		"a prefix undeclared": {200, soapType, strings.Replace(good, "<wst:TokenType", "<q:x/><wst:TokenType", 1), "namespace declaration xmlns:q"},
	} {
		got, err := asking(nil).Read(sent(), c.status, c.kind, []byte(c.body))
		var unreadable *Unreadable
		if got != nil || !errors.As(err, &unreadable) || unreadable.Status != c.status || !strings.Contains(err.Error(), c.why) || len(err.Error()) > 400 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestJSONAnswers(t *testing.T) {
	a := asking(func(a *Asking) { a.STS.Protocol = profile.MTLSJSON; pinned(a) })
	text := reply(t, sent(), row{})
	raw := text[strings.Index(text, "<saml:Assertion"):strings.Index(text, "</wst:RequestedSecurityToken>")]
	encode := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	for _, body := range []string{
		`{"RequestedSecurityToken":{"Assertion":"` + encode(raw) + `"},"Lifetime":{"Created":"11/27/2026 12:00:00"},"TokenType":null}`,
		"\xef\xbb\xbf" + `{"requestedSecurityToken":{"assertion":"` + encode(raw) + `"}}`,
	} {
		got, err := a.Read(Message{}, 200, "application/json; charset=utf-8", []byte(body))
		if err != nil || string(got.Raw) != raw {
			t.Errorf("%v", err)
		}
	}
	wrap := func(s string) string {
		out, _ := json.Marshal(map[string]any{"RequestedSecurityToken": map[string]string{"Assertion": encode(s)}})
		return string(out)
	}
	for name, c := range map[string]struct {
		status    int
		body, why string
		as        any
	}{
		"a reason":         {400, `{"message":"No\nsuch \u001b[31mservice"}`, "400: No such [31mservice", new(*Fault)},
		"a problem":        {403, `{"title":"Forbidden","detail":"No mapped user","status":403}`, "403: No mapped user", new(*Fault)},
		"an OAuth error":   {401, `{"error":"invalid_client","error_description":"no such client","message":{}}`, "401: no such client", new(*Fault)},
		"no reason":        {403, `{}`, "HTTP 403", new(*Unreadable)},
		"a page":           {200, `<html>`, "not the JSON", new(*Unreadable)},
		"nothing":          {200, `{"RequestedSecurityToken":{}}`, "no RequestedSecurityToken.Assertion", new(*Unreadable)},
		"no base64":        {200, `{"RequestedSecurityToken":{"Assertion":"<a/>"}}`, "not base64", new(*Unreadable)},
		"no XML":           {200, wrap("hello"), "not XML", new(*Unreadable)},
		"one in a message": {200, wrap(text), `its root is "Envelope"`, new(*Unfit)},
		"two":              {200, wrap(strings.Replace(raw, "<saml:Subject>", `<saml:Assertion/><saml:Subject>`, 1)), "2 came", new(*Unfit)},
		"encrypted":        {200, wrap(`<EncryptedAssertion xmlns="urn:oasis:names:tc:SAML:2.0:assertion"/>`), "encrypted for the service", new(*Unfit)},
		"changed":          {200, wrap(strings.Replace(raw, "PD94", "PD95", 1)), "was changed", new(*Unfit)},
		"SAML 1.1":         {200, wrap(`<Assertion xmlns="urn:oasis:names:tc:SAML:1.0:assertion"/>`), "another SAML version", new(*Unfit)},
	} {
		_, err := a.Read(Message{}, c.status, "application/json", []byte(c.body))
		if err == nil || !errors.As(err, c.as) || !strings.Contains(err.Error(), c.why) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestFaults(t *testing.T) {
	soap12 := func(codes, reason string) string {
		return `<s:Envelope xmlns:s="` + nsSOAP12 + `" xmlns:q="urn:q"><s:Body><s:Fault><s:Code>` + codes + `</s:Code><s:Reason>` + reason + `</s:Reason><s:Detail><s:Text>at com.example.Secret()</s:Text></s:Detail></s:Fault></s:Body></s:Envelope>`
	}
	value := func(code, sub string) string { return `<s:Value>` + code + `</s:Value>` + sub }
	sub := func(in string) string { return `<s:Subcode>` + in + `</s:Subcode>` }
	english := `<s:Text xml:lang="da">nej</s:Text><s:Text xml:lang="en-US">no</s:Text>`
	for name, c := range map[string]struct {
		status            int
		body, codes, text string
	}{
		"a code":        {500, soap12(value("s:Sender", ""), english), "Sender", "Sender: no"},
		"with 200":      {200, soap12(value("s:Sender", sub(value("5002", ""))), english), "Sender 5002", "5002: no"},
		"two subcodes":  {400, soap12(value("s:Receiver", sub(value("q:InvalidRequest", sub(value("q:5015", ""))))), english), "Receiver InvalidRequest 5015", "5015: no"},
		"an odd reason": {500, soap12(value("s:Sender", ""), "<s:Text>a\r\n b\u009b31m\u202e c</s:Text>"), "Sender", "Sender: a b31m c"},
		"no reason":     {500, soap12(value("s:Sender", ""), ""), "Sender", "Sender"},
		"nothing":       {500, soap12("", ""), "", "Fault"},
		"SOAP 1.1":      {500, `<s:Envelope xmlns:s="` + nsSOAP11 + `"><s:Body><s:Fault><faultcode>wsse:InvalidSecurity</faultcode><faultstring>bad</faultstring><detail>at com</detail></s:Fault></s:Body></s:Envelope>`, "InvalidSecurity", "InvalidSecurity: bad"},
	} {
		got, err := asking(nil).Read(sent(), c.status, soapType, []byte(c.body))
		var fault *Fault
		if got != nil || !errors.As(err, &fault) || err.Error() != c.text || strings.Join(fault.Codes, " ") != c.codes {
			t.Errorf("%s: %v, %+v", name, err, fault)
		}
	}
	_, err := asking(nil).Read(sent(), 500, soapType, []byte(soap12(value("s:Sender", ""), "<s:Text>"+strings.Repeat("long ", 1000)+"</s:Text>")))
	if err == nil || len(err.Error()) > 500 {
		t.Errorf("%d characters", len(err.Error()))
	}
}
