package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"authctl/internal/fault"
	"authctl/internal/files"
)

// sealed is the kinds keyring and file: one sealed file per record.
type sealed struct {
	dir  folder
	key  *sealingKey
	rand ByteReader
	now  func() time.Time
	warn func(string)

	mu   sync.Mutex
	told map[string]bool // keys whose record was reported, and the lines that said so: once is enough
}

const (
	recordEnd = ".rec" // a record
	asideEnd  = ".bad" // a record that was set aside; at most one per key
)

func (s *sealed) load(ctx context.Context, key string) (Record, error) {
	err := s.dir.check()
	if missing(err) {
		return Record{}, ErrAbsent
	}
	if err != nil {
		return Record{}, err
	}
	b, err := s.dir.read(key+recordEnd, MaxRecord)
	if err != nil {
		return Record{}, s.unreadable(key, err)
	}
	sealingKey, err := s.key.existing(ctx)
	if errors.Is(err, ErrAbsent) {
		return Record{}, s.unreadable(key, errForeign) // the key it was sealed under is gone
	}
	if err != nil {
		return Record{}, err
	}
	r, err := unseal(sealingKey, key, b)
	if err != nil {
		return Record{}, s.unreadable(key, err)
	}
	return r, nil
}

func unseal(sealingKey []byte, key string, b []byte) (Record, error) {
	h, body, err := open(sealingKey, key, b)
	if err != nil {
		return Record{}, err
	}
	r, err := decode(body)
	if err == nil && r.Profile != h.profile {
		err = errDamaged
	}
	return r, err
}

// unreadable turns what stands in a record's place into an error: ErrAbsent
// for all that a new record may replace.
func (s *sealed) unreadable(key string, err error) error {
	switch {
	case missing(err):
		return ErrAbsent
	case errors.Is(err, errForeign):
		// It may be read again under its own key: left in place until a new record needs it.
		s.tell(key, fmt.Sprintf("a kept token is ignored: %v (the keyring was reset, or another key file is in use)", err))
		return ErrAbsent
	case errors.Is(err, errDamaged), errors.Is(err, errStrange), errors.Is(err, errTooLarge):
		s.setAside(key, err)
		return ErrAbsent
	default:
		return diskFault("read the token store", err)
	}
}

func (s *sealed) tell(key, line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.told[key] && !s.told[line] {
		s.told[key], s.told[line] = true, true
		s.warn(line)
	}
}

// setAside moves a bad record out of the way and says so; being gone, it is reported once.
func (s *sealed) setAside(key string, why error) {
	from, to := filepath.Join(s.dir.path, key+recordEnd), filepath.Join(s.dir.path, key+asideEnd)
	if err := os.Rename(from, to); err != nil {
		s.tell(key, fmt.Sprintf("a kept token is ignored: %v: %s", why, from))
		return
	}
	s.tell(key, fmt.Sprintf("a kept token is ignored: %v; it was set aside as %s", why, to))
}

func (s *sealed) save(ctx context.Context, key string, r Record) error {
	body, err := encode(r)
	if err != nil {
		return fault.New(fault.Internal, "a record could not be encoded: %w", err)
	}
	if err := s.dir.make(); err != nil {
		return err
	}
	sealingKey, err := s.key.ensure(ctx)
	if err != nil {
		return err
	}
	generation, err := s.before(key, sealingKey)
	if err != nil {
		return err
	}
	h := header{profile: r.Profile, generation: generation + 1}
	if len(h.profile) > maxProfile {
		return fault.New(fault.Config, "the profile's name is longer than %d bytes", maxProfile)
	}
	b, err := seal(sealingKey, key, h, body, s.rand)
	if err != nil {
		return fault.New(fault.Internal, "a record could not be sealed: %w", err)
	}
	if len(b) > MaxRecord {
		return fault.New(fault.Store, "what the server granted is too large to keep: %w", errTooLarge)
	}
	if err := s.dir.write(key+recordEnd, b); err != nil {
		return err
	}
	s.sweep(key)
	return nil
}

const maxProfile = 1024

// before is the generation of the record that is about to be replaced. One
// that was sealed under another key is set aside instead of being lost, and
// another user's is not replaced.
func (s *sealed) before(key string, sealingKey []byte) (uint64, error) {
	b, err := s.dir.read(key+recordEnd, MaxRecord)
	var foreign *files.OwnerError
	if errors.As(err, &foreign) {
		return 0, diskFault("write to the token store", err)
	}
	if err != nil {
		return 0, nil //nolint:nilerr // what cannot be read may be replaced
	}
	h, _, err := decodeHeader(b)
	if err != nil {
		return 0, nil //nolint:nilerr // likewise
	}
	if h.keyID != keyIDOf(sealingKey) {
		s.setAside(key, errForeign)
	}
	return h.generation, nil
}

func (s *sealed) remove(_ context.Context, key string) error {
	if err := s.dir.check(); missing(err) {
		return nil
	} else if err != nil {
		return err
	}
	return errors.Join(s.dir.remove(key+recordEnd), s.dir.remove(key+asideEnd))
}

func (s *sealed) list(ctx context.Context) ([]Entry, error) {
	listed, err := s.dir.entries()
	if err != nil {
		return nil, diskFault("list the token store", err)
	}
	var all []Entry
	for _, f := range listed {
		key, ok := strings.CutSuffix(f.Name(), recordEnd)
		if !ok || checkKey(key) != nil {
			continue
		}
		r, err := s.load(ctx, key)
		if errors.Is(err, ErrAbsent) {
			if _, err := os.Lstat(filepath.Join(s.dir.path, f.Name())); err == nil {
				all = append(all, Entry{Key: key, Unread: true})
			}
			continue
		}
		if err != nil {
			return nil, err
		}
		var written time.Time
		if info, err := f.Info(); err == nil {
			written = info.ModTime()
		}
		all = append(all, Entry{Key: key, Record: r, Written: written})
	}
	return all, nil
}

// ready tries everything a save needs, up to the disk.
func (s *sealed) ready(ctx context.Context) error {
	if err := s.dir.make(); err != nil {
		return err
	}
	if _, err := s.key.ensure(ctx); err != nil {
		return err
	}
	const probe = "ready"
	if err := s.dir.write(probe, []byte(probe)); err != nil {
		return err
	}
	return s.dir.remove(probe)
}

// sweep removes what writers of this record left when they were killed.
func (s *sealed) sweep(key string) {
	if s.now == nil {
		return
	}
	left, _ := s.dir.entries()
	for _, f := range left {
		if !strings.HasPrefix(f.Name(), key+recordEnd+tempMark) {
			continue
		}
		if info, err := f.Info(); err == nil && s.now().Sub(info.ModTime()) > staleTemp {
			_ = os.Remove(filepath.Join(s.dir.path, f.Name()))
		}
	}
}

// older says whether any record was written longer than age ago.
func (s *sealed) older(age time.Duration) bool {
	all, _ := s.dir.entries()
	for _, f := range all {
		if info, err := f.Info(); err == nil && s.now != nil && strings.HasSuffix(f.Name(), recordEnd) && s.now().Sub(info.ModTime()) > age {
			return true
		}
	}
	return false
}

// staleTemp is far longer than any write takes.
const staleTemp = time.Minute
