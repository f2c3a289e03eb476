package config

import "authctl/internal/profile"

// Marshal is MarshalWithOrigins without the comments, for tests that read a
// profile back.
func Marshal(p *profile.Profile) ([]byte, error) { return encode(mapping(profileMembers(p))) }
