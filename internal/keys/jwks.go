package keys

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// MaxKeys is the most keys one JWKS may have.
const MaxKeys = 100

// ParseJWKS reads a JWK Set (RFC 7517 5) of at most MaxSize bytes and MaxKeys
// keys; a JWK by itself is a set of one. Keys of unknown types and broken keys are left out, as section 5 asks;
// a set without one usable key is an error.
func ParseJWKS(data []byte) (set []*Key, err error) {
	defer recovered(&err)
	if len(data) > MaxSize {
		return nil, fmt.Errorf("the JWKS has %d bytes (at most %d)", len(data), MaxSize)
	}
	text, err := utf8Text(data)
	if err != nil {
		return nil, err
	}
	entries, err := entriesOf(text)
	if err != nil {
		return nil, err
	}
	var all []*Key
	errs := make([]error, 0, len(entries))
	for _, raw := range entries {
		var m members
		if err := json.Unmarshal(raw, &m); err != nil {
			errs = append(errs, errors.New("one entry is not an object"))
			continue
		}
		k, err := parseJWK(m)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		all = append(all, k)
	}
	switch {
	case len(all) > 0:
		return all, nil
	case len(errs) > 0:
		return nil, fmt.Errorf("no usable key in the JWKS: %w", errs[0])
	default:
		return nil, errors.New("the JWKS is empty")
	}
}

// entriesOf are the members of a JWKS, or the JWK that stands in its place.
func entriesOf(text []byte) ([]json.RawMessage, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
		Type *json.RawMessage  `json:"kty"`
	}
	if err := json.Unmarshal(text, &set); err != nil {
		return nil, errors.New("the JWKS is not JSON with a list named keys")
	}
	if set.Keys == nil && set.Type != nil {
		return []json.RawMessage{text}, nil
	}
	if len(set.Keys) > MaxKeys {
		return nil, fmt.Errorf("the JWKS has %d keys (at most %d)", len(set.Keys), MaxKeys)
	}
	return set.Keys, nil
}

// PublicOnly leaves out symmetric keys: in a JWKS that a server shows to
// everyone they are no secrets, and whoever reads them could sign.
func PublicOnly(all []*Key) []*Key {
	var public []*Key
	for _, k := range all {
		if k.Public != nil {
			public = append(public, k)
		}
	}
	return public
}

// choose finds the one key that is meant.
func choose(all []*Key, kid string) (*Key, error) {
	if kid == "" {
		if len(all) == 1 {
			return all[0], nil
		}
		return nil, fmt.Errorf("%d keys are in it, choose one by its kid: %s; or by its place: #/keys/0", len(all), kids(all))
	}
	var found []*Key
	for _, k := range all {
		if k.KID == kid {
			found = append(found, k)
		}
	}
	if len(found) != 1 {
		return nil, fmt.Errorf("%d of %d keys in it have that kid; there are: %s", len(found), len(all), kids(all))
	}
	return found[0], nil
}

// kids lists keys for a message: kid and type, at most ten.
func kids(all []*Key) string {
	var names []string
	for i, k := range all {
		if i == 10 {
			names = append(names, "...")
			break
		}
		names = append(names, fmt.Sprintf("%.60q (%s)", k.KID, k.Describe()))
	}
	return strings.Join(names, ", ")
}
