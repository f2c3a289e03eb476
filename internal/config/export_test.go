package config

import (
	"authctl/internal/profile"
	"authctl/internal/strict"
)

// Parse reads the text of a whole profiles file; file is its path, for
// messages and for relative references.
func Parse(file string, data []byte) (*profile.Set, error) {
	return LoadAll(Settings{File: file, main: parseDocument(file, data)})
}

// Marshal is MarshalWithOrigins without the comments, for tests that read a
// profile back.
func Marshal(p *profile.Profile) ([]byte, error) {
	return strict.Encode(strict.Write(profileMembers(p)))
}
