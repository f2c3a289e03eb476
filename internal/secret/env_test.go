package secret

import "testing"

func TestEnvWord(t *testing.T) {
	for in, want := range map[string]string{
		"klg": "KLG", "Prod.EU": "PROD_EU", "X-Device-Authorization": "X_DEVICE_AUTHORIZATION", "a=b\n$(x)": "A_B___X_", "ærlig9": "_RLIG9",
	} {
		if got := EnvWord(in); got != want {
			t.Errorf("EnvWord(%q) = %q, want %q", in, got, want)
		}
	}
}
