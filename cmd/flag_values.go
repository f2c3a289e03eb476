package cmd

import (
	"errors"
	"time"
)

// named is a flag's text that must not be empty: `-p "$UNSET"` is no choice of
// the default profile.
type named string

func (n *named) Set(s string) error {
	if s == "" {
		return errors.New("it is empty")
	}
	*n = named(s)
	return nil
}

func (n *named) String() string { return string(*n) }

// Type is what the help calls it.
func (n *named) Type() string { return "string" }

// span is a length of time.
type span time.Duration

func (v *span) Set(s string) error {
	d, err := time.ParseDuration(s)
	if err != nil {
		return errors.New("must be a time with its unit, such as 30s or 5m")
	}
	*v = span(d)
	return nil
}

// String is "" for none, which the help then shows no default for.
func (v *span) String() string {
	if *v == 0 {
		return ""
	}
	return time.Duration(*v).String()
}

// Type is what the help calls it.
func (v *span) Type() string { return "duration" }

// limit is how long something may take.
type limit struct{ *span }

func (l limit) Set(s string) error {
	if err := l.span.Set(s); err != nil {
		return err
	}
	if *l.span <= 0 {
		return errors.New("must be more than 0")
	}
	return nil
}
