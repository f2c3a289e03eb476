package store

import (
	"context"
	"path/filepath"
	"slices"
	"time"

	"authctl/internal/fault"
)

// The kinds, as the user writes them in `store:`, --store and AUTHCTL_STORE.
const (
	KindKeyring = "keyring" // records sealed under a key in the OS keyring
	KindFile    = "file"    // records sealed under a key in a file
	KindNone    = "none"    // nothing is kept
	// Of the kinds on an engine that other machines share.
	KindVault      = "vault"
	KindKubernetes = "kubernetes"
)

// Options is what a store is made of.
type Options struct {
	Kind string
	Dir  string           // authctl's state folder; made when first written to
	Key  KeySource        // for KindKeyring and KindFile; see FileKey
	Rand ByteReader       // cryptographic random bytes
	Now  func() time.Time // to tell old temporary files; nil leaves them. An engine needs it
	Warn func(line string)
	// Shared is for the kinds on an engine.
	Shared *Shared
}

// KeySource is where the sealing key lives.
type KeySource interface {
	Load(ctx context.Context) ([]byte, error) // exactly KeySize bytes
	Save(ctx context.Context, key []byte) error
	IsAbsent(err error) bool // err of Load says that there was never a key
}

// ByteReader is crypto/rand.Reader.
type ByteReader interface{ Read(p []byte) (int, error) }

// backend is one kind of store.
type backend interface {
	load(ctx context.Context, key string) (Record, error)
	save(ctx context.Context, key string, r Record) error
	remove(ctx context.Context, key string) error
	list(ctx context.Context) ([]Entry, error)
}

// Entry is one kept record, as List gives it; All gives those without one, too.
type Entry struct {
	Key     string
	Record  Record
	Written time.Time
	Claim   *Claim // who is about to change it; nil: nobody, or nobody knows
	Absent  bool   // no record is kept yet: Claim is of who is about to write the first
	Unread  bool   // what is kept cannot be opened here, and stays
}

// Store keeps records. It is safe for concurrent use by many processes.
type Store struct {
	kind  string
	back  backend
	ready func(ctx context.Context) error
	locks locker
}

// Open makes a store; nothing is read or created before the first call.
func Open(o Options) (*Store, error) {
	if o.Warn == nil {
		o.Warn = func(string) {}
	}
	switch o.Kind {
	case KindNone:
		return &Store{kind: o.Kind, back: nothing{}, ready: func(context.Context) error { return errKeepsNothing() }, locks: noLocks{}}, nil
	case KindKeyring, KindFile:
		locks := filepath.Join(o.Dir, "locks")
		s := &sealed{
			dir:  folder{filepath.Join(o.Dir, "records", o.Kind)},
			key:  &sealingKey{source: o.Key, rand: o.Rand, locks: locks, kind: o.Kind},
			rand: o.Rand, now: o.Now, warn: o.Warn, told: map[string]bool{},
		}
		return &Store{kind: o.Kind, back: s, ready: s.ready, locks: flocks(locks)}, nil
	case KindVault, KindKubernetes:
		f := newFleet(o)
		return &Store{kind: o.Kind, back: f, ready: f.ready, locks: f}, nil
	default:
		return nil, fault.New(fault.Config, "there is no store %q", o.Kind).Hint("store: keyring, file, none, vault or kubernetes")
	}
}

// Kind is one of the kinds.
func (s *Store) Kind() string { return s.kind }

// Shared is true where other machines use the same records.
func (s *Store) Shared() bool {
	_, ok := s.back.(*fleet)
	return ok
}

// Older says whether this machine keeps a record that was written longer than age ago.
func (s *Store) Older(age time.Duration) bool {
	sealed, ok := s.back.(*sealed)
	return ok && sealed.older(age)
}

// Folder is where the records are on this machine; "" for none.
func (s *Store) Folder() string {
	if sealed, ok := s.back.(*sealed); ok {
		return sealed.dir.path
	}
	return ""
}

// Get returns the record under key. ErrAbsent says that there is none; a
// record that is damaged or foreign is set aside, reported once through
// Options.Warn, and absent.
func (s *Store) Get(ctx context.Context, key string) (Record, error) {
	if err := checkKey(key); err != nil {
		return Record{}, err
	}
	return s.back.load(ctx, key)
}

// Put keeps r under key; when it returns nil, r survives a power cut.
func (s *Store) Put(ctx context.Context, key string, r Record) error {
	if err := checkKey(key); err != nil {
		return err
	}
	return s.back.save(ctx, key, r)
}

// Delete forgets what is under key; what was absent is no error.
func (s *Store) Delete(ctx context.Context, key string) error {
	if err := checkKey(key); err != nil {
		return err
	}
	return s.back.remove(ctx, key)
}

// List returns every readable record, ordered by key.
func (s *Store) List(ctx context.Context) ([]Entry, error) {
	all, err := s.All(ctx)
	return slices.DeleteFunc(all, func(e Entry) bool { return e.Absent || e.Unread }), err
}

// All is List with what is no readable record, for a person.
func (s *Store) All(ctx context.Context) ([]Entry, error) { return s.back.list(ctx) }

// Ready is nil when a record could be kept now. A request whose answer must
// not be lost (a refresh, a login) is made only after it.
func (s *Store) Ready(ctx context.Context) error { return s.ready(ctx) }

// maxKey leaves room for suffixes in a file name.
const maxKey = 128

// checkKey: a key is a file name on every platform, and case-insensitive ones
// must not confuse two of them. Keys are made by authctl, so this is a fault.
func checkKey(key string) error {
	ok := key != "" && len(key) <= maxKey
	for i := range len(key) {
		c := key[i]
		ok = ok && ('a' <= c && c <= 'z' || '0' <= c && c <= '9' || c == '-' || c == '_')
	}
	if !ok {
		return fault.New(fault.Internal, "a store key must be of a-z, 0-9, - and _, up to %d long", maxKey)
	}
	return nil
}
