package inspect

import (
	"strings"

	"authctl/internal/jwt"
)

// unwrapped gives the tokens of lines: one a line, but lines that make one
// whole JWT together, as mail and terminals wrap it, are one token. Blank
// lines separate tokens in any case.
func unwrapped(lines []string) []string {
	var tokens, block []string
	for _, line := range append(lines, "") {
		line = bare(line)
		if line != "" {
			block = append(block, line)
			continue
		}
		tokens = append(tokens, joined(block)...)
		block = nil
	}
	return tokens
}

// joined are the tokens of lines without a blank one between them: all lines
// together, or those from one that begins like a JWT to the next such line.
func joined(block []string) []string {
	if one, ok := whole(block); ok {
		return []string{one}
	}
	var tokens []string
	for len(block) > 0 {
		end := 1
		for end < len(block) && !strings.HasPrefix(block[end], jwtStart) {
			end++
		}
		if one, ok := whole(block[:end]); ok {
			tokens = append(tokens, one)
		} else {
			tokens = append(tokens, block[:end]...)
		}
		block = block[end:]
	}
	return tokens
}

// jwtStart is what every JOSE header begins with that begins with {" and so
// nearly every JWT.
const jwtStart = "eyJ"

// whole puts lines together when they are one token only together.
func whole(lines []string) (string, bool) {
	if len(lines) < 2 || !strings.HasPrefix(lines[0], jwtStart) || jwt.Whole(lines[0]) {
		return "", false
	}
	size := 0
	for _, line := range lines {
		size += len(line)
	}
	if size > jwt.MaxSize {
		return "", false
	}
	one := strings.Join(lines, "")
	return one, jwt.Whole(one)
}
