package doctor

import (
	"fmt"

	"authctl/internal/config"
	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/strict"
)

// File reports every problem of the profiles file, whichever profile it is
// in, and gives the profiles to examine that could be read: the named one, ""
// for the chosen or default one, or all of them. What does not keep the one
// profile from being read is a warning.
func File(s config.Settings, name string, all bool, report func(Result)) []*profile.Profile {
	set, err := config.LoadAll(s)
	problems := strict.AllProblems(err)
	chosen, failures := choose(s, name, all)
	for _, p := range problems {
		r := problem(s, p)
		if !all && len(chosen) > 0 && p.Profile != "" && p.Profile != chosen[0].Name {
			r.State = Warn
		}
		report(r)
	}
	switch {
	case err == nil:
		from := s.File
		if name == profile.Alone {
			from = "--preset and --set"
		}
		report(Result{Check: "file", State: OK, Finding: fmt.Sprintf("%s: %s, nothing wrong in it", from, count(len(set.Profiles), "profile"))})
	case len(problems) == 0:
		report(failed("", "file", err))
		return nil
	}
	for _, r := range failures {
		report(r)
	}
	return chosen
}

// choose reads the profiles to examine; failures are those that are no problem of the file.
func choose(s config.Settings, name string, all bool) (chosen []*profile.Profile, failures []Result) {
	names := []string{name}
	if all {
		var err error
		if names, err = config.Names(s); err != nil {
			return nil, nil // the file's head is broken, which is reported
		}
	}
	for _, n := range names {
		p, err := config.LoadProfile(s, n)
		switch {
		case err == nil:
			chosen = append(chosen, p)
		case len(strict.AllProblems(err)) == 0:
			failures = append(failures, failed(n, "profile", err))
		}
	}
	return chosen, failures
}

func problem(s config.Settings, p strict.Problem) Result {
	f := fault.New(fault.Config, "%s", p)
	switch {
	case p.Hint != "":
		f = f.Hint("%s", p.Hint)
	case p.Line == 0 && p.File == s.File:
		f = f.Hint("--config or AUTHCTL_CONFIG names another file")
	default:
		f = f.Hint("correct it there; authctl profile check looks again")
	}
	name := p.Profile
	if profile.ValidName(name) != nil {
		name = "" // the finding quotes it
	}
	return failed(name, "file", f)
}

func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
