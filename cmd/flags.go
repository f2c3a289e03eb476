package cmd

import (
	"time"

	"github.com/spf13/pflag"
)

// globalFlags are the flags every subcommand takes. What is empty here is
// filled from AUTHCTL_* and the profiles file by internal/config.
type globalFlags struct {
	profile string
	config  string
	preset  string
	set     []string
	store   string
	timeout time.Duration
	verbose bool
	quiet   bool
	// jsonErrors is set by commands whose -o is json: an error is one JSON object then.
	jsonErrors bool
}

func (g *globalFlags) register(f *pflag.FlagSet) {
	f.VarP((*named)(&g.profile), "profile", "p", "`name` of the profile (AUTHCTL_PROFILE, else default_profile)")
	f.Var((*named)(&g.config), "config", "profiles `file` (AUTHCTL_CONFIG)")
	f.StringVar(&g.preset, "preset", "", "make a profile of this `preset` and --set for this call; no file is needed")
	f.StringArrayVar(&g.set, "set", nil, "`FIELD=VALUE` of the profile for this call, over it or alone; VALUE is YAML; may repeat")
	f.Var((*named)(&g.store), "store", "where tokens are kept: keyring, file, none, vault or kubernetes (AUTHCTL_STORE)")
	f.Var(limit{(*span)(&g.timeout)}, "timeout", "give up after this `duration` (default 30s)")
	f.BoolVarP(&g.verbose, "verbose", "v", false, "trace each request on stderr, secrets redacted")
	f.BoolVarP(&g.quiet, "quiet", "q", false, "no progress and no warnings on stderr")
}
