package curl

import (
	"context"
	"io"
	"os"
	"os/exec"
	"time"

	"authctl/internal/fault"
)

// killAfter is how long curl may take to end after it was interrupted.
const killAfter = 2 * time.Second

// process is one run of curl.
type process struct {
	program  string
	argv     []string
	environ  []string // nil: authctl's own
	hidden   []string // names of variables that curl must not get
	in       io.Reader
	out, err io.Writer
	config   string          // "" for none
	heads    func(io.Reader) // nil: nobody reads them
	places   places          // of the two among curl's descriptors
}

// run starts curl and waits for it and for everything it wrote; the code is
// curl's own. An error means that curl did not run.
func (p process) run(ctx context.Context) (code int, err error) {
	cmd := exec.CommandContext(ctx, p.program, p.argv...)
	cmd.Env, cmd.Stdin = p.environ, p.in
	cmd.Env = childEnviron(cmd.Environ(), p.hidden)
	cmd.Cancel = func() error { return interrupt(cmd.Process) }
	cmd.WaitDelay = killAfter
	w := &wires{}
	defer w.closeAll()
	ours := map[int]*os.File{}
	if p.config != "" {
		ours[p.places.config] = w.feed(p.config)
	}
	if p.heads != nil {
		ours[p.places.heads] = w.drain(p.heads)
	}
	if w.failed == nil {
		var dups []*os.File
		cmd.ExtraFiles, dups, w.failed = p.places.extraFiles(ours)
		w.child = append(w.child, dups...)
	}
	cmd.Stdout, cmd.Stderr = w.output(p.out), w.output(p.err)
	if w.failed == nil {
		w.failed = cmd.Start()
	}
	w.closeChildEnds()
	if w.failed != nil {
		return 0, fault.New(fault.Internal, "starting curl: %w", w.failed)
	}
	w.start()
	_ = cmd.Wait() // the state says all
	w.side.Wait()
	return exitCode(cmd.ProcessState), nil
}

// exitCode is curl's, or 128 and the signal that ended it, as a shell says it.
func exitCode(s *os.ProcessState) int {
	if s == nil {
		return 1
	}
	if code := s.ExitCode(); code >= 0 {
		return code
	}
	return signalCode(s)
}
