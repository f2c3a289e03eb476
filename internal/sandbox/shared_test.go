package sandbox_test

import (
	"context"
	"crypto/rand"
	"os"
	"sync"
	"testing"
	"time"

	"authctl/internal/sandbox"
)

// common is one sandbox for every test that neither steers it nor counts: each
// start makes five RSA keys.
type common struct {
	once sync.Once
	box  *sandbox.Sandbox
	err  error
}

var one common //nolint:gochecknoglobals // closed by TestMain

func TestMain(m *testing.M) {
	code := m.Run()
	if one.box != nil {
		one.box.Close()
	}
	os.Exit(code)
}

func shared(t *testing.T) *box {
	t.Helper()
	one.once.Do(func() {
		one.box, one.err = sandbox.Start(context.Background(), sandbox.Options{Now: time.Now, Rand: rand.Reader})
	})
	if one.err != nil {
		t.Fatal(one.err)
	}
	return &box{one.box, t}
}
