package shared

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"path/filepath"
	"time"

	"authctl/internal/engine"
	"authctl/internal/secret"
	"authctl/internal/store"
)

// keptToken is an engine's token as it stands inside the seal. Each login has an
// engine write a lease, and a crowd of runs would meet its rate limit.
type keptToken struct {
	Text  string    `json:"t"`
	Until time.Time `json:"u"`
}

// remember has o begin with the token of an earlier run, where that logged in in
// the same way, and keep the one of a login of this run.
func (a Deps) remember(o *engine.VaultOptions, keys func(context.Context) ([][]byte, error)) {
	if o.Login.Method == "" || a.Dir == "" {
		return
	}
	beside := store.Beside{Dir: filepath.Join(a.Dir, "engine"), Keys: keys, Rand: a.Rand}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q %q %q", o.Addresses, o.Path, o.Namespace, o.Login.Method, o.Login.Mount, o.Login.Role))
	name := "token-" + hex.EncodeToString(sum[:])
	var t keptToken
	if json.Unmarshal(beside.Get(context.Background(), name), &t) == nil && a.Now().Before(t.Until) {
		o.Token = engine.Token{Text: secret.New(t.Text), Until: t.Until}
	}
	o.Keep = func(t engine.Token) {
		raw, err := json.Marshal(keptToken{t.Text.Reveal(), t.Until})
		if err == nil {
			_ = beside.Put(context.Background(), name, raw) // else the next run logs in
		}
	}
}
