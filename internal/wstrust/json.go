package wstrust

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"

	"authctl/internal/fault"
	"authctl/internal/saml"
)

// jsonRequest is the body of mtls-json. Its members are the protocol's own, the
// one that holds the claim too: who asks is told by the TLS certificate.
type jsonRequest struct {
	TokenType        string
	RequestType      string
	KeyType          string
	AnvenderKontekst struct{ Cvr string }
	UseKey           string `json:",omitempty"` // the certificate's DER in base64
	AppliesTo        struct{ EndpointReference struct{ Address string } }
	OnBehalfOf       *string
}

func (a *Asking) jsonMessage() (Message, error) {
	if len(a.STS.Claims) != 1 {
		return Message{}, fault.New(fault.Config, "sts.protocol %s asks with exactly one claim, and sts.claims has %d", a.STS.Protocol, len(a.STS.Claims))
	}
	r := jsonRequest{TokenType: tokenType, RequestType: issue, KeyType: a.keyType()}
	r.AnvenderKontekst.Cvr = a.STS.Claims[0].Value
	r.AppliesTo.EndpointReference.Address = a.STS.AppliesTo
	if a.names() {
		if a.Certificate == nil {
			return Message{}, fault.New(fault.Config, "sts.protocol %s needs a certificate", a.STS.Protocol)
		}
		r.UseKey = a.der()
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(&r); err != nil {
		return Message{}, err
	}
	return Message{Body: bytes.TrimSpace(b.Bytes()), ContentType: "application/json", Accept: "application/json"}, nil
}

// readJSON gives the assertion's XML. encoding/json matches the members' names
// without case, as clients of this protocol do. The Lifetime beside it is without
// a zone: the assertion's own counts.
func (a *answer) readJSON() (*saml.Whole, error) {
	var got struct {
		RequestedSecurityToken struct{ Assertion string }
		Message, Detail, Title string // the latter two of RFC 9457 3.1
		Description            string `json:"error_description"` // RFC 6749 5.2
	}
	err := json.Unmarshal(bytes.TrimPrefix(a.body, []byte("\xEF\xBB\xBF")), &got) // RFC 8259 8.1
	reason := cmp.Or(got.Message, got.Description, got.Detail, got.Title)
	switch {
	case err != nil && a.status == http.StatusOK:
		return nil, a.unreadable("it is not the JSON of an answer")
	case a.status != http.StatusOK && reason != "":
		return nil, newFault([]string{strconv.Itoa(a.status)}, reason)
	case a.status != http.StatusOK:
		return nil, a.unreadable("it says no reason")
	case got.RequestedSecurityToken.Assertion == "":
		return nil, a.unreadable("it has no RequestedSecurityToken.Assertion")
	}
	xml, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(got.RequestedSecurityToken.Assertion), ""))
	if err != nil {
		return nil, a.unreadable("RequestedSecurityToken.Assertion is not base64")
	}
	whole, err := saml.Scan(xml)
	if err != nil {
		return nil, a.unreadable(err.Error())
	}
	if whole.Root != "Assertion" && whole.Root != "EncryptedAssertion" {
		return nil, unfit("RequestedSecurityToken.Assertion is no assertion: its root is %.80q", whole.Root)
	}
	return whole, nil
}
