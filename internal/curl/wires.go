package curl

import (
	"io"
	"os"
	"strings"
	"sync"
)

// wires are the pipes between authctl and one run of curl. They are not left
// to os/exec: it stops waiting for output some time after the process has
// ended, and a reader that is slower than that would lose the rest.
type wires struct {
	child  []*os.File // curl's ends
	ours   []*os.File
	pumps  []func()
	side   sync.WaitGroup
	failed error
}

func (w *wires) pipe() (reading, writing *os.File, ok bool) {
	if w.failed != nil {
		return nil, nil, false
	}
	r, in, err := os.Pipe()
	if err != nil {
		w.failed = err
		return nil, nil, false
	}
	w.ours = append(w.ours, r, in)
	return r, in, true
}

// feed is the end that curl reads text from.
func (w *wires) feed(text string) *os.File {
	r, in, ok := w.pipe()
	if !ok {
		return nil
	}
	w.child = append(w.child, r)
	w.pumps = append(w.pumps, func() {
		// A curl that ended before it read its config is told by its exit code.
		_, _ = io.Copy(in, strings.NewReader(text))
		_ = in.Close()
	})
	return r
}

// drain is the end that curl writes to while read reads.
func (w *wires) drain(read func(io.Reader)) *os.File {
	r, in, ok := w.pipe()
	if !ok {
		return nil
	}
	w.child = append(w.child, in)
	w.pumps = append(w.pumps, func() {
		read(r)
		_ = r.Close() // curl is told with EPIPE when nobody reads any more
	})
	return in
}

// output is what curl gets as stdout or stderr: the file itself where to is
// one, so that nothing stands between curl and the user.
func (w *wires) output(to io.Writer) io.Writer {
	if f, ok := to.(*os.File); ok || to == nil {
		if f == nil {
			return nil
		}
		return f
	}
	f := w.drain(func(r io.Reader) { _, _ = io.Copy(to, r) })
	if f == nil {
		return nil
	}
	return f
}

func (w *wires) closeChildEnds() {
	for _, f := range w.child {
		_ = f.Close()
	}
}

// start begins to pump; curl runs by then.
func (w *wires) start() {
	for _, pump := range w.pumps {
		w.side.Go(pump)
	}
}

func (w *wires) closeAll() {
	for _, f := range w.ours {
		_ = f.Close()
	}
}
