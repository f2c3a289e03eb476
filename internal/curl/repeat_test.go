package curl

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// rejecting answers 401 to the first n calls.
func rejecting(n int, body string) func(int, http.ResponseWriter, *http.Request) {
	return func(i int, w http.ResponseWriter, _ *http.Request) {
		if i <= n {
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, body)
			return
		}
		fmt.Fprintf(w, "answer %d\n", i)
	}
}

func TestA401OnAKeptTokenIsRepeatedOnceWithANewOne(t *testing.T) {
	file := filepath.Join(t.TempDir(), "body")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, argv := range [][]string{
		{"-sS", "/"},
		{"-sS", "-d", "a=b", "/"},
		{"-sS", "-d", "@" + file, "/"},
		{"-sS", "-T", file, "/"},
		{"-sS", "-f", "/"},
		{"-sS", "--fail-with-body", "/"},
		{"-sSf", "-w", "", "/"},
	} {
		api := newServer(t, rejecting(1, "old token\n"))
		j := job(t, api, argv...)
		p := &purse{kept: true}
		j.Tokens = p
		r := run(t, j)
		r.want(t, 0, "answer 2\n")
		api.wantTokens(t, 1, 2)
		if p.renews != 1 || r.err != "" {
			t.Errorf("%v: %d renewals, stderr %q", argv, p.renews, r.err)
		}
	}
}

func TestWhenA401PassesThrough(t *testing.T) {
	fifo := "/dev/stdin"
	for name, c := range map[string]struct {
		argv   []string
		change func(*Job)
		tokens []int
		out    string
		code   int
	}{
		"a new token":      {change: func(j *Job) { j.Tokens = &purse{} }, tokens: []int{1}},
		"twice 401":        {tokens: []int{1, 2}},
		"no-retry":         {change: func(j *Job) { j.Renew = false }, tokens: []int{1}},
		"single use":       {change: func(j *Job) { j.SingleUse = true }, tokens: []int{1}},
		"keep_on":          {change: func(j *Job) { j.KeepOn = []string{"something", "denied due"} }, tokens: []int{1}},
		"keep_on, -f":      {argv: []string{"-f"}, change: func(j *Job) { j.KeepOn = []string{"denied due"} }, tokens: []int{1}, out: "-", code: 22},
		"body from -d @-":  {argv: []string{"-d", "@-"}, tokens: []int{1}},
		"body from -T -":   {argv: []string{"-T", "-"}, tokens: []int{1}},
		"body from -T .":   {argv: []string{"-T", "."}, tokens: []int{1}},
		"body from -F @-":  {argv: []string{"-F", "x=@-;type=text/plain"}, tokens: []int{1}},
		"body from -F <-":  {argv: []string{"-F", "x=<-"}, tokens: []int{1}},
		"headers from -H":  {argv: []string{"-H", "@-"}, tokens: []int{1, 2}}, // they are kept
		"url-encoded":      {argv: []string{"--data-urlencode", "x@-"}, tokens: []int{1}},
		"--json":           {argv: []string{"--json", "@-"}, tokens: []int{1}},
		"body from a pipe": {argv: []string{"-d", "@" + fifo}, tokens: []int{1}},
		"no new token":     {change: func(j *Job) { j.Tokens = &purse{kept: true, failAt: 2} }, tokens: []int{1}},
	} {
		t.Run(name, func(t *testing.T) {
			api := newServer(t, rejecting(9, "Access denied due to missing subscription key\n"))
			j := job(t, api, append(append([]string{"-sS"}, c.argv...), "/")...)
			j.Tokens, j.In = &purse{kept: true}, strings.NewReader("x")
			if c.change != nil {
				c.change(&j)
			}
			want := "Access denied due to missing subscription key\n"
			if c.out == "-" {
				want = ""
			}
			r := run(t, j)
			r.want(t, c.code, want)
			api.wantTokens(t, c.tokens...)
			if name == "no new token" && len(r.warnings) != 1 {
				t.Errorf("%v", r.warnings)
			}
		})
	}
}

