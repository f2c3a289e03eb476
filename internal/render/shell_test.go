package render

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"authctl/internal/secret"
)

// hostile values try to leave their quotes; each run would create the file canary.
func hostile() []string {
	return []string{
		"plain", "", "'", "''", "'''", `\`, `\\`, `\'`, `'\''`, `a'b'c`, `\n`, "tab\there", " outer ", "*", "~", "#x", "{a,b}",
		"$(touch canary)", "`touch canary`", "'; touch canary; '", `"; touch canary; "`, `\'; touch canary; \'`,
		`'$(touch canary)'`, "(touch canary)", "&& touch canary", "| touch canary", "> canary", `\\'; touch canary #`,
		"$HOME", "${HOME}", "!!", "%PATH%", "é \u2019; touch canary; \u2019", "'''; touch canary; '''", "\xff\xfe",
	}
}

func hostileResult() Result {
	r := sample()
	r.Headers, r.Set.AccessToken = nil, secret.New(hostileToken)
	for i, v := range hostile() {
		r.Headers = append(r.Headers, Header{headerName(i), secret.New(v)})
	}
	return r
}

// hostileToken is text as RFC 6749 A.12 has it.
const hostileToken = `00D!AR8'; touch canary; $(touch canary)"`

func headerName(i int) string { return "X-" + string(rune('A'+i/26)) + string(rune('A'+i%26)) }

// docs/threats.md 27.
func TestShellsTakeHostileValuesLiterally(t *testing.T) {
	for _, s := range []struct{ program, shell, load string }{
		{"dash", "sh", `eval "$(cat vars)"`},
		{"bash", "sh", `eval "$(cat vars)"`},
		{"zsh", "sh", `eval "$(cat vars)"`},
		{"zsh", "sh", `setopt rcquotes histexpand; eval "$(cat vars)"`},
		{"fish", "fish", `cat vars | source`},
		{"fish", "fish", `eval (cat vars | string collect)`},
		{"pwsh", "powershell", `Get-Content -Raw vars | Invoke-Expression`},
	} {
		t.Run(s.program, func(t *testing.T) {
			program, err := exec.LookPath(s.program)
			if err != nil {
				t.Skip(s.program + " is not installed here")
			}
			var b bytes.Buffer
			if err := Write(&b, hostileResult(), Options{Format: "env", Shell: s.shell}); err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, "vars"), b.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(program, "-c", s.load+"\nexec env -0")
			cmd.Dir, cmd.Env = dir, []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir}
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			if _, err := os.Stat(filepath.Join(dir, "canary")); err == nil {
				t.Error("a value was executed")
			}
			got := strings.Split(string(out), "\x00")
			for i, v := range hostile() {
				if want := "AUTHCTL_HEADER_" + secret.EnvWord(headerName(i)) + "=" + v; !slices.Contains(got, want) {
					t.Errorf("%q did not arrive", v)
				}
			}
			if !slices.Contains(got, "AUTHCTL_AUTHORIZATION=bearer "+hostileToken) {
				t.Error("AUTHCTL_AUTHORIZATION did not arrive")
			}
		})
	}
}

func TestPowerShellDoublesEveryQuoteItKnows(t *testing.T) {
	got, ok := assignPowerShell("N", "a'b\u2018\u2019\u201a\u201bc$(x)")
	if want := "$env:N = 'a''b\u2018\u2018\u2019\u2019\u201a\u201a\u201b\u201bc$(x)'"; !ok || got != want {
		t.Errorf("%s", got)
	}
}

// FuzzShellQuoting reads each quoting back by the rules of its shell's manual:
// one word, the value itself, nothing outside the quotes but escaped quotes.
func FuzzShellQuoting(f *testing.F) {
	seeds := hostile()
	if len(seeds) == 0 {
		f.Fatal("no seeds")
	}
	for _, s := range seeds {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, value string) {
		for _, s := range shells() {
			line, ok := s.assign("N", value)
			if !ok {
				if s.name != "cmd" && !strings.Contains(value, "\x00") {
					t.Fatalf("%s refused %q", s.name, value)
				}
				continue
			}
			if got, ok := unquote(s.name, line); !ok || got != value {
				t.Fatalf("%s reads %q back as %q", s.name, line, got)
			}
		}
	})
}

func unquote(shell, line string) (string, bool) {
	switch shell {
	case "sh":
		return unquoteSh(strings.TrimPrefix(line, "export N="))
	case "fish":
		return unquoteFish(strings.TrimPrefix(line, "set -gx N "))
	case "powershell":
		return unquotePowerShell(strings.TrimPrefix(line, "$env:N = "))
	default:
		body := strings.TrimPrefix(line, `set "N=`)
		return strings.TrimSuffix(body, `"`), !strings.ContainsAny(strings.TrimSuffix(body, `"`), "\"%!^\n")
	}
}

func unquoteSh(s string) (string, bool) {
	var out strings.Builder
	for s != "" {
		switch {
		case strings.HasPrefix(s, `\'`):
			out.WriteByte('\'')
			s = s[2:]
		case s[0] == '\'':
			body, rest, closed := strings.Cut(s[1:], "'")
			if !closed {
				return "", false
			}
			out.WriteString(body)
			s = rest
		default:
			return "", false
		}
	}
	return out.String(), true
}

func unquoteFish(s string) (string, bool) {
	var out strings.Builder
	if s == "" || s[0] != '\'' {
		return "", false
	}
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '\\' || s[i+1] == '\''):
			i++
			out.WriteByte(s[i])
		case s[i] == '\'':
			return out.String(), i == len(s)-1
		default:
			out.WriteByte(s[i])
		}
	}
	return "", false
}

func unquotePowerShell(s string) (string, bool) {
	isQuote := func(r rune) bool { return r == '\'' || r >= 0x2018 && r <= 0x201b }
	if len(s) < 2 || s[0] != '\'' || s[len(s)-1] != '\'' {
		return "", false
	}
	body := s[1 : len(s)-1]
	var out strings.Builder
	for body != "" {
		r, size := decode(body)
		out.WriteString(body[:size])
		body = body[size:]
		if isQuote(r) {
			second, n := decode(body)
			if !isQuote(second) {
				return "", false
			}
			body = body[n:]
		}
	}
	return out.String(), true
}
