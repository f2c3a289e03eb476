package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"authctl/internal/engine"
	"authctl/internal/fault"
)

// Engine keeps records for many machines: it reads one with its version, and
// writes one if that version still stands. It needs no lock and no lease.
type Engine interface {
	// Read gives the bytes, their version and how old that is by the engine's
	// own clock, less than 0 where that is unknown. Beside engine.ErrAbsent the
	// version is good for a first write.
	Read(ctx context.Context, name string) (b []byte, v engine.Version, age time.Duration, err error)
	// Swap writes b if v is current, else engine.ErrMoved; engine.ErrUnknown
	// where the answer was lost and could not be found out.
	Swap(ctx context.Context, name string, b []byte, v engine.Version) (engine.Version, error)
	List(ctx context.Context) ([]string, error)
	// Clock is how far the engine's clock is ahead of this machine's.
	Clock() (offset time.Duration, known bool)
}

// Shared is what a store on an engine is made of.
type Shared struct {
	Engine Engine
	// Keys are the administrator's: the first seals, all of them open.
	Keys   func(ctx context.Context) ([][]byte, error)
	Holder Holder
	Limits Limits               // zero ones are the defaults
	Boot   func() time.Duration // a clock that counts while the machine sleeps; nil: its own
	// Spool is a folder of this machine's and this engine's, for an answer that the
	// engine does not take; "": none.
	Spool string
}

// Holder says to others who holds a claim.
type Holder struct {
	User string `json:"u,omitempty"`
	Host string `json:"h,omitempty"`
	Job  string `json:"j,omitempty"` // the address of a CI job
}

func (h Holder) String() string {
	text := strings.Trim(h.User+"@"+h.Host, "@")
	if text == "" {
		text = "somebody"
	}
	if h.Job != "" {
		text += " (" + h.Job + ")"
	}
	return text
}

// Limits are how long others' claims are respected, and waited for.
type Limits struct {
	Claimed time.Duration // nothing was sent yet
	Sent    time.Duration // something may have been sent
	Login   time.Duration // a person is logging in
	Wait    time.Duration // for a claim of any kind but a login
	Never   bool          // who may have sent something is overtaken by nobody
}

// orDefaults is sound because an answer comes, and is kept, within 82 s of the
// claim: 2 to send it, 20 for the server (docs/network.md), 60 for the engine.
func (l Limits) orDefaults() Limits {
	for _, d := range []struct {
		to *time.Duration
		is time.Duration
	}{{&l.Claimed, 15 * time.Second}, {&l.Sent, 90 * time.Second}, {&l.Login, 10 * time.Minute}, {&l.Wait, 2 * time.Minute}} {
		if *d.to == 0 {
			*d.to = d.is
		}
	}
	return l
}

// The steps of a claim.
const (
	stepClaimed = "claimed"
	stepSent    = "sent"
	stepLogin   = "login"
)

// claim says, in the record itself, who is about to change it.
type claim struct {
	Nonce string `json:"n"`
	Step  string `json:"s"`
	Holder
}

// respected is how long others leave it alone.
func (c *claim) respected(l Limits) time.Duration {
	switch c.Step {
	case stepClaimed:
		return l.Claimed
	case stepLogin:
		return l.Login
	}
	return l.Sent
}

// Claim is a claim, for a person.
type Claim struct {
	Holder Holder
	Step   string        // claimed, sent or login
	Age    time.Duration // less than 0: unknown
}

func (c Claim) String() string {
	text := c.Holder.String() + ": " + c.Step
	if c.Age >= 0 {
		text += fmt.Sprintf(" %s ago", c.Age.Round(time.Second))
	}
	return text
}

// state is all that stands under one name.
type state struct {
	version    engine.Version
	age        time.Duration
	generation uint64 // grows with what a server granted, and with what was forgotten
	write      string // a random name of the write that made it
	kept       bool   // rec is a record; false where nothing is kept
	rec        Record
	claim      *claim
}

