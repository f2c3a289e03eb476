package core

import (
	"html"
	"strings"
)

// pageData is what one page shows; every text is escaped.
type pageData struct {
	Title, Action, ID, Person, Client, Scope string
	Problem                                  string // shown alone
	Done                                     string // shown alone
	AskCode                                  string // path of a page that asks for a device's code
	Code                                     string // a device's
}

// html is the page. It is for a person and for a browser test: the buttons have
// the ids login and cancel. Strings, not html/template: that package makes the linker
// keep every exported method of authctl, 3 MB.
func (d pageData) html() string {
	var body string
	switch {
	case d.Problem != "":
		body = `<p role="alert" id="problem">{problem}</p>`
	case d.Done != "":
		body = `<p role="status" id="done">{done}</p>`
	case d.AskCode != "":
		body = askCode
	default:
		body = d.decision()
	}
	return d.fill(pageTop + body + pageEnd)
}

// decision asks the person; a row without a value is left out.
func (d pageData) decision() string {
	rows := `<dt>Application</dt><dd id="client">{client}</dd>`
	if d.Scope != "" {
		rows += `<dt>It asks for</dt><dd id="scope">{scope}</dd>`
	}
	if d.Code != "" {
		rows += `<dt>Code on your device</dt><dd id="code">{code}</dd>`
	}
	return "<p>An application wants to act for you.</p>\n<dl>\n" + rows + "\n</dl>\n" + decide
}

// fill puts the values in, once: what a value contains is not looked at again.
func (d pageData) fill(page string) string {
	e := html.EscapeString
	return strings.NewReplacer(
		"{title}", e(d.Title), "{action}", e(d.Action), "{id}", e(d.ID), "{person}", e(d.Person), "{client}", e(d.Client),
		"{scope}", e(d.Scope), "{problem}", e(d.Problem), "{done}", e(d.Done), "{ask}", e(d.AskCode), "{code}", e(d.Code),
	).Replace(page)
}

const pageTop = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} – sandbox login</title>
<style>
:root { color-scheme: light dark; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 28rem; margin: 12vh auto; padding: 0 1.5rem; }
small { opacity: .75; }
dt { font-weight: 600; } dd { margin: 0 0 .5rem; overflow-wrap: anywhere; }
button, input { font: inherit; padding: .6rem 1.2rem; margin: .5rem .5rem 0 0; border: 1px solid; border-radius: .5rem; cursor: pointer; }
#login { background: #1a56db; border-color: #1a56db; color: #fff; }
</style>
</head>
<body>
<main>
<h1>{title}</h1>
`

const askCode = `<form method="get" action="{ask}">
<label for="user_code">Code shown on your device</label>
<p><input id="user_code" name="user_code" autocomplete="off" autocapitalize="characters" required autofocus></p>
<button id="next">Continue</button>
</form>`

const decide = `<form method="post" action="{action}">
<input type="hidden" name="request" value="{id}">
<button id="login" name="decision" value="login">Log in as {person}</button>
<button id="cancel" name="decision" value="cancel">Cancel</button>
</form>`

const pageEnd = `
<p><small>This is the authctl sandbox on your own machine. Nobody real is logged in.</small></p>
</main>
</body>
</html>
`
