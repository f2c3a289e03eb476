package wstrust

import (
	"crypto"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"io"
	"time"

	"authctl/internal/fault"
	"authctl/internal/profile"
)

const (
	// fresh is how long the message may be on its way: some services refuse more (WSS 1.1, 10).
	fresh   = 5 * time.Minute
	instant = "2006-01-02T15:04:05Z"

	valueType = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509v3"          // WSS X.509 Token Profile 1.1, 3.1
	encoding  = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary" // WSS 1.1, 6.3
	anonymous = nsWSA + "/anonymous"                                                                             // WS-Addressing 1.0 Core, 2.1
)

// soapMessage signs every part: services differ in which they demand, and what
// is not signed may be changed on the way, such as the claims of the body.
func (a Asking) soapMessage() (Message, error) {
	if err := a.checkKey(); err != nil {
		return Message{}, err
	}
	m := Message{ContentType: "application/soap+xml; charset=utf-8", Accept: "application/soap+xml"}
	c := &canonical{soap: nsSOAP12}
	if a.STS.Protocol == profile.SOAP11 {
		m.ContentType, m.Accept, m.SOAPAction = "text/xml; charset=utf-8", "text/xml", `"`+actionIssue+`"`
		c.soap = nsSOAP11
	}
	for _, id := range []*string{&m.ID, &m.Context} {
		uuid, err := newUUID(a.Rand)
		if err != nil {
			return Message{}, err
		}
		*id = "urn:uuid:" + uuid
	}
	now := a.Now().UTC()
	s := signed{canonical: c}
	headers := s.part("action", leaf("wsa:Action", actionIssue))
	headers = append(headers, s.part("message-id", leaf("wsa:MessageID", m.ID))...)
	headers = append(headers, s.part("to", leaf("wsa:To", a.STS.URL))...)
	headers = append(headers, s.part("reply-to", branch("wsa:ReplyTo", leaf("wsa:Address", anonymous)))...)
	security := s.part("token", a.securityToken())
	security = append(security, s.part("timestamp", branch("wsu:Timestamp", span(now, fresh)...))...)
	body := s.part("body", branch("soap:Body", a.request(m, now)))
	signature, err := s.signature(a.Key, a.Rand)
	if err != nil {
		return Message{}, err
	}
	security = append(security, signature...)
	headers = append(headers, c.bytes(element{name: "wsse:Security", raw: security}.with("soap:mustUnderstand", "1"))...)
	m.Body = c.bytes(element{name: "soap:Envelope", raw: append(c.bytes(element{name: "soap:Header", raw: headers}), body...)})
	if c.bad != nil {
		return Message{}, fault.New(fault.Config, "no request can be written to %s: %w", a.STS.URL, c.bad)
	}
	return m, nil
}

// checkKey: rsa-sha256 is the one signature that every service takes.
func (a Asking) checkKey() error {
	if a.Key == nil || a.Certificate == nil {
		return fault.New(fault.Config, "sts.protocol %s signs the request: it needs a key and its certificate", a.STS.Protocol)
	}
	public, ok := a.Key.Public().(*rsa.PublicKey)
	switch {
	case !ok:
		return fault.New(fault.Config, "sts.protocol %s signs the request with rsa-sha256, and the key is no RSA key", a.STS.Protocol)
	case !public.Equal(a.Certificate.PublicKey):
		return fault.New(fault.Config, "the certificate for the security token service (%.120q) is of another key", a.Certificate.Subject.String())
	}
	return nil
}

// request is the body (WS-Trust 1.3, 4.1).
func (a Asking) request(m Message, now time.Time) element {
	all := []element{
		leaf("wst:TokenType", tokenType),
		leaf("wst:RequestType", issue),
		branch("wsp:AppliesTo", branch("wsa:EndpointReference", leaf("wsa:Address", a.STS.AppliesTo))),
	}
	if len(a.STS.Claims) > 0 {
		all = append(all, a.claims())
	}
	all = append(all, leaf("wst:KeyType", a.keyType()))
	if a.names() {
		all = append(all, branch("wst:UseKey", a.useKey()))
	}
	if a.STS.Lifetime > 0 {
		all = append(all, branch("wst:Lifetime", span(now, a.STS.Lifetime)...))
	}
	return branch("wst:RequestSecurityToken", all...).with("Context", m.Context)
}

