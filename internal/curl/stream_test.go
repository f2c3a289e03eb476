package curl

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"authctl/internal/fault"
)

const (
	gibi = 1 << 30
	mebi = 1 << 20
)

// allocated is how much memory work takes from the heap in all, given back or not.
func allocated(work func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	work()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// counter is a writer that remembers no byte.
type counter struct{ n int64 }

func (c *counter) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return len(p), nil
}

func TestADownloadStreamsThroughTheGate(t *testing.T) {
	size := int64(gibi)
	if testing.Short() {
		size = 64 * mebi
	}
	chunk := make([]byte, 1<<18)
	api := newServer(t, func(_ int, w http.ResponseWriter, _ *http.Request) {
		for left := size; left > 0; left -= int64(len(chunk)) {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	})
	j := job(t, api, "-sS", "/")
	out := &counter{}
	j.Tokens, j.Out = &purse{kept: true}, out
	used := allocated(func() { run(t, j).want(t, 0, "") })
	if out.n != size || used > 8*mebi {
		t.Errorf("%d bytes arrived, %d allocated", out.n, used)
	}
}

func TestAnUploadFromStdinGoesStraightToCurl(t *testing.T) {
	const size = 100 * mebi
	path := filepath.Join(t.TempDir(), "body")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	sum := sha256.New()
	block := []byte(strings.Repeat("0123456789abcdef", 1<<12))
	for n := 0; n < size; n += len(block) {
		block[0]++
		_, _ = io.MultiWriter(f, sum).Write(block)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	api := newServer(t, nil)
	j := job(t, api, "-sS", "-T", "-", "/")
	j.In, j.Tokens = f, &purse{kept: true}
	used := allocated(func() { run(t, j).want(t, 0, "answer 1\n") })
	if got := api.seen()[0]; got.size != size || got.sum != fmt.Sprintf("%x", sum.Sum(nil)) {
		t.Errorf("%d bytes arrived", got.size)
	}
	if used > 8*mebi {
		t.Errorf("%d allocated", used)
	}
}

// A slow reader gets everything though curl ended long before.
func TestASlowReaderLosesNothing(t *testing.T) {
	body := strings.Repeat("x", 50<<10)
	api := newServer(t, func(_ int, w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) })
	j := job(t, api, "-sS", "/")
	out := &slowWriter{}
	j.Tokens, j.Out = &purse{kept: true}, out
	run(t, j).want(t, 0, "")
	if out.n != int64(len(body)) {
		t.Errorf("%d bytes arrived", out.n)
	}
}

type slowWriter struct {
	counter
	slept bool
}

func (w *slowWriter) Write(p []byte) (int, error) {
	if !w.slept {
		w.slept = true
		time.Sleep(killAfter + killAfter/4)
	}
	return w.counter.Write(p)
}

func TestCtrlCStopsCurl(t *testing.T) {
	began, ended := make(chan struct{}), make(chan struct{})
	api := newServer(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "begin\n")
		w.(http.Flusher).Flush()
		close(began)
		<-r.Context().Done()
		close(ended)
	})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-began
		cancel()
	}()
	j := job(t, api, "-sSN", "/", "/second")
	j.Tokens = &purse{kept: true}
	r := runIn(t, ctx, j)
	if fault.KindOf(r.fault) != fault.Interrupted || len(api.seen()) != 1 {
		t.Errorf("%+v", r)
	}
	select {
	case <-ended:
	case <-time.After(5 * time.Second):
		t.Error("curl goes on")
	}
}

// An answer appears as it comes: the gate opens with the status, not with the end.
func TestAnAnswerIsNotHeldBackOnceItsStatusIsKnown(t *testing.T) {
	seen := make(chan struct{})
	api := newServer(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "first\n")
		w.(http.Flusher).Flush()
		select {
		case <-seen:
			_, _ = io.WriteString(w, "second\n")
		case <-time.After(5 * time.Second):
		case <-r.Context().Done():
		}
	})
	j := job(t, api, "-sSN", "/")
	out := &notifying{seen: seen}
	j.Tokens, j.Out = &purse{kept: true}, out
	run(t, j).want(t, 0, "")
	if out.text != "first\nsecond\n" {
		t.Errorf("%q", out.text)
	}
}

type notifying struct {
	text string
	seen chan struct{}
}

func (w *notifying) Write(p []byte) (int, error) {
	if w.text == "" {
		close(w.seen)
	}
	w.text += string(p)
	return len(p), nil
}