func TestARepeatedRequestLeavesOneAnswerInFilesAndStreams(t *testing.T) {
	dir := t.TempDir()
	body, heads := filepath.Join(dir, "body"), filepath.Join(dir, "heads")
	for name, c := range map[string]struct {
		argv   []string
		keepOn string
		tokens []int
		body   string // in the file
		check  func(t *testing.T, r result)
	}{
		"-o":          {argv: []string{"-o", body}, tokens: []int{1, 2}, body: "answer 2\n"},
		"-o, keep_on": {argv: []string{"-o", body}, keepOn: "old", tokens: []int{1}, body: "old token, and much longer\n"},
		"--output-dir, keep_on": {
			argv: []string{"--output-dir", dir, "-o", "body"}, keepOn: "old", tokens: []int{1}, body: "old token, and much longer\n",
		},
		"-i": {argv: []string{"-i"}, tokens: []int{1, 2}, check: func(t *testing.T, r result) {
			if !strings.HasPrefix(r.out, "HTTP/1.1 200") || !strings.HasSuffix(r.out, "\r\n\r\nanswer 2\n") || strings.Contains(r.out, "401") {
				t.Errorf("%q", r.out)
			}
		}},
		"-D -": {argv: []string{"-D", "-"}, tokens: []int{1, 2}, check: func(t *testing.T, r result) {
			if !strings.HasPrefix(r.out, "HTTP/1.1 200") || !strings.HasSuffix(r.out, "\r\n\r\nanswer 2\n") || strings.Contains(r.out, "401") {
				t.Errorf("%q", r.out)
			}
		}},
		"-D file": {argv: []string{"-D", heads}, tokens: []int{1, 2}, check: func(t *testing.T, r result) {
			got, _ := os.ReadFile(heads)
			if r.out != "answer 2\n" || !strings.HasPrefix(string(got), "HTTP/1.1 200") || strings.Contains(string(got), "401") {
				t.Errorf("%q %q", r.out, got)
			}
		}},
		"-w": {argv: []string{"-w", "%{http_code}\n"}, tokens: []int{1, 2}, check: func(t *testing.T, r result) {
			if r.out != "answer 2\n200\n" {
				t.Errorf("%q", r.out)
			}
		}},
		"-I": {argv: []string{"-I"}, tokens: []int{1, 2}, check: func(t *testing.T, r result) {
			if !strings.HasPrefix(r.out, "HTTP/1.1 200") {
				t.Errorf("%q", r.out)
			}
		}},
		"-fo": {argv: []string{"-f", "-o", body}, tokens: []int{1, 2}, body: "answer 2\n"},
		"-C":  {argv: []string{"-C", "0"}, tokens: []int{1}, check: func(*testing.T, result) {}},
	} {
		t.Run(name, func(t *testing.T) {
			_ = os.Remove(body)
			api := newServer(t, rejecting(1, "old token, and much longer\n"))
			j := job(t, api, append(append([]string{"-sS"}, c.argv...), "/")...)
			j.Tokens = &purse{kept: true}
			if c.keepOn != "" {
				j.KeepOn = []string{c.keepOn}
			}
			r := run(t, j)
			api.wantTokens(t, c.tokens...)
			if c.check != nil {
				c.check(t, r)
				return
			}
			r.want(t, 0, "")
			if got, _ := os.ReadFile(body); string(got) != c.body {
				t.Errorf("file %q", got)
			}
		})
	}
}

func TestA401TooLargeToHoldIsPassedOnWhole(t *testing.T) {
	large := strings.Repeat("0123456789abcdef", maxHeld/8)
	api := newServer(t, rejecting(9, large))
	j := job(t, api, "-sS", "/")
	j.Tokens = &purse{kept: true}
	run(t, j).want(t, 0, large)
	api.wantTokens(t, 1)
}

// A pipe and a terminal cannot take an answer back, and to read from them what
// curl wrote would wait for ever.
func TestA401InAPipeIsTheAnswer(t *testing.T) {
	fifo := filepath.Join(t.TempDir(), "fifo")
	if out, err := exec.Command("mkfifo", fifo).CombinedOutput(); err != nil {
		t.Skipf("no mkfifo: %s", out)
	}
	api := newServer(t, rejecting(9, "old token\n"))
	j := job(t, api, "-sS", "-o", fifo, "/")
	j.Tokens, j.KeepOn = &purse{kept: true}, []string{"something else"}
	read := make(chan string)
	go func() {
		b, _ := os.ReadFile(fifo)
		read <- string(b)
	}()
	run(t, j).want(t, 0, "")
	if got := <-read; got != "old token\n" {
		t.Errorf("%q", got)
	}
	api.wantTokens(t, 1)
}

func TestStdoutByAnotherNameIsStdout(t *testing.T) {
	api := newServer(t, rejecting(1, "old token\n"))
	j := job(t, api, "-sS", "-o", "/dev/stdout", "/")
	j.Tokens, j.KeepOn = &purse{kept: true}, []string{"something else"}
	run(t, j).want(t, 0, "answer 2\n")
	api.wantTokens(t, 1, 2)
}
