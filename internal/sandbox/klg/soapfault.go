package klg

import (
	"net/http"

	"github.com/beevik/etree"
)

// soapFault is one refusal of the STS (SOAP 1.2 Part 1, 5.4).
type soapFault struct {
	code, text string // what the client is told
	reason     string // what the log says beside it
}

func malformed(reason string) *soapFault {
	return &soapFault{"103", "The request is malformed", reason}
}

// insecure is the one answer to whatever is wrong with signature, trust or clock: an
// attacker is not told which (WSS 1.1, 12). The log is.
func insecure(reason string) *soapFault {
	return &soapFault{"wsse:InvalidSecurity", "The security of the message could not be verified", reason}
}

func notThis(reason string) *soapFault { return &soapFault{"wst:InvalidRequest", reason, ""} }

// refuseSOAP answers with the fault. Its Detail holds what a client should not print.
func (p *Provider) refuseSOAP(w http.ResponseWriter, r *http.Request, a *asked, f *soapFault) {
	p.core.Refused(r, f.code+" "+f.text+" "+f.reason)
	header, body := newEnvelope()
	add(header, "wsa:Action", nsWSA+"/soap/fault")
	if a.id != "" {
		add(header, "wsa:RelatesTo", a.id)
	}
	fault := add(body, "soap:Fault", "")
	code := add(fault, "soap:Code", "")
	if f.code == "VersionMismatch" {
		add(code, "soap:Value", "soap:VersionMismatch")
	} else {
		add(code, "soap:Value", "soap:Sender")
		add(add(code, "soap:Subcode", ""), "soap:Value", f.code)
	}
	add(add(fault, "soap:Reason", ""), "soap:Text", f.text, "xml:lang", "en")
	add(add(fault, "soap:Detail", ""), "StackTrace", "at Sandbox.TokenService.Issue()\n   at Sandbox.Pipeline.Run()")
	writeSOAP(w, http.StatusInternalServerError, header.Parent(), false)
}

// newEnvelope is an empty SOAP 1.2 envelope with the prefixes that every answer uses.
func newEnvelope() (header, body *etree.Element) {
	root := etree.NewElement("soap:Envelope")
	for _, space := range [][2]string{{"soap", nsSOAP}, {"wsa", nsWSA}, {"wsse", nsWSSE}, {"wst", nsWST}, {"wsu", nsWSU}} {
		root.CreateAttr("xmlns:"+space[0], space[1])
	}
	return add(root, "soap:Header", ""), add(root, "soap:Body", "")
}
