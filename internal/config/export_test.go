package config

import (
	"authctl/internal/profile"
	"authctl/internal/strict"
)

// Marshal is MarshalWithOrigins without the comments, for tests that read a
// profile back.
func Marshal(p *profile.Profile) ([]byte, error) {
	return strict.Encode(strict.Write(profileMembers(p)))
}
