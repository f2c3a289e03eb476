package engine_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"authctl/internal/engine"
	"authctl/internal/fakes"
)

// An engine that serves nothing is waited for as long as the command may take,
// where that is less than 10 s, and the message does not say otherwise.
func TestTheCommandsTimeoutEndsTheWait(t *testing.T) {
	for name, set := range map[string]func(v *fakes.Vault){
		"hangs":     func(v *fakes.Vault) { v.Answer(fakes.Slow) },
		"sealed":    func(v *fakes.Vault) { v.Seal(true) },
		"no leader": func(v *fakes.Vault) { v.Answer(fakes.Answering(503, `{"errors":["no leader"]}`)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			v := fakes.NewVault()
			set(v)
			server := v.Serve(0)
			defer server.Close()
			w := wire(t)
			w.Timeout = 300 * time.Millisecond
			e, err := engine.NewVault(engine.VaultOptions{Wire: w, Addresses: []string{server.URL}, Path: "secret/authctl", Login: engine.Login{Secret: text("root")}})
			if err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			_, _, _, err = e.Read(t.Context(), "k")
			if took := time.Since(began); err == nil || took > 2*time.Second {
				t.Errorf("%v after %s", err, took)
			}
			if name == "hangs" && !strings.Contains(err.Error(), "--timeout") {
				t.Errorf("%v", err)
			}
		})
	}
}

// The deadline of what the engine is needed for ends the wait as well, and what
// is told is the engine's state and no mere deadline.
func TestADeadlineIsToldAsTheEnginesState(t *testing.T) {
	v := fakes.NewVault()
	server := v.Serve(0)
	defer server.Close()
	e := openVault(t, server.URL)
	for state, set := range map[engine.State]func(){
		engine.Sealed:      func() { v.Seal(true) },
		engine.Unreachable: func() { v.Answer(fakes.Slow) },
	} {
		set()
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		_, _, _, err := e.Read(ctx, "k")
		cancel()
		held(t, err, state, "")
		if state == engine.Unreachable && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("%v is no deadline", err)
		}
		v.Seal(false)
		v.Answer(nil)
	}
}
