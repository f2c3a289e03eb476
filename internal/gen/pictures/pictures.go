package pictures

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// scene is one picture: what is typed, and what it shows.
type scene struct {
	file, title string
	typed       string // behind the prompt
	last        string // what stands there when the picture is taken, "" for the end of the command
}

func scenes() []scene {
	return []scene{
		{"terminal-help.svg", "authctl without arguments ends with its flags and help topics", "authctl", ""},
		{"terminal-token.svg", "authctl token with a wrong secret: what the server said, and how to fix it", "authctl token -p billing", ""},
		{"terminal-status.svg", "authctl status: which tokens are kept, and for how long", "authctl status", ""},
		{"terminal-doctor.svg", "authctl doctor: a line for each check of a profile", "authctl doctor -p billing", ""},
		{"terminal-login-device.svg", "authctl login-device: a QR code, an address and a code", "authctl login-device -p tablet", "(Ctrl-C stops)"},
		{"terminal-decode.svg", "authctl decode: the header and the claims of a token", "authctl decode token.txt", ""},
	}
}

// home is where the user of the pictures seems to live. A folder with a name as
// long is made for it, so that lines break where they would there.
const home = "/home/kari"

const profiles = `version: 1
default_profile: work
store: file
profiles:
  work:
    issuer: https://` + host + `
    client: {id: kari, auth: none}
    grant: device_code
    scopes: [orders.read, offline_access]
  orders:
    issuer: https://` + host + `
    client: {id: orders, secret: "env:ORDERS_SECRET"}
    scopes: [orders.write]
  billing:
    issuer: https://` + host + `
    client: {id: billing, secret: "env:BILLING_SECRET"}
    scopes: [invoices.read]
  tablet:
    issuer: https://` + host + `
    client: {id: waiting, auth: none}
    grant: device_code
`

// studio is the user's machine.
type studio struct {
	server *server
	folder string
	env    []string
}

// newStudio builds authctl of the tree root into a machine of its own, and keeps
// some tokens there.
func newStudio(ctx context.Context, root string) (s *studio, err error) {
	s = &studio{}
	if s.server, err = newServer(); err != nil {
		return nil, err
	}
	for err = error(os.ErrExist); errors.Is(err, os.ErrExist); {
		s.folder = "/tmp/" + strings.ToLower(rand.Text()[:len(home)-len("/tmp/")])
		err = os.Mkdir(s.folder, 0o700)
	}
	if err != nil {
		return nil, err
	}
	s.env = []string{
		"HOME=" + s.folder, "PATH=" + s.folder + "/bin", "TERM=xterm", "TZ=UTC", "HTTPS_PROXY=" + s.server.URL,
		"SSL_CERT_FILE=" + s.folder + "/ca.pem", "ORDERS_SECRET=right", "BILLING_SECRET=wrong",
	}
	build := exec.CommandContext(ctx, "go", "build", "-o", s.folder+"/bin/authctl", ".")
	build.Dir, build.Stderr = root, os.Stderr
	token, err := signed(time.Now())
	err = errors.Join(err, build.Run(), os.MkdirAll(s.folder+"/.config/authctl", 0o700))
	for name, text := range map[string]string{".config/authctl/profiles.yaml": profiles, "ca.pem": string(s.server.authority), "token.txt": token} {
		err = errors.Join(err, os.WriteFile(filepath.Join(s.folder, name), []byte(text), 0o600))
	}
	for _, args := range [][]string{{"token", "-p", "orders"}, {"login-device", "-p", "work"}} {
		if out, failed := s.command(ctx, args, nil).CombinedOutput(); failed != nil {
			err = errors.Join(err, fmt.Errorf("%v: %w: %s", args, failed, out))
		}
	}
	return s, err
}

func (s *studio) close() {
	s.server.Close()
	_ = os.RemoveAll(s.folder)
}

func (s *studio) command(ctx context.Context, args, env []string) *exec.Cmd {
	c := exec.CommandContext(ctx, s.folder+"/bin/authctl", args...)
	c.Dir, c.Env = s.folder, slices.Concat(s.env, env)
	return c
}

// run is what a scene's command writes to its terminal, with its prompt, times masked.
func (s *studio) run(ctx context.Context, one scene, env ...string) (string, error) {
	out, err := atTerminal(s.command(ctx, strings.Fields(one.typed)[1:], env), one.last)
	return "$ " + one.typed + "\r\n" + masked(strings.ReplaceAll(out, s.folder, home)), err
}

// masked has what differs from run to run, each with as many characters.
func masked(out string) string {
	for pattern, with := range map[string]string{
		`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \(1 h ago`: "2026-11-26 08:25:00 UTC (1 h ago",
		`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d UTC \(in 1 h`:  "2026-11-26 11:20:00 UTC (in 1 h",
		`until \d{4}-\d\d-\d\d\b`:                      "until 2027-02-24",
		`1h\d+m\d+s {2,6}`:                             "1h49m28s    ", // in a column that its head makes 10 wide
		`\d[\d.]*m?s, through the proxy 127.0.0.1:\d+`: "21ms, through the proxy 127.0.0.1:33128",
		`\b9:5\d left`:                                 "10:00 left",
	} {
		out = regexp.MustCompile(pattern).ReplaceAllString(out, with)
	}
	return out
}

// signed is a token for decode, whose times are as many hours away whenever a picture is taken.
func signed(now time.Time) (string, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", err
	}
	part := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	text := part(`{"alg":"ES256","kid":"2026-10","typ":"at+jwt"}`) + "." + part(fmt.Sprintf(
		`{"iss":"https://%s","sub":"kari@example.org","aud":"https://api.example.org","client_id":"kari","scope":"orders.read","iat":%d,"exp":%d,"jti":"9f1c2a"}`,
		host, now.Add(-65*time.Minute).Unix(), now.Add(time.Hour+50*time.Minute).Unix()))
	hash := sha256.Sum256([]byte(text))
	r, sum, err := ecdsa.Sign(rand.Reader, key, hash[:])
	if err != nil {
		return "", err
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(append(r.FillBytes(make([]byte, 32)), sum.FillBytes(make([]byte, 32))...)), nil
}

// Draw gives every picture of the tree root by its file's name. On a machine
// without pseudo-terminals there are none.
func Draw(ctx context.Context, root string) (map[string]string, error) {
	s, err := newStudio(ctx, root)
	if err != nil {
		return nil, err
	}
	defer s.close()
	made := map[string]string{}
	for _, one := range scenes() {
		out, err := s.run(ctx, one)
		if errors.Is(err, errNoTerminal) {
			return nil, nil
		} else if err != nil {
			return nil, err
		}
		made[one.file] = shows(out).svg(one.title)
	}
	return made, nil
}
