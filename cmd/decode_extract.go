package cmd

import (
	"strings"
	"unicode"

	"authctl/internal/fault"
	"authctl/internal/inspect"
	"authctl/internal/saml"
)

// extractAssertion prints the one assertion of the input and nothing after it:
// not even a line end, but on a terminal.
func (c *cli) extractAssertion(o decodeOptions, tokens []inspect.Found) error {
	if len(tokens) > 1 || !saml.IsSAML([]byte(tokens[0].Text)) {
		return fault.New(fault.Invalid, "%s: it is no XML document, so there is no assertion to take out", inputName(o.input)).
			Hint("authctl decode FILE says what it is")
	}
	assertion, err := saml.Extract([]byte(tokens[0].Text))
	if err != nil {
		return notTokens(o.input, err)
	}
	if c.sys.IsTerminal(1) {
		// Cleaned it would be another assertion.
		if strings.ContainsFunc(string(assertion), drives) {
			return fault.New(fault.Invalid, "the assertion has characters that can drive a terminal, so it is not printed on one").
				Hint("redirect the output to a file")
		}
		assertion = append(assertion, '\n')
	}
	_, err = c.sys.Out.Write(assertion)
	return err
}

// drives is true for what a terminal may obey, but for the white space of text.
func drives(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' || unicode.Is(unicode.Cf, r)
}