// claims in the dialect of WS-Federation 1.2, 9.3, or of Identity Metasystem Interoperability 1.0.
func (a Asking) claims() element {
	kind, value, dialect := "auth:ClaimType", "auth:Value", dialectAuth+"/authclaims"
	if a.STS.Dialect == "identity" {
		kind, value, dialect = "ic:ClaimValue", "ic:Value", dialectIdentity
	}
	var all []element
	for _, claim := range a.STS.Claims {
		one := branch(kind, leaf(value, claim.Value)).with("Uri", claim.Name)
		if a.STS.Dialect != "identity" {
			one = one.with("Optional", "false")
		}
		all = append(all, one)
	}
	return branch("wst:Claims", all...).with("Dialect", dialect)
}

func (a Asking) useKey() element {
	if a.STS.UseKey == "x509_data" {
		return branch("ds:KeyInfo", branch("ds:X509Data", leaf("ds:X509Certificate", a.der())))
	}
	return a.securityToken()
}

func (a Asking) securityToken() element {
	return leaf("wsse:BinarySecurityToken", a.der(), "EncodingType", encoding, "ValueType", valueType)
}

func (a Asking) der() string { return base64.StdEncoding.EncodeToString(a.Certificate.Raw) }

// span is how long something counts, from now on.
func span(now time.Time, life time.Duration) []element {
	return []element{leaf("wsu:Created", now.Format(instant)), leaf("wsu:Expires", now.Add(life).Format(instant))}
}

// newUUID is of version 4 (RFC 9562 5.4).
func newUUID(rand io.Reader) (string, error) {
	var b [16]byte
	if _, err := io.ReadFull(rand, b[:]); err != nil {
		return "", err
	}
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:], nil
}

// signed collects the parts that one signature is over.
type signed struct {
	*canonical
	references []element
}

// part writes an element that is signed, and keeps the reference to it.
func (s *signed) part(id string, e element) []byte {
	out := s.bytes(e.with("wsu:Id", id))
	sum := sha256.Sum256(out)
	s.references = append(s.references, branch("ds:Reference",
		branch("ds:Transforms", leaf("ds:Transform", "", "Algorithm", exclusive)),
		leaf("ds:DigestMethod", "", "Algorithm", digest256),
		leaf("ds:DigestValue", base64.StdEncoding.EncodeToString(sum[:])),
	).with("URI", "#"+id))
	return out
}

// signature is over all parts, by the key whose certificate is the part "token" (WSS 1.1, 8; X.509 Token Profile 1.1, 3.3).
func (s *signed) signature(key crypto.Signer, rand io.Reader) ([]byte, error) {
	info := s.bytes(branch("ds:SignedInfo", append([]element{
		leaf("ds:CanonicalizationMethod", "", "Algorithm", exclusive),
		leaf("ds:SignatureMethod", "", "Algorithm", rsaSHA256),
	}, s.references...)...))
	sum := sha256.Sum256(info)
	value, err := key.Sign(rand, sum[:], crypto.SHA256)
	if err != nil {
		return nil, fault.New(fault.Config, "cannot sign the request to the security token service: %w", err)
	}
	rest := s.bytes(leaf("ds:SignatureValue", base64.StdEncoding.EncodeToString(value)))
	rest = append(rest, s.bytes(branch("ds:KeyInfo", branch("wsse:SecurityTokenReference",
		leaf("wsse:Reference", "", "URI", "#token", "ValueType", valueType))))...)
	return s.bytes(element{name: "ds:Signature", raw: append(info, rest...)}), nil
}
