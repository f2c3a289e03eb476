package curl

import (
	"slices"
	"strings"

	"authctl/internal/fault"
)

// arg is one option of the line that curl will get: --name, or --name value.
type arg struct {
	name  string // full name, "no-" before it for a flag switched off
	value string
	has   bool // takes a value
}

// transferNode is one URL with the output and upload that belong to it: curl
// pairs the first -o with the first URL, and so on.
type transferNode struct {
	url, output, upload          string
	hasURL, hasOutput, hasUpload bool
	remoteName, outNull          bool
}

// line is a parsed command line of curl.
type line struct {
	options []arg
	nodes   []*transferNode
	globoff bool
	unsafe  bool
	unknown []arg
	// fromFiles are the headers of -H @FILE.
	fromFiles        []arg
	headersFromStdin bool
}

// parser reads argv as curl does.
type parser struct {
	table  map[string]option
	shorts map[byte]string
	rest   []string
	line   line
}

// parse reads the arguments after `curl`. Options that are unknown or refused
// are a fault.Usage unless allowUnsafe.
func parse(argv []string, allowUnsafe bool) (line, error) {
	p := &parser{
		table: table(), shorts: shortNames(), rest: argv,
		line: line{unsafe: allowUnsafe},
	}
	for len(p.rest) > 0 {
		a := p.next()
		var err error
		switch {
		case a == "--":
			for len(p.rest) > 0 {
				p.addURL(p.next())
			}
		case strings.HasPrefix(a, "--"):
			err = p.long(a[2:])
		case strings.HasPrefix(a, "-"):
			err = p.short(a[1:])
		default:
			p.addURL(a)
		}
		if err != nil {
			return line{}, err
		}
	}
	return p.line, p.line.check()
}

func (p *parser) next() string {
	a := p.rest[0]
	p.rest = p.rest[1:]
	return a
}

// long reads name, name=value (curl 8.16) and no-name.
func (p *parser) long(word string) error {
	name, value, attached := strings.Cut(word, "=")
	if older, ok := otherNames()[strings.TrimPrefix(name, "no-")]; ok {
		name = strings.TrimSuffix(name, strings.TrimPrefix(name, "no-")) + older
	}
	o, known := p.table[name]
	switch base, no := strings.CutPrefix(name, "no-"); {
	case known && o.value && attached:
		return p.take(o, arg{name, value, true})
	case known && o.value:
		return p.takeNext(o, "--"+name)
	case known && attached:
		return fault.New(fault.Usage, "curl's --%s takes no value", name)
	case known:
		return p.take(o, arg{name: name})
	case no && !attached && p.table[base].name != "" && !p.table[base].value:
		return p.takeNo(p.table[base])
	default:
		return p.unknown(name, value, attached)
	}
}

// short reads letters that share one dash; the first that takes a value takes
// all that follows it.
func (p *parser) short(letters string) error {
	if letters == "" {
		return fault.New(fault.Usage, "curl takes no - by itself")
	}
	for i := range len(letters) {
		name, ok := p.shorts[letters[i]]
		if !ok {
			return fault.New(fault.Usage, "curl's -%c is not known to authctl", letters[i])
		}
		o, ok := p.table[name]
		if !ok { // -N
			o = p.table[strings.TrimPrefix(name, "no-")]
			if err := p.takeNo(o); err != nil {
				return err
			}
			continue
		}
		if !o.value {
			if err := p.take(o, arg{name: name}); err != nil {
				return err
			}
			continue
		}
		if value := letters[i+1:]; value != "" {
			return p.take(o, arg{name, value, true})
		}
		return p.takeNext(o, "-"+letters[i:i+1])
	}
	return nil
}

func (p *parser) takeNext(o option, spelled string) error {
	if err := o.refusal(p.line.unsafe); err != nil {
		return err
	}
	if len(p.rest) == 0 {
		return fault.New(fault.Usage, "curl's %s needs a value", spelled)
	}
	return p.take(o, arg{o.name, p.next(), true})
}

// takeNo switches a flag off, which is never more dangerous than leaving it alone.
func (p *parser) takeNo(o option) error {
	switch o.class {
	case plain:
		p.pass(arg{name: "no-" + o.name})
	case dropped:
		if o.name == "globoff" {
			p.line.globoff = false
		}
	case structural, refused, never:
		if p.line.unsafe && o.class != never {
			p.pass(arg{name: "no-" + o.name})
			return nil
		}
		return fault.New(fault.Usage, "curl's --no-%s is not known to authctl", o.name)
	}
	return nil
}

func (p *parser) take(o option, a arg) error {
	if err := o.refusal(p.line.unsafe); err != nil {
		return err
	}
	if err := o.checkValue(a.value); a.has && err != nil {
		return err
	}
	switch o.class {
	case dropped:
		p.line.globoff = p.line.globoff || o.name == "globoff"
	case structural:
		p.structure(a)
	case plain, refused:
		p.pass(a)
	case never: // refused above
	}
	return nil
}

func (p *parser) pass(a arg) { p.line.options = append(p.line.options, a) }

// unknown is an option of a curl newer than the table, --expand-NAME, an
// abbreviation (which curl dropped in 8.10), or a mistake.
func (p *parser) unknown(name, value string, attached bool) error {
	if strings.HasPrefix(name, "expand-") {
		return option{name, true, true, never, p.table["variable"].why, p.table["variable"].hint}.refusal(true)
	}
	f := fault.New(fault.Usage, "curl's --%s is not known to authctl, so what it would do with the secrets is not known either", name)
	if full := p.completions(strings.TrimPrefix(name, "no-")); len(full) > 0 {
		return f.Hint("write it in full: --%s", strings.Join(full, ", --"))
	}
	if !p.line.unsafe {
		return f.Hint("--allow-unsafe-curl before the -- lets it through")
	}
	// Whether it takes a value is not known: what follows after a space is read
	// as what it would be if not, and what follows after = (curl 8.16) is its value.
	p.line.unknown = append(p.line.unknown, arg{name, value, attached})
	return option{name: name}.checkValue(value)
}

// completions are names that an older curl could take the prefix for.
func (p *parser) completions(prefix string) []string {
	var full []string
	for name := range p.table {
		if strings.HasPrefix(name, prefix) {
			full = append(full, name)
		}
	}
	slices.Sort(full)
	return full[:min(len(full), 4)]
}
