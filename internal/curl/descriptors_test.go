//go:build unix

package curl

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"authctl/internal/fault"
	"authctl/internal/secret"
)

// TestDescriptorHelper is the process that a shell started with descriptors 3,
// 4 and 9 open: it makes one call, as authctl does.
func TestDescriptorHelper(t *testing.T) {
	url := os.Getenv("DESCRIPTORS_URL")
	if url == "" {
		t.Skip("is run by TestTheUsersDescriptorsStayTheUsers")
	}
	j := Job{
		API:     API{Hosts: []string{strings.TrimPrefix(url, "http://")}, BaseURL: url, Scheme: "Bearer", Renew: true},
		Program: curlPath(t), Argv: strings.Split(os.Getenv("DESCRIPTORS_ARGV"), " "),
		In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Now: time.Now,
		Tokens: tokenFunc(func(bool) Token { return Token{Access: secret.New(tokenCanary), Type: "Bearer", Kept: true} }),
	}
	code, err := j.Run(t.Context())
	if err != nil {
		t.Log(err)
		code = 125
	}
	os.Exit(code)
}

func TestTheUsersDescriptorsStayTheUsers(t *testing.T) {
	var got []byte
	status := http.StatusOK
	api := newServer(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		got, _ = io.ReadAll(r.Body)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, "the answer\n")
	})
	for name, c := range map[string]struct {
		argv         string
		body, answer string // what arrived, what is in the file on descriptor 4
		code, status int
	}{
		"a body":                        {argv: "-d @/dev/fd/3", body: "from three"},
		"an upload":                     {argv: "-T /dev/fd/3", body: "from three"},
		"a body by another name":        {argv: "-d @/proc/self/fd/3", body: "from three"},
		"an answer":                     {argv: "-o /dev/fd/4", answer: "the answer\n"},
		"heads":                         {argv: "-o /dev/null -D /dev/fd/4", answer: "HTTP/1.1 200 OK\r\n"},
		"body and answer":               {argv: "-d @/dev/fd/3 -o /dev/fd/4", body: "from three", answer: "the answer\n"},
		"body and answer, a 401":        {argv: "-d @/dev/fd/3 -o /dev/fd/4", body: "from three", answer: "the answer\n", status: 401},
		"a pipe far up":                 {argv: "-d @/dev/fd/9 -o /dev/fd/4", body: "from nine", answer: "the answer\n"},
		"headers":                       {argv: "-H @/dev/fd/3 -o /dev/fd/4", answer: "the answer\n"},
		"not open":                      {argv: "-d @/dev/fd/5", code: 125},
		"not open, and ours perhaps":    {argv: "-d @/dev/fd/6 -o /dev/fd/4", code: 125},
		"not open, for the answer":      {argv: "-o /dev/fd/7", code: 125},
		"not open, for the heads":       {argv: "-D /dev/fd/5", code: 125},
		"not open, for headers":         {argv: "-H @/dev/fd/5", code: 125},
		"not open, in a folder":         {argv: "--output-dir /dev/fd -o 5", code: 125},
		"one body for two requests":     {argv: "-d @/dev/fd/9 /second", code: 125},
		"a body that looks like a name": {argv: "-d /dev/fd/5", body: "/dev/fd/5"},
	} {
		t.Run(name, func(t *testing.T) {
			api.reset()
			if got, status = nil, c.status; status == 0 {
				status = http.StatusOK
			}
			answer := filepath.Join(t.TempDir(), "answer")
			out, err := os.Create(answer)
			if err != nil {
				t.Fatal(err)
			}
			defer out.Close()
			cmd := exec.Command(os.Args[0], "-test.run=^TestDescriptorHelper$")
			cmd.Env = append(os.Environ(), "DESCRIPTORS_URL="+api.URL, "DESCRIPTORS_ARGV=-sS -H X-Do-Not-Read:1 "+c.argv+" /")
			cmd.ExtraFiles = make([]*os.File, 7)
			cmd.ExtraFiles[0], cmd.ExtraFiles[1], cmd.ExtraFiles[6] = filled(t, "from three"), out, filled(t, "from nine")
			text, err := cmd.CombinedOutput()
			if code := cmd.ProcessState.ExitCode(); code != c.code {
				t.Errorf("%d %v\n%s", code, err, text)
			}
			written, _ := os.ReadFile(answer)
			if string(got) != c.body || !strings.HasPrefix(string(written), c.answer) || c.answer == "" && len(written) > 0 {
				t.Errorf("body %q, answer %q\n%s", got, written, text)
			}
			if calls := api.seen(); c.code == 125 && len(calls) > 0 || c.code == 0 && calls[0].header.Get("Authorization") != "Bearer canary-token" {
				t.Errorf("%+v", calls)
			}
			if bytes.Contains(written, []byte("canary")) || bytes.Contains(got, []byte("canary")) {
				t.Error("the token is in the user's descriptors")
			}
		})
	}
}

// filled is a pipe with text in it, as a process substitution makes one.
func filled(t *testing.T, text string) *os.File {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	t.Cleanup(func() { _ = r.Close() })
	return r
}

func TestFindPlaces(t *testing.T) {
	body := transfer{options: []arg{{"data", "@/dev/fd/4", true}}, output: "/dev/fd/6"}
	for _, c := range []struct {
		open          []int
		all           []transfer
		config, heads int
	}{
		{nil, nil, 3, 4},
		{[]int{63}, nil, 3, 4},
		{[]int{3}, nil, 4, 5},
		{[]int{4}, nil, 3, 5},
		{[]int{3, 5}, []transfer{body}, 7, 8},
	} {
		if p := findPlaces(c.open, c.all); p.config != c.config || p.heads != c.heads || !slices.Equal(p.open, c.open) {
			t.Errorf("%+v: %+v", c, p)
		}
	}
}

func TestAPipeFeedsOneRequest(t *testing.T) {
	api := newServer(t, nil)
	for name, argv := range map[string][]string{
		"two requests":      {"-d", "@" + pipeWith(t, "x"), "/a", "/b"},
		"two bodies":        {"-d", "@-", "-d", "@-", "/a"},
		"headers and body":  {"-H", "@-", "-T", "-", "/a"},
		"body and a cookie": {"-d", "@-", "-b", "-", "/a"},
	} {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		if r := runIn(t, ctx, job(t, api, argv...)); fault.KindOf(r.fault) != fault.Usage || len(api.seen()) > 0 {
			t.Errorf("%s: %+v", name, r)
		}
	}
	pipe := pipeWith(t, "from a pipe")
	j := job(t, api, "-sS", "-d", "@"+pipe, "/a")
	j.Tokens = &purse{kept: true}
	run(t, j).want(t, 0, "answer 1\n")
	if got := api.seen()[0].size; got != int64(len("from a pipe")) {
		t.Errorf("%d bytes arrived", got)
	}
}

// Some systems do not open a descriptor's file anew: a second run would go on
// where the first one stopped.
func TestADescriptorIsUsedOnce(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "regular"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	name := descriptorName(int(f.Fd()))
	if repeatable([]arg{{"data", "@" + name, true}}) || overwritable(name) {
		t.Errorf("%s can be had again", name)
	}
	if !repeatable([]arg{{"data", "@" + f.Name(), true}}) || !overwritable(f.Name()) {
		t.Errorf("%s cannot be had again", f.Name())
	}
}
