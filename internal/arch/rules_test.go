package arch

// doors lists the libraries that only one folder may import, tests included.
func doors() map[string][]string {
	return map[string][]string{
		// Either makes the linker keep every exported method: 3 MB, and time to start.
		"html/template": {},
		"text/template": {"internal/e2e"},

		"github.com/spf13/cobra":              {"cmd", "internal/gen", "internal/bench/floor/libraries"},
		"github.com/spf13/pflag":              {"cmd"},
		"github.com/spf13/viper":              {"internal/config", "internal/bench/floor/libraries"},
		"github.com/golang-jwt/jwt/v5":        {"internal/jwt", "internal/bench/floor/libraries"},
		"github.com/lestrrat-go/jwx/v2":       {"internal/keys", "internal/bench/floor/libraries"},
		"github.com/zalando/go-keyring":       {"internal/secretstore", "internal/bench/floor/keyring", "internal/bench/floor/libraries"},
		"github.com/russellhaering/goxmldsig": {"internal/sandbox", "internal/wstrust", "internal/saml"}, // saml: its tests only
		"rsc.io/qr":                           {"internal/login", "internal/render", "cmd"},
	}
}

// apart lists the folders that are programs, or parts of tests: they may
// import anything of the module and nothing may import them.
func apart() []string {
	return []string{"internal/arch", "internal/fakes", "internal/gen", "internal/e2e", "internal/bench", "internal/mutants"}
}

// unlinked lists what no room of the program may import: templates call
// methods by name, and the linker then keeps every method of every type, 3 MB
// of them.
func unlinked() []string { return []string{"text/template", "html/template"} }
