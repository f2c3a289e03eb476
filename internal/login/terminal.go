package login

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"authctl/internal/shown"
)

// Terminal is where a person is spoken to: stderr.
type Terminal struct {
	Err   io.Writer
	Live  bool // stderr is a terminal, so a line may be painted over
	Quiet bool // nothing but what the person must act on
	// Colour is false where no escape sequence may be written, of whatever kind.
	Colour bool
	// Columns is how wide a terminal it is, 0 when nobody knows; nil: unknown.
	Columns func() int
}

// Fits is false for a text of so many columns that this terminal would break it.
func (t Terminal) Fits(columns int) bool {
	if !t.Live || t.Columns == nil {
		return true
	}
	width := t.Columns()
	return width <= 0 || columns <= width
}

// Say prints one line that must be seen even with --quiet.
func (t Terminal) Say(format string, args ...any) {
	var s shown.Screen
	if t.Live && t.Columns != nil {
		s.Width = t.Columns()
	}
	_ = shown.Fit(t.Err, s, 2, format+"\n", args...)
}

// Note prints one line of progress.
func (t Terminal) Note(format string, args ...any) {
	if !t.Quiet {
		t.Say(format, args...)
	}
}

// Paint replaces the line that the cursor is on; "" wipes it.
func (t Terminal) Paint(line string) {
	wipe := "\r\x1b[K"
	if !t.Colour {
		width := 80
		if t.Columns != nil && t.Columns() > 0 {
			width = t.Columns()
		}
		wipe = "\r" + strings.Repeat(" ", width-1) + "\r"
	}
	_, _ = io.WriteString(t.Err, wipe)
	_ = shown.Fprintf(t.Err, "%s", line)
}

// Draw prints a picture of our own making, several whole lines of it.
func (t Terminal) Draw(picture string) { _, _ = io.WriteString(t.Err, picture) }

// Waiting shows what is waited for and how long it still will be, until stop
// is called; stop wipes the line. Where nothing can be painted over it is one line.
func (t Terminal) Waiting(ctx context.Context, what string, limit time.Duration) (stop func()) {
	if t.Quiet {
		return func() {}
	}
	if !t.Live {
		t.Say("Waiting for %s, up to %s.", what, plain(limit))
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	done := make(chan struct{})
	go func() {
		defer close(done)
		t.count(ctx, what, limit)
	}()
	return func() {
		cancel()
		<-done
	}
}

// count repaints one line every second. It counts ticks: the clock on the
// wall may jump.
func (t Terminal) count(ctx context.Context, what string, left time.Duration) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	defer t.Paint("")
	for {
		line := fmt.Sprintf("Waiting for %.40s, %s left (Ctrl-C stops)", what, plain(left)) // one line of 80
		if !t.Fits(len(line) + 1) {
			line = plain(left) + " left" // a broken line would be painted again and again
		}
		t.Paint(line)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			left = max(0, left-time.Second)
		}
	}
}

// plain is a duration as minutes and seconds.
func plain(d time.Duration) string {
	d = d.Round(time.Second)
	return fmt.Sprintf("%d:%02d", int(d.Minutes()), int(d.Seconds())%60)
}
