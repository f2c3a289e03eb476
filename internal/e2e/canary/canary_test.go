//go:build e2e

package canary

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"authctl/internal/e2e/program"
	"authctl/internal/sandbox"
	"authctl/internal/sandbox/core"
)

// stage is a sandbox whose secrets are files, so that no environment holds them by contract.
type stage struct {
	*program.Authctl
	url      string
	trace    string
	canaries map[string]string // what it is -> the value
	keyFiles []string
}

func newStage(t *testing.T, faults ...string) *stage {
	t.Helper()
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is not installed")
	}
	s, err := sandbox.Start(t.Context(), sandbox.Options{Faults: faults, Now: time.Now, Rand: rand.Reader})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	st := &stage{url: s.URL, canaries: map[string]string{
		"an assertion": "<Assertion xmln", "a signed request": "<soap:Envelope xmlns:soa", // whole triples, for base64
	}}
	dir := t.TempDir()
	profiles := string(s.ProfilesYAML())
	for name, value := range s.Env() {
		if !strings.HasPrefix(name, "AUTHCTL_SECRET_") || value == "" {
			continue
		}
		st.canaries[name] = value
		if err := os.WriteFile(filepath.Join(dir, name), []byte(value), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	st.keys(t, profiles)
	st.Authctl = program.New(t, inFiles(profiles, dir))
	st.trace = filepath.Join(dir, "trace")
	return st
}

// keys makes canaries of what is private in the key files of the profiles: a
// line from the midst of a PEM, the d of a JWK, a whole JWT.
func (s *stage) keys(t *testing.T, profiles string) {
	t.Helper()
	private := regexp.MustCompile(`\\?"d\\?"\s*:\s*\\?"([\w-]{20,})`)
	for _, m := range regexp.MustCompile(`(?:key|assertion): "file:([^"#]+)`).FindAllStringSubmatch(profiles, -1) {
		raw, err := os.ReadFile(m[1])
		if err != nil {
			t.Fatal(err)
		}
		text := strings.TrimSpace(string(raw))
		if lines := strings.Split(text, "\n"); strings.HasPrefix(text, "-----BEGIN") {
			s.granted(m[1], lines[len(lines)/2])
		} else if d := private.FindStringSubmatch(text); d != nil {
			s.granted(m[1], d[1])
		} else {
			s.granted(m[1], text)
		}
		s.keyFiles = append(s.keyFiles, m[1])
	}
	if len(s.keyFiles) < 4 {
		t.Fatalf("only %d key files", len(s.keyFiles))
	}
}

// inFiles rewrites keyring:NAME of each profile to the file that holds it.
func inFiles(profiles, dir string) string {
	var out []string
	profile := ""
	name := regexp.MustCompile(`^  ([a-z-]+):$`)
	ref := regexp.MustCompile(`keyring:([a-z_]+)`)
	for line := range strings.Lines(profiles) {
		if m := name.FindStringSubmatch(strings.TrimSuffix(line, "\n")); m != nil {
			profile = strings.ToUpper(strings.ReplaceAll(m[1], "-", "_"))
		}
		out = append(out, ref.ReplaceAllStringFunc(line, func(r string) string {
			secret := strings.ToUpper(strings.TrimPrefix(r, "keyring:"))
			return "file:" + filepath.Join(dir, "AUTHCTL_SECRET_"+profile+"_"+secret)
		}))
	}
	return strings.ReplaceAll(strings.Join(out, ""), `""`, `"`)
}

// run is one command under strace; what it must not show is looked for in its
// stderr, in every argv and environment, and in the files it left.
func (s *stage) run(t *testing.T, stdin string, args ...string) (stdout string) {
	t.Helper()
	plain := s.Command(t, args...)
	cmd := exec.CommandContext(t.Context(), "strace", append([]string{"-f", "-v", "-s", "65536", "-e", "trace=execve,execveat", "-o", s.trace}, plain.Args...)...)
	cmd.Args[len(cmd.Args)-len(plain.Args)] = plain.Path
	cmd.Env, cmd.Dir, cmd.Stdin = plain.Env, plain.Dir, strings.NewReader(stdin)
	var out, errs strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &errs
	_ = cmd.Run()
	trace, err := os.ReadFile(s.trace)
	if err != nil || !strings.Contains(string(trace), "execve(") {
		t.Fatalf("strace saw nothing: %v\n%s", err, errs.String())
	}
	s.look(t, args, "stderr", errs.String())
	s.look(t, args, "an argv or environment", string(trace))
	s.files(t, args)
	return strings.TrimSpace(out.String())
}

func (s *stage) files(t *testing.T, args []string) {
	t.Helper()
	err := filepath.WalkDir(s.Home, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		raw, err := os.ReadFile(path)
		if err == nil {
			s.look(t, args, path, string(raw))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// look searches for every canary in every disguise that a program may give it.
func (s *stage) look(t *testing.T, args []string, where, text string) {
	t.Helper()
	for what, value := range s.canaries {
		for _, form := range []string{
			value, url.QueryEscape(value), hex.EncodeToString([]byte(value)), base64.StdEncoding.EncodeToString([]byte(value)),
			base64.RawURLEncoding.EncodeToString([]byte(value)),
		} {
			if strings.Contains(text, form) {
				t.Errorf("authctl %s: %s is in %s", strings.Join(args, " "), what, where)
				break
			}
		}
	}
}

// granted makes what a server granted a canary from now on.
func (s *stage) granted(what, value string) {
	if len(value) >= 16 {
		s.canaries[what] = value
	}
}

func TestNoSecretShowsAnywhere(t *testing.T) {
	s := newStage(t)
	for _, p := range []string{"santedb", "ardengem", "ardengem-cert", "helseid", "helseid-dpop", "klg", "salus"} {
		s.granted(p+" access token", s.run(t, "", "token", "-p", p, "-v"))
		s.run(t, "", "token", "-p", p, "-v", "--force", "-o", "headers")
		s.run(t, "", "curl", "-p", p, "--", "-sS", "/api/ping")
		s.exec(t, p)
		s.run(t, "", "profile", "show", p)
		s.run(t, "", "profile", "check", p)
		s.run(t, "", "secret", "list", "-p", p)
		s.run(t, "", "doctor", "-p", p, "-v")
	}
	for _, p := range []string{"salus", "santedb"} {
		s.granted(p+" refresh token", s.run(t, "", "token", "-p", p, "--select", "refresh_token"))
		s.granted(p+" refreshed", s.run(t, "", "refresh", "-p", p, "-v"))
	}
	s.granted("assertion", s.run(t, "", "assert", "-p", "klg"))
	s.granted("the assertion of an STS", s.run(t, "", "sts", "-p", "klg", "-o", "base64url", "-v"))
	s.run(t, "", "sts", "-p", "klg", "-v", "--show-request")
	s.run(t, "", "exchange", "-p", "klg", "-v", "--force", "--sts-claim", "dk:gov:saml:attribute:CvrNumberIdentifier=29189854")
	s.granted("exchanged", s.run(t, s.assertion(t), "exchange", "-p", "klg", "--subject-token", "-", "-v"))
	s.granted("exchange's refresh token", s.run(t, "", "token", "-p", "klg", "--select", "refresh_token"))
	s.granted("refreshed", s.run(t, "", "refresh", "-p", "klg", "-v", "--param", "organization_id=1"))
	for _, file := range s.keyFiles {
		s.run(t, "", "kid", file, "--as", "all")
		s.run(t, "", "kid", file, "--jwk")
	}
	s.run(t, s.canaries["klg access token"], "decode", "-", "-v")
	s.run(t, s.canaries["klg access token"], "decode", "--verify", "-p", "klg", "-v")
	s.granted("secret for the keyring", "canary-secret-for-the-keyring")
	s.run(t, "canary-secret-for-the-keyring", "secret", "set", "client_secret", "-p", "salus", "-v")
	s.run(t, "", "login-pkce", "-p", "salus", "--no-browser", "--timeout", "500ms", "-v")
	s.run(t, "", "profile", "list")
	s.run(t, "", "status")
	s.run(t, "", "status", "-o", "json")
	s.run(t, "", "logout", "-p", "salus", "-v")
	s.run(t, "", "logout", "--all", "-v")
	if len(s.canaries) < 12 {
		t.Errorf("only %d canaries: the commands printed nothing", len(s.canaries))
	}
}

// exec: COMMAND's own environment holds the token and api.headers by contract;
// what the token is made of is there no more than elsewhere.
func (s *stage) exec(t *testing.T, p string) {
	t.Helper()
	all := s.canaries
	defer func() { s.canaries = all }()
	s.canaries = maps.Clone(all)
	maps.DeleteFunc(s.canaries, func(what, _ string) bool {
		return what == p+" access token" || strings.HasSuffix(what, "_SUBSCRIPTION_KEY") // in api.headers
	})
	if out := s.run(t, "", "exec", "-p", p, "-v", "--", "sh", "-c", `test -n "$AUTHCTL_ACCESS_TOKEN" && echo ran`); out != "ran" {
		t.Errorf("exec -p %s says %q", p, out)
	}
}

func TestNoSecretShowsInFailures(t *testing.T) {
	faults := []string{
		"429", "503", "html", "bad-json", "empty", "redirect", "truncated", "drop", "wrong-type", "clock", "klg-no-agreement",
		"500", "lost-answer", "evil-token", "wrong-expiry", "huge", "nonce", "klg-invalid-token",
	}
	for _, f := range core.FaultList() {
		if strings.HasPrefix(f.Name, "sts-") {
			faults = append(faults, f.Name)
		}
	}
	for _, fault := range faults {
		t.Run(fault, func(t *testing.T) {
			s := newStage(t, fault)
			for _, p := range []string{"santedb", "ardengem", "klg", "salus"} {
				s.run(t, "", "token", "-p", p, "-v", "-o", "header")
				s.run(t, "", "curl", "-p", p, "--", "-sS", "/api/ping")
			}
			s.run(t, "", "sts", "-p", "klg", "-v", "--force", "-o", "json")
			s.run(t, "canary-refresh-token-value", "refresh", "-p", "salus", "-v", "--refresh-token", "-")
		})
	}
}

func (s *stage) assertion(t *testing.T) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "curl", "-sS", s.url+"/klg/sts/assertion").Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}
