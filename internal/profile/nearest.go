package profile

import "strings"

// Nearest is the name of names that one most likely meant by typing name, ""
// when none is near: the only one that name begins (`cert`), the one at its end
// (`client_id` for `id`), or else at most a third of its letters, and at least
// one, may differ.
func Nearest(name string, names []string) string {
	if n := related(fold(name), names); n != "" {
		return n
	}
	best, least := "", max(1, len([]rune(name))/3)+1
	for _, n := range names {
		if d := distance([]rune(fold(name)), []rune(fold(n))); d < least {
			best, least = n, d
		}
	}
	return best
}

// related is the name that typed is a beginning of, when there is but one, or
// that stands at its end as a word.
func related(typed string, names []string) string {
	const least = 3 // fewer letters begin too much
	begun, ended := []string{}, ""
	for _, n := range names {
		switch folded := fold(n); {
		case folded == typed:
			return n
		case len(typed) >= least && strings.HasPrefix(folded, typed):
			begun = append(begun, n)
		case strings.HasSuffix(typed, "_"+folded) && len(n) > len(ended):
			ended = n
		}
	}
	if len(begun) == 1 {
		return begun[0]
	}
	return ended
}

// fold makes a - and _ equal and ignores ASCII case: the mistakes of people
// who know a name from another program.
func fold(s string) string {
	b := []byte(s)
	for i, c := range b {
		switch {
		case c == '-':
			b[i] = '_'
		case 'A' <= c && c <= 'Z':
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// distance is the optimal string alignment distance: insertions, deletions,
// substitutions and swaps of neighbours that turn a into b.
func distance(a, b []rune) int {
	before, prev, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(prev[j]+1, row[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, prev, row = prev, row, before
	}
	return prev[len(b)]
}
