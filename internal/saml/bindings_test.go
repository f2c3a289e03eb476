package saml

import (
	"fmt"
	"strings"
	"testing"
)

// However many declarations follow one another, few are in force at once.
func TestDeclarationsInForce(t *testing.T) {
	var many strings.Builder
	for i := range maxBindings + 1 {
		_, _ = fmt.Fprintf(&many, ` xmlns:p%d="u"`, i)
	}
	if _, err := Scan([]byte("<a" + many.String() + "/>")); err == nil || !strings.Contains(err.Error(), "in force") {
		t.Error(err)
	}
	if _, err := Scan([]byte("<a>" + strings.Repeat(`<b xmlns:p="u"/>`, 2*maxBindings) + "</a>")); err != nil {
		t.Error(err)
	}
}
