package core

// loginPage is for a person and for a browser test: the buttons have the ids login and cancel.
const loginPage = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}} – sandbox login</title>
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
<h1>{{.Title}}</h1>
{{- if .Problem}}
<p role="alert" id="problem">{{.Problem}}</p>
{{- else if .Done}}
<p role="status" id="done">{{.Done}}</p>
{{- else if .AskCode}}
<form method="get" action="{{.AskCode}}">
<label for="user_code">Code shown on your device</label>
<p><input id="user_code" name="user_code" autocomplete="off" autocapitalize="characters" required autofocus></p>
<button id="next">Continue</button>
</form>
{{- else}}
<p>An application wants to act for you.</p>
<dl>
<dt>Application</dt><dd id="client">{{.Client}}</dd>
{{- if .Scope}}<dt>It asks for</dt><dd id="scope">{{.Scope}}</dd>{{end}}
{{- if .Code}}<dt>Code on your device</dt><dd id="code">{{.Code}}</dd>{{end}}
</dl>
<form method="post" action="{{.Action}}">
<input type="hidden" name="request" value="{{.ID}}">
<button id="login" name="decision" value="login">Log in as {{.Person}}</button>
<button id="cancel" name="decision" value="cancel">Cancel</button>
</form>
{{- end}}
<p><small>This is the authctl sandbox on your own machine. Nobody real is logged in.</small></p>
</main>
</body>
</html>
`
