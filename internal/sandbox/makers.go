package sandbox

import (
	"authctl/internal/sandbox/core"
	"authctl/internal/sandbox/entra"
	"authctl/internal/sandbox/helseid"
	"authctl/internal/sandbox/klg"
	"authctl/internal/sandbox/maskinporten"
	"authctl/internal/sandbox/nhs"
	"authctl/internal/sandbox/salus"
	"authctl/internal/sandbox/santedb"
	"authctl/internal/sandbox/smart"
)

type maker struct {
	name string
	make func(*core.Core) (provider, error)
}

// makers lists the providers, in the order of the profiles file.
func makers() []maker {
	return []maker{
		{"santedb", func(c *core.Core) (provider, error) { return santedb.New(c), nil }},
		{"ardengem", func(c *core.Core) (provider, error) { return entra.New(c) }},
		{"helseid", func(c *core.Core) (provider, error) { return helseid.NewLegacy(c) }},
		{"helseid-fapi", func(c *core.Core) (provider, error) { return helseid.NewFAPI(c) }},
		{"klg", func(c *core.Core) (provider, error) { return klg.New(c) }},
		{"salus", func(c *core.Core) (provider, error) { return salus.New(c), nil }},
		{"maskinporten", func(c *core.Core) (provider, error) { return maskinporten.New(c) }},
		{"nhs", func(c *core.Core) (provider, error) { return nhs.New(c) }},
		{"smart", func(c *core.Core) (provider, error) { return smart.New(c) }},
	}
}
