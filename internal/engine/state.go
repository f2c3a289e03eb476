package engine

import (
	"strings"

	"authctl/internal/fault"
	"authctl/internal/secret"
	"authctl/internal/shown"
)

// State is why an engine does not serve; errors.Is finds it in a fault.
type State string

// The states, as a person reads them.
const (
	Unreachable State = "the engine does not answer"
	Sealed      State = "the engine is sealed"
	Unready     State = "the engine serves nothing now"
	TokenDead   State = "the engine's token is expired, revoked or unknown there"
	Forbidden   State = "the engine's token may not do this"
	LoginFailed State = "the engine refused the login"
	Nowhere     State = "the engine has no such place"
	Unversioned State = "the mount keeps no versions (KV version 1), so that two machines could overwrite each other"
	Foreign     State = "something else stands there, which is not overwritten"
	TooLarge    State = "the record is larger than the engine takes"
	Overlong    State = "the engine's answer is too large"
	Lagging     State = "the node that answers is behind the others and refuses what is right"
	Strange     State = "what answers there is no such engine"
)

func (s State) Error() string { return string(s) }

const (
	hintLater   = "try again later; nothing was sent to the provider"
	hintSmaller = "ask for fewer scopes or claims, or --store none"
)

// trouble is s as a failure of a store: what was tried where, and what the engine said.
func (s State) trouble(doing, url, said, hint string) *fault.Error {
	if said = shown.Clean(said); said != "" {
		said = ": " + said
	}
	return &fault.Error{Kind: fault.Store, Err: told{doing + " " + url + ": " + string(s) + said, s}, Hints: []string{hint}}
}

// told is a state in a sentence.
type told struct {
	text  string
	state State
}

func (t told) Error() string { return t.text }
func (t told) Unwrap() error { return t.state }

// words are an engine's own, on one line: go-multierror's list is taken apart.
func words(list []string) string {
	text := strings.Join(list, "; ")
	if _, after, ok := strings.Cut(text, " occurred:"); ok {
		text = strings.ReplaceAll(after, "*", "")
	}
	return strings.Join(strings.Fields(text), " ")
}

// without is text, into which an engine may have put the token that it was asked with.
func without(token secret.Text, text string) string {
	if token.IsZero() {
		return text
	}
	return strings.ReplaceAll(text, token.Reveal(), "[secret]")
}
