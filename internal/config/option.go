package config

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/viper"

	"authctl/internal/fault"
	"authctl/internal/profile"
)

// option is a setting that a flag or a variable gives. It is a flag to viper,
// whose own BindEnv looks into the environment of the process: the environment
// here is handed in, as everything of the machine is.
type option struct {
	key, kind      string
	flag, variable string
	text           string // what the flag says or else the variable; "": neither
	check          func(kind fault.Kind, from, text string) error
}

// bind checks both, whichever wins; an empty variable is as good as none.
func (o option) bind(v *viper.Viper, get func(string) string) error {
	fromEnv := get(o.variable)
	for _, said := range []struct {
		kind       fault.Kind
		from, text string
	}{{fault.Config, o.variable, fromEnv}, {fault.Usage, o.flag, o.text}} {
		if said.text == "" || o.check == nil {
			continue
		}
		if err := o.check(said.kind, said.from, said.text); err != nil {
			return err
		}
	}
	if o.text == "" {
		o.text = fromEnv
	}
	return v.BindFlagValue(o.key, o)
}

// HasChanged, Name, ValueString and ValueType are viper's questions to a flag.
func (o option) HasChanged() bool { return o.text != "" }

// Name is the setting's.
func (o option) Name() string { return o.key }

// ValueString is what was said.
func (o option) ValueString() string { return o.text }

// ValueType tells viper how to read that.
func (o option) ValueType() string { return o.kind }

func checkTimeout(kind fault.Kind, from, text string) error {
	d, err := time.ParseDuration(text)
	switch {
	case kind == fault.Usage && d <= 0:
		return fault.New(kind, "%s must be more than 0", from)
	case err != nil || d <= 0:
		return fault.New(kind, "%s: %q is not a duration such as 30s", from, text)
	default:
		return nil
	}
}

func checkSwitch(kind fault.Kind, from, text string) error {
	if _, err := strconv.ParseBool(text); err != nil {
		return fault.New(kind, "%s: %q is neither true nor false", from, text)
	}
	return nil
}

func checkStore(kind fault.Kind, from, store string) error {
	if slices.Contains(profile.Stores(), store) {
		return nil
	}
	err := fault.New(kind, "%s: %q is not a store, it is one of %s", from, store, strings.Join(profile.Stores(), ", "))
	if near := profile.Nearest(store, profile.Stores()); near != "" {
		err = err.Hint("did you mean %s?", near)
	}
	return err
}
