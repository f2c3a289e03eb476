package trust

import (
	"io"
	"os"
	"testing"
	"time"
)

// docs/threats.md 46: a bundle that is regular by its mode and says nothing.
func TestABundleThatSaysNothing(t *testing.T) {
	const silent = "/proc/kmsg"
	f, err := os.Open(silent)
	if err != nil {
		t.Skip(err)
	}
	_ = f.Close()
	d := Deps{Env: func(name string) (string, bool) {
		if name != "SSL_CERT_FILE" {
			return "", false
		}
		return silent, true
	}}
	done := make(chan struct{})
	go func() {
		d.addSystem(t.Context(), io.Discard)
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(5 * time.Second):
		t.Fatal("still waiting")
	}
}
