package cmd

import (
	"bufio"
	"context"
	"errors"
	"io"
	"strings"

	"authctl/internal/app"
	"authctl/internal/fault"
	"authctl/internal/files"
	"authctl/internal/secret"
	"authctl/internal/shown"
)

// asker puts questions on stderr and takes lines of stdin for answers.
type asker struct {
	c     *cli
	app   *app.App
	lines func(ctx context.Context) (string, error)
}

// person is true when somebody sits at the terminal.
func (a *asker) person() bool { return a.c.sys.IsTerminal != nil && a.c.sys.IsTerminal(0) }

// line asks for one line. At the end of stdin it is io.EOF within a usage fault.
func (a *asker) line(ctx context.Context, label string) (string, error) {
	_ = shown.Fprintf(a.c.sys.Err, "%s: ", shown.Line(label))
	text, err := a.lines(ctx)
	if !a.person() {
		_ = shown.Fprintf(a.c.sys.Err, "\n")
	}
	if errors.Is(err, io.EOF) {
		return "", fault.New(fault.Usage, "stdin ended before the answer to %q: %w", label, err)
	}
	return strings.TrimSpace(text), err
}

// agreed asks whether to do what is proposed; a script is not asked, and has not agreed.
func (a *asker) agreed(ctx context.Context, what string) bool {
	if !a.person() {
		return false
	}
	answer, err := a.line(ctx, what+" [Y/n]")
	return err == nil && (answer == "" || affirmed(answer))
}

// hidden asks a person for a secret without echo; a script gives a line.
func (a *asker) hidden(ctx context.Context, label string) (secret.Text, error) {
	if a.person() && a.c.sys.Prompt != nil {
		return a.c.sys.Prompt(ctx, label)
	}
	_ = shown.Fprintf(a.c.sys.Err, "%s: \n", label)
	text, err := a.lines(ctx)
	return secret.New(strings.TrimRight(text, "\r\n")), err
}

// maxLine bounds one answer.
const maxLine = 64 << 10

// lineReader reads r line by line.
func lineReader(r io.Reader) func(ctx context.Context) (string, error) {
	in := bufio.NewReaderSize(r, maxLine)
	return func(ctx context.Context) (string, error) {
		return files.Beside(ctx, func() (string, error) {
			line, err := in.ReadSlice('\n')
			if errors.Is(err, io.EOF) && len(line) > 0 {
				err = nil // the last line may lack its end
			}
			return string(line), err
		})
	}
}
