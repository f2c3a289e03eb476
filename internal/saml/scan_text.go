package saml

import (
	"encoding/xml"
	"errors"
	"fmt"
	"strings"
)

// typed is xsi:type, whose value is a qualified name.
func (s *scanner) typed(value string) {
	prefix, _, ok := strings.Cut(strings.TrimSpace(value), ":")
	switch {
	case !ok:
		s.need("")
	case len(s.bindings[prefix]) == 0:
		s.warn("the type %.60q has a prefix that nothing declares", value)
	}
}

func (s *scanner) text(text string) error {
	text = strings.TrimSpace(text)
	if len(s.open) == 0 {
		if text != "" {
			return errors.New("something follows the SAML assertion")
		}
		return nil
	}
	s.mentions(text)
	if s.part == nil {
		switch s.open[len(s.open)-1].name.Local {
		case "StatusMessage", "faultcode", "faultstring": // SAML Core 3.2.2.3, SOAP 1.1 4.4
			s.say(text)
		case "Text", "Value": // SOAP 1.2 5.4
			if s.inFault() {
				s.say(text)
			}
		}
	}
	return nil
}

func (s *scanner) inFault() bool {
	for _, e := range s.open {
		if e.name.Local == "Fault" {
			return true
		}
	}
	return false
}

func (s *scanner) say(text string) {
	const most = 6
	if text != "" && len(s.doc.status) < most {
		s.doc.status = append(s.doc.status, text)
	}
}

func (s *scanner) warn(format string, args ...any) {
	const most = 20
	if text := fmt.Sprintf(format, args...); len(s.doc.warnings) < most {
		s.doc.warnings = append(s.doc.warnings, text)
	}
}

func rawName(n xml.Name) string {
	if n.Space == "" {
		return n.Local
	}
	return n.Space + ":" + n.Local
}
