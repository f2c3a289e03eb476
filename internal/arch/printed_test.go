package arch

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// raw lists who may hand the streams of app.System on, or write bytes to them,
// and why nobody's text can act there. All others print by internal/shown.
func raw() map[string]string {
	return map[string]string{
		"cmd/assert.go":                 "one assertion, which is base64, or JSON that is escaped",
		"cmd/decode.go":                 "a report of inspect, cleaned part by part",
		"cmd/decode_extract.go":         "an assertion byte for byte; on a terminal it is looked at first",
		"cmd/doctor.go":                 "a report line, made by shown.Sprintf",
		"cmd/exit.go":                   "one error as JSON that is escaped",
		"cmd/keyfile.go":                "the stderr of a command: program",
		"cmd/key_list.go":               "a table that shown fills",
		"cmd/key_new.go":                "a PEM, or what shown made",
		"cmd/kid.go":                    "a key id, which is base64, a PEM, or what shown made",
		"cmd/profile.go":                "YAML that is escaped",
		"cmd/root.go":                   "cobra's help, which is ours",
		"cmd/sandbox.go":                "the sandbox's own profiles, and its child's streams",
		"cmd/secret_list.go":            "results as JSON that is escaped, and a table that shown fills",
		"internal/app/app.go":           "the stderr of a command: program",
		"internal/app/curl.go":          "curl's own streams: the API's answer is the user's",
		"internal/app/print.go":         "what render has checked",
		"internal/app/host.go":          "where they are made",
		"cmd/status_print.go":           "a table that shown fills",
		"internal/host/editor.go":       "the editor's own streams",
		"internal/host/become_other.go": "the streams of the program that runs",
		"internal/app/network.go":       "endpoint.TextTrace, which prints by shown",
		"internal/app/login.go":         "login.Terminal, which prints by shown",
	}
}

// TestNothingIsPrintedRaw: in the rooms that have the streams, os.Stdout,
// os.Stderr, Sys.Out and Sys.Err are arguments of internal/shown, and formats
// are constants: only they may end a line.
func TestNothingIsPrintedRaw(t *testing.T) {
	seen, used := 0, map[string]bool{}
	for _, folder := range []string{"cmd", "internal/app", "internal/host", "internal/login", "internal/endpoint", "internal/doctor"} {
		err := filepath.WalkDir("../../"+folder, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			rel := filepath.ToSlash(strings.TrimPrefix(path, filepath.FromSlash("../../")))
			calls, wrong := printed(file, folder == "cmd")
			seen += calls
			for _, w := range wrong {
				if _, ok := raw()[rel]; ok && w == handedOn {
					used[rel] = true
				} else {
					t.Errorf("%s: %s; print by internal/shown", rel, w)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen < 30 {
		t.Errorf("only %d calls were seen", seen)
	}
	for rel := range raw() {
		if !used[rel] {
			t.Errorf("%s needs no line in raw()", rel)
		}
	}
}

const (
	handedOn  = "a stream is used without shown"
	notOurs   = "a format that is no constant"
	pastShown = "fmt prints to a writer"
)

// printed counts the calls that print, and says what is wrong with them; a
// strict room may not print to a builder or table by fmt either.
func printed(file *ast.File, strict bool) (calls int, wrong []string) {
	fine := map[ast.Node]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if fn, ok := n.(*ast.FuncDecl); ok {
			// The printers themselves hand their format on.
			if name := fn.Name.Name; name == "say" || name == "warn" || name == "Say" || name == "Note" || name == "line" {
				return false
			}
		}
		switch n := n.(type) {
		case *ast.CallExpr:
			sel, ok := n.Fun.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			format := -1
			switch from, name := source(sel.X), sel.Sel.Name; {
			case from == "shown" && name == "Fprintf":
				fine[n.Args[0]] = true
				format = 1
			case from == "shown" && name == "Fit":
				fine[n.Args[0]] = true
				format = 3
			case from == "shown" && name == "Sprintf", name == "say", name == "warn" && from == "c", name == "Say", name == "Note" && strings.HasSuffix(strings.ToLower(from), "terminal"):
				format = 0
			case from == "fmt" && strings.HasPrefix(name, "Fprint") && (strict || streams(n.Args[0])):
				wrong = append(wrong, pastShown)
			}
			if format >= 0 {
				calls++
				if !constant(n.Args[format]) {
					wrong = append(wrong, notOurs)
				}
			}
		case ast.Expr:
			if streams(n) && !fine[n] {
				wrong = append(wrong, handedOn)
			}
		}
		return true
	})
	return calls, wrong
}

// streams is true for os.Stdout, os.Stderr and System's Out and Err.
func streams(e ast.Expr) bool {
	sel, ok := e.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	switch from := source(sel.X); sel.Sel.Name {
	case "Stdout", "Stderr":
		return from == "os"
	case "Out", "Err":
		return strings.EqualFold(from, "sys")
	}
	return false
}

// source is the last name of what a selector selects from.
func source(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.CallExpr:
		return source(e.Fun)
	}
	return ""
}

func constant(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return e.Kind == token.STRING
	case *ast.BinaryExpr:
		return constant(e.X) && constant(e.Y)
	}
	return false
}

func TestRawPrintingIsFound(t *testing.T) {
	for body, want := range map[string]string{
		`fmt.Fprintf(c.sys.Err, "%s", x)`:     pastShown + " " + handedOn,
		`io.WriteString(a.Sys.Out, x)`:        handedOn,
		`w := c.sys.Out; w.Write(x)`:          handedOn,
		`fmt.Fprintln(os.Stderr, x)`:          pastShown + " " + handedOn,
		`shown.Fprintf(c.sys.Err, "%s", x)`:   "",
		`shown.Fprintf(c.sys.Err, x)`:         notOurs,
		`shown.Fit(c.sys.Err, s, 2, "%s", x)`: "",
		`shown.Fit(c.sys.Err, s, 2, x)`:       notOurs,
		`c.say(x)`:                            notOurs,
		`c.say("a" + x)`:                      notOurs,
		`c.say("a"+"%s", x)`:                  "",
		`f.Terminal.Note(x)`:                  notOurs,
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\nfunc f() { "+body+" }", 0)
		if err != nil {
			t.Fatal(err)
		}
		if _, wrong := printed(file, true); strings.Join(wrong, " ") != want {
			t.Errorf("%s: %q, want %q", body, wrong, want)
		}
	}
}
