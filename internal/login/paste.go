package login

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/url"
	"strings"

	"authctl/internal/fault"
)

// pasted is one line that a person, or a script, gave.
type pasted struct {
	answer answer
	err    error
}

// readPasted reads lines until one is the answer. A line that is not is said
// to be wrong and, on a terminal, may be followed by a better one; from a
// file or a pipe it ends the login. The reader is left behind when ctx ends:
// nothing can interrupt a read of stdin.
func (f Flow) readPasted(ctx context.Context, in io.Reader, target string, read reader) <-chan pasted {
	out := make(chan pasted, 1)
	go func() {
		lines := bufio.NewScanner(in)
		lines.Buffer(nil, 2*maxQuery)
		last := error(fault.New(fault.Login, "stdin ended before the redirected address was pasted").
			Hint("paste the whole address that the browser ends at, or pipe it in"))
		for lines.Scan() && ctx.Err() == nil {
			line := strings.TrimSpace(lines.Text())
			if line == "" {
				continue
			}
			a, err := parsePasted(line, target, read)
			if err == nil {
				out <- pasted{answer: a}
				return
			}
			last = notTheAnswer(err)
			if f.PasteLive {
				f.Terminal.Say("That is not it: %s. Paste the whole address the browser ended at:", err)
				continue
			}
			break
		}
		if lines.Err() != nil && ctx.Err() == nil {
			last = notTheAnswer(errTooLong)
		}
		out <- pasted{err: last}
	}()
	return out
}

func notTheAnswer(why error) error {
	return fault.New(fault.Invalid, "what was pasted is not the answer to this login: %w", why).
		Hint("log in with the address of this run, and paste the whole address that the browser then ends at")
}

var errTooLong = errors.New("it is longer than any answer")

var errElsewhere = errors.New("it is not at the redirect URI of this login")

// parsePasted takes a whole redirected address, or its query alone.
func parsePasted(line, target string, read reader) (answer, error) {
	got, err := url.Parse(line)
	if err != nil {
		return answer{}, errQuery
	}
	if got.Scheme == "" {
		return read(strings.TrimPrefix(line, "?"))
	}
	want, err := url.Parse(target)
	if err != nil {
		return answer{}, errElsewhere
	}
	same := got.Scheme == want.Scheme && strings.EqualFold(got.Host, want.Host) && trimmedPath(got) == trimmedPath(want)
	if !same {
		return answer{}, errElsewhere
	}
	return read(got.RawQuery)
}

// trimmedPath: browsers add the slash that an empty path stands for.
func trimmedPath(u *url.URL) string {
	if p := u.EscapedPath(); p != "/" {
		return p
	}
	return ""
}
