package wstrust

import (
	"fmt"
	"strings"

	"github.com/beevik/etree"

	"authctl/internal/shown"
)

// Fault is what the STS said instead of an answer (SOAP 1.2 5.4, SOAP 1.1 4.4).
// Its Detail is never kept: it may hold anything.
type Fault struct {
	Codes  []string // without prefix, the outermost first; of JSON the HTTP status
	Reason string
}

func newFault(codes []string, reason string) *Fault {
	f := &Fault{Reason: shown.Said(reason)}
	for _, code := range codes {
		code = shown.Clean(code)
		if code = code[strings.LastIndexByte(code, ':')+1:]; code != "" {
			f.Codes = append(f.Codes, code)
		}
	}
	return f
}

// Code is the innermost, which says most.
func (f *Fault) Code() string {
	if len(f.Codes) == 0 {
		return "Fault"
	}
	return f.Codes[len(f.Codes)-1]
}

func (f *Fault) Error() string {
	if f.Reason == "" {
		return f.Code()
	}
	return f.Code() + ": " + f.Reason
}

// soapFault reads either version's: a service that does not know ours answers in its own.
func soapFault(soap string, e *etree.Element) *Fault {
	if soap == nsSOAP11 {
		return newFault([]string{text(child(e, "", "faultcode"))}, text(child(e, "", "faultstring")))
	}
	var codes []string
	for code := child(e, soap, "Code"); code != nil; code = child(code, soap, "Subcode") {
		codes = append(codes, text(child(code, soap, "Value")))
	}
	reason := ""
	for _, t := range children(child(e, soap, "Reason"), soap, "Text") {
		if reason == "" || strings.HasPrefix(attr(t, "xml", "lang"), "en") {
			reason = text(t)
		}
	}
	return newFault(codes, reason)
}

// Unreadable is for an answer that is none: it says what came instead.
type Unreadable struct {
	Status           int
	ContentType, Why string
}

func (u *Unreadable) Error() string {
	kind := u.ContentType
	if kind == "" {
		kind = "no Content-Type"
	}
	return fmt.Sprintf("the security token service gave no answer that can be read (HTTP %d, %s): %s", u.Status, kind, u.Why)
}

// Unfit is for an answer or an assertion that must not be used.
type Unfit struct {
	Why      string
	Unpinned bool // it is about sts.signing_certificates
}

func (u *Unfit) Error() string { return u.Why }

func unfit(format string, args ...any) *Unfit { return &Unfit{Why: fmt.Sprintf(format, args...)} }
