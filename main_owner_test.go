//go:build linux

package main

import (
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Under sudo -E root has a user's HOME: whatever it does there, nothing changes.
func TestRootChangesNothingInAUsersHome(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("only root can give a folder away")
	}
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if strings.Contains(r.URL.Path, "well-known") {
			_, _ = fmt.Fprintf(w, `{"issuer":%q,"token_endpoint":%q}`, server.URL, server.URL+"/token")
			return
		}
		_, _ = w.Write([]byte(`{"access_token":"a","token_type":"Bearer","expires_in":3600,"refresh_token":"r1"}`))
	}))
	defer server.Close()
	own := home(t, "profiles:\n  work: {issuer: \""+server.URL+"\", client: {id: x, auth: none}}\n")
	given, portal := filepath.Join(own, "given"), filepath.Join(own, "client.json")
	for file, text := range map[string]string{
		given:  "r1",
		portal: `{"clientId":"0d2f7a7e-1111-4222-8333-444455556666","clientName":"x","privateJwk":"{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\",\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\",\"d\":\"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE\"}"}`,
	} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, folders := range [][]string{nil, {".cache/authctl", ".config/authctl/profiles.d", ".local/state/authctl/records/file", ".local/state/authctl/locks"}} {
		theirs := t.TempDir()
		for _, f := range folders {
			if err := os.MkdirAll(filepath.Join(theirs, f), 0o700); err != nil {
				t.Fatal(err)
			}
		}
		give(t, theirs)
		before := listed(t, theirs)
		for _, args := range [][]string{
			{"token", "-p", "work"},
			{"token", "-p", "work", "--force"},
			{"refresh", "-p", "work", "--refresh-token", given},
			{"status"},
			{"logout", "-p", "work"},
			{"doctor", "-p", "work"},
			{"profile", "import", portal, "--name", "portal", "--key-in", "file"},
			{"secret", "set", "client_secret", "-p", "work"},
		} {
			p := program(t, own, args...)
			p.Env = append(p.Env, "HOME="+theirs)
			p.Stdin = strings.NewReader("a-secret")
			if args[0] == "profile" {
				p.Env = append(p.Env, "AUTHCTL_CONFIG=") // the default place
			}
			code := p.run(20 * time.Second)
			if (args[0] == "refresh" || args[0] == "profile") && (code == 0 || !strings.Contains(p.err.String(), "uid 12345")) {
				t.Errorf("%v: exit %d, %s", args, code, &p.err)
			}
			if after := listed(t, theirs); after != before {
				t.Fatalf("%v: exit %d, before:\n%s\nafter:\n%s", args, code, before, after)
			}
		}
	}
}

// give makes everything below dir another user's.
func give(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		if err == nil {
			err = os.Lchown(path, 12345, 12345)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// listed is every file below dir, with its size, mode and time.
func listed(t *testing.T, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := d.Info()
		if err == nil {
			_, _ = fmt.Fprintln(&b, path, info.Size(), info.Mode(), info.ModTime().UnixNano())
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}
