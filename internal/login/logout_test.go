package login

import (
	"testing"
)

func TestLogoutAddress(t *testing.T) {
	for endSession, want := range map[string]string{
		"https://as.example/end":           "https://as.example/end?client_id=a+b",
		"https://as.example/end?x=1":       "https://as.example/end?x=1&client_id=a+b",
		"javascript:alert(1)":              "",
		"https://as.example@evil.example/": "",
		"/end":                             "",
		"":                                 "",
	} {
		got, err := LogoutAddress(endSession, "a b")
		if got.String() != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q %v", endSession, got, err)
		}
	}
}
