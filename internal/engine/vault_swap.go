package engine

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"authctl/internal/fault"
)

// Swap writes b if was is current. b must be unlike whatever another could
// write, as sealed bytes are: by them a write is known again whose answer was lost.
func (v *Vault) Swap(ctx context.Context, name string, b []byte, was Version) (Version, error) {
	n, err := strconv.Atoi(string(was))
	if err != nil || n < 0 {
		return "", fault.New(fault.Internal, "%q is no version of Vault's", was)
	}
	if n == 0 {
		if err := v.versions(ctx); err != nil {
			return "", err
		}
	}
	// Nothing is ever written without cas.
	body := `{"options":{"cas":` + strconv.Itoa(n) + `},"data":{"record":"` + base64.StdEncoding.EncodeToString(b) + `"}}`
	if err := v.swap(ctx, &request{method: http.MethodPost, path: v.path("data", name), body: []byte(body), doing: "writing"}, b, n); err != nil {
		return "", err
	}
	if n == 0 {
		v.requireCAS(ctx, name)
	}
	return Version(strconv.Itoa(n + 1)), nil
}

// swap repeats r until it is known what became of it.
func (v *Vault) swap(ctx context.Context, r *request, b []byte, n int) error {
	late, cancel := context.WithTimeout(ctx, v.lag)
	defer cancel()
	path, lost := r.path, false
	for pause := firstPause; ; {
		a, once, err := v.call(ctx, r)
		lost = lost || once
		var got kv
		bad := json.Unmarshal(a.body, &got)
		switch {
		case err == nil && a.status == http.StatusOK && bad == nil && got.Data.Version == n+1:
			return nil
		case err == nil && a.status == http.StatusNoContent:
			return unversioned(r.doing, a.url)
		case err == nil && a.status == http.StatusOK: // a proxy's page, say
			lost, err = true, strangeVault(r.doing, a)
		case err == nil && a.status == http.StatusBadRequest && strings.Contains(string(a.body), "did not match"):
			err = Lagging.trouble(r.doing, a.url, "", "let store.address name the leader, or set disable_standby_reads")
			switch f := v.became(ctx, path, b, n, lost); {
			case f == ours:
				return nil
			case f == others:
				return ErrMoved
			case f == gone:
				return fmt.Errorf("%w: %w", ErrUnknown, err)
			case late.Err() == nil: // a standby judges cas by what it knows itself
				v.forget() // while there is no leader one may answer that was away
				sleep(late, pause)
				pause = min(2*pause, time.Second)
				continue
			}
		case err == nil:
			err = v.refused(r.doing, a)
		}
		if !lost {
			return err
		}
		switch v.became(ctx, path, b, n, lost) {
		case ours:
			return nil
		case others:
			return ErrMoved
		case undecided, gone:
		}
		return fmt.Errorf("%w: %w", ErrUnknown, err)
	}
}

// fate is whose write became a version.
type fate int

const (
	undecided fate = iota // nobody could tell yet
	ours
	others
	gone // it is no longer kept, and it may have been ours
)

// became tells by version n+1, which never changes, whether a write became it.
// Judged by the current record, a write would be taken for lost once another followed.
// Where lost, one that is missing may be on its way to the node that was asked.
func (v *Vault) became(ctx context.Context, path string, b []byte, n int, lost bool) fate {
	late, cancel := context.WithTimeout(ctx, v.lag)
	defer cancel()
	absent := func(err error) bool { return errors.Is(err, ErrAbsent) || errors.Is(err, Foreign) }
	for {
		got, _, _, err := v.version(ctx, path+"?version="+strconv.Itoa(n+1))
		switch {
		case err == nil && bytes.Equal(got, b):
			return ours
		case err == nil:
			return others
		case !absent(err):
			return undecided
		}
		// It is not there yet, or no longer: only so many versions are kept.
		switch _, current, _, err := v.version(ctx, path); {
		case current <= n || err != nil && !absent(err):
			return undecided
		case !lost:
			return others // nothing of ours was carried out
		case late.Err() != nil:
			return gone
		}
		sleep(late, firstPause)
	}
}

// versions looks once, before the first write of a new name, whether the mount
// keeps versions: KV version 1 takes a write with cas as any other.
func (v *Vault) versions(ctx context.Context) error {
	v.mu.Lock()
	seen := v.versioned
	v.mu.Unlock()
	if seen {
		return nil
	}
	kind, version, a, err := v.kind(ctx)
	switch {
	case err != nil:
		return err
	case (kind == "kv" || kind == "generic") && version != "2":
		return unversioned("writing", a.url)
	case kind != "" && kind != "kv":
		return Nowhere.trouble("writing", a.url, "the mount "+v.mount+" is of the kind "+kind, "store.path begins with a mount of the kind kv, version 2")
	}
	v.mu.Lock()
	v.versioned = true
	v.mu.Unlock()
	return nil
}

// kind is that of the mount, "" where the token may not know.
func (v *Vault) kind(ctx context.Context) (kind, version string, a *answer, err error) {
	path := strings.Replace(v.path("data", ""), "/v1/", "/v1/sys/internal/ui/mounts/", 1)
	a, _, err = v.call(ctx, &request{method: http.MethodGet, path: path, doing: "looking at"})
	if err != nil && !errors.Is(err, Forbidden) {
		return "", "", a, err
	}
	var got struct {
		Data struct {
			Type    string            `json:"type"`
			Options map[string]string `json:"options"`
		} `json:"data"`
	}
	if a.status == http.StatusOK {
		_ = json.Unmarshal(a.body, &got)
	}
	return got.Data.Type, got.Data.Options["version"], a, nil
}

func unversioned(doing, url string) *fault.Error {
	return Unversioned.trouble(doing, strings.Replace(url, "sys/internal/ui/mounts/", "", 1), "", "bao kv enable-versioning MOUNT, or let store.path begin with a mount of KV version 2")
}

// requireCAS makes the engine refuse writes that name no version, whoever's they
// are. The policy need not grant it; doctor says so.
func (v *Vault) requireCAS(ctx context.Context, name string) {
	_, _, _ = v.call(ctx, &request{method: http.MethodPost, path: v.path("metadata", name), body: []byte(`{"cas_required":true}`), doing: "setting up"})
}
