package cmd

import (
	"strings"

	"authctl/internal/fault"
	"authctl/internal/inspect"
	"authctl/internal/saml"
	"authctl/internal/shown"
)

// extractAssertion prints the one assertion of the input.
func (c *cli) extractAssertion(o decodeOptions, tokens []inspect.Found) error {
	if len(tokens) > 1 || !saml.IsSAML([]byte(tokens[0].Text)) {
		return fault.New(fault.Invalid, "%s: it is no XML document, so there is no assertion to take out", inputName(o.input)).
			Hint("authctl decode FILE says what it is")
	}
	assertion, err := saml.Extract([]byte(tokens[0].Text))
	if err != nil {
		return notTokens(o.input, err)
	}
	return c.printXML(assertion)
}

// printXML prints bytes that are signed as they are, and nothing after them: not
// even a line end, but on a terminal.
func (c *cli) printXML(raw []byte) error {
	if c.sys.IsTerminal(1) {
		// Cleaned it would be another document.
		if strings.ContainsFunc(string(raw), func(r rune) bool { return shown.Drives(r) && !strings.ContainsRune("\n\r\t", r) }) {
			return fault.New(fault.Invalid, "the XML has characters that can drive a terminal, so it is not printed on one").
				Hint("redirect the output to a file")
		}
		raw = append(raw, '\n')
	}
	return c.printExactly(raw)
}

// printExactly is for what package shown would cut or clean.
func (c *cli) printExactly(raw []byte) error {
	_, err := c.sys.Out.Write(raw)
	return err
}