// told is the claim of s for a person, nil for none.
func (s state) told() *Claim {
	if s.claim == nil {
		return nil
	}
	return &Claim{Holder: s.claim.Holder, Step: s.claim.Step, Age: s.age}
}

// body is a state inside the seal.
type body struct {
	Write  string          `json:"w"`
	Record json.RawMessage `json:"r,omitempty"`
	Claim  *claim          `json:"c,omitempty"`
}

// sealState seals s for the engine, its times by the engine's clock.
func (f *fleet) sealState(ctx context.Context, name string, s state) ([]byte, error) {
	b := body{Write: s.write, Claim: s.claim}
	var err error
	if s.kept {
		b.Record, err = encode(shifted(s.rec, f.offset()))
	}
	if err != nil {
		return nil, fault.New(fault.Internal, "a record could not be encoded: %w", err)
	}
	if len(s.rec.Profile) > maxProfile {
		return nil, fault.New(fault.Config, "the profile's name is longer than %d bytes", maxProfile)
	}
	raw, err := json.Marshal(b)
	if err != nil {
		return nil, fault.New(fault.Internal, "a record could not be encoded: %w", err)
	}
	keys, err := f.sealingKeys(ctx)
	if err != nil {
		return nil, err
	}
	sealed, err := seal(keys[0], name, header{profile: s.rec.Profile, generation: s.generation}, raw, f.rand)
	if err != nil {
		return nil, fault.New(fault.Internal, "a record could not be sealed: %w", err)
	}
	if len(sealed) > MaxRecord {
		return nil, fault.New(fault.Store, "what the server granted is too large to keep: %w", errTooLarge)
	}
	return sealed, nil
}

// openState opens what the engine keeps under name. What it cannot open is an
// error and never written over: it is somebody's.
func (f *fleet) openState(ctx context.Context, name string, sealed []byte) (s state, err error) {
	keys, err := f.sealingKeys(ctx)
	if err != nil {
		return s, err
	}
	var h header
	var raw []byte
	for _, key := range keys {
		if h, raw, err = open(key, name, sealed); !errors.Is(err, errForeign) {
			break
		}
	}
	var b body
	if err == nil && json.Unmarshal(raw, &b) != nil {
		err = errDamaged
	}
	if err == nil && b.Record != nil {
		s.rec, err = decode(b.Record)
		s.rec, s.kept = shifted(s.rec, -f.offset()), true
		if err == nil && s.rec.Profile != h.profile {
			err = errDamaged
		}
	}
	s.generation, s.write, s.claim = h.generation, b.Write, b.Claim
	switch {
	case errors.Is(err, errForeign):
		return s, fault.New(fault.Store, "what the %s store keeps under %s is sealed under another key (its id is %x)", f.kind, name, h.keyID).
			Hint("give store.key the key of the others, or add the earlier one to store.old_keys; nothing is written over")
	case err != nil:
		return s, fault.New(fault.Store, "what the %s store keeps under %s is no record of authctl's: %w", f.kind, name, err).
			Hint("give store.path a place of its own, or remove it there; nothing is written over")
	}
	return s, nil
}

// shifted is r with all its times later by d.
func shifted(r Record, d time.Duration) Record {
	for _, t := range []*time.Time{&r.Set.ObtainedAt, &r.Set.ExpiresAt, &r.Set.KeepUntil, &r.Set.RefreshExpires, &r.Intent} {
		if !t.IsZero() {
			*t = t.Add(d)
		}
	}
	return r
}

// grants is true where r has something that old has not: not where something
// was taken away, or noted.
func grants(old, r Record) bool {
	return len(r.Pending) > 0 || r.Session != old.Session ||
		!r.Set.ObtainedAt.Equal(old.Set.ObtainedAt) ||
		!r.Set.AccessToken.IsZero() && r.Set.AccessToken.Reveal() != old.Set.AccessToken.Reveal() ||
		!r.Set.RefreshToken.IsZero() && r.Set.RefreshToken.Reveal() != old.Set.RefreshToken.Reveal()
}
