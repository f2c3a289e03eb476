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

// limit is how long something may take.
type limit time.Duration

func (l *limit) Set(s string) error {
	d, err := time.ParseDuration(s)
	switch {
	case err != nil && s != "0":
		return errors.New("must be a time with its unit, such as 30s or 5m")
	case d <= 0:
		return errors.New("must be more than 0")
	}
	*l = limit(d)
	return nil
}

// String is "" for no limit, which the help then shows no default for.
func (l *limit) String() string {
	if *l == 0 {
		return ""
	}
	return time.Duration(*l).String()
}

// Type is what the help calls it.
func (l *limit) Type() string { return "duration" }
