package curl

import (
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
	// -i's name since curl 8.10; the older one works everywhere.
	name = strings.Replace(name, "show-headers", "include", 1)
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

// unknown is an option of a curl newer than the table, an abbreviation (which
// curl dropped in 8.10), --expand-NAME, or a slip.
func (p *parser) unknown(name, value string, attached bool) error {
	if !p.line.unsafe {
		f := fault.New(fault.Usage, "curl's --%s is not known to authctl, so what it would do with the secrets is not known either", name)
		if full := p.completions(name); len(full) > 0 {
			return f.Hint("write it in full: --%s", strings.Join(full, ", --"))
		}
		return f.Hint("--allow-unsafe-curl before the -- lets it through")
	}
	a := arg{name, value, attached}
	// Whether it takes a value can only be guessed: what is no option and no URL is one.
	if !attached && len(p.rest) > 0 && !strings.HasPrefix(p.rest[0], "-") && !looksLikeURL(p.rest[0]) {
		a = arg{name, p.next(), true}
	}
	p.pass(a)
	return option{name: name}.checkValue(a.value)
}

func looksLikeURL(s string) bool { return strings.HasPrefix(s, "/") || strings.Contains(s, "://") }

func (p *parser) completions(prefix string) []string {
	var full []string
	for _, b := range blocks() {
		for _, name := range b.names() {
			if strings.HasPrefix(name, prefix) && len(full) < 4 {
				full = append(full, name)
			}
		}
	}
	return full
}
