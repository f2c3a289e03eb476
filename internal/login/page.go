package login

import (
	"context"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"errors"
	"html"
	"net/http"
	"strconv"
	"strings"

	"authctl/internal/fault"
)

//go:embed page.html
var pageHTML string

// pages writes what the browser shows at the end. Every word comes from this
// file and from the profile; nothing comes from the request or the server.
type pages struct {
	profile string // the profile's name
	server  string // host of the authorization server, as configured
}

// content is one page in plain text.
type content struct {
	class, title, text, next string
	facts                    bool
}

func (p pages) success() content {
	return content{
		class: "success", title: "You are logged in", facts: true,
		text: "The token has been handed to authctl in your terminal.",
		next: "You can close this tab.",
	}
}

func (p pages) failure(err error) content {
	return content{
		class: "failure", title: "The login did not succeed", facts: true,
		text: plainWords(err), next: "Your terminal says more.",
	}
}

// stranger is for requests that are not the redirect of this login.
func (p pages) stranger() content {
	return content{
		class: "failure", title: "This is not the login authctl waits for",
		text: "The address you came by does not belong to the login under way, or was used before.",
		next: "If a login is under way it goes on, in the tab where you began it.",
	}
}

// plainWords says what failed without the server's own words.
func plainWords(err error) string {
	if errors.Is(err, context.Canceled) {
		return "The login was stopped in the terminal. Nothing was kept."
	}
	var f *fault.Error
	if !errors.As(err, &f) {
		return "Something went wrong inside authctl. Nothing was kept."
	}
	switch f.Code {
	case "access_denied":
		return "The login was declined, by you or by the server. Nothing was kept."
	case "login_required", "interaction_required", "consent_required", "account_selection_required":
		return "The server needs you to take part, and was asked not to show anything. Nothing was kept."
	case "invalid_scope":
		return "The server does not grant the scopes that the profile asks for. Nothing was kept."
	case "temporarily_unavailable", "server_error":
		return "The server is in trouble just now. Nothing was kept; try again later."
	}
	switch f.Kind {
	case fault.Refused:
		return "The server did not accept the request. Nothing was kept."
	case fault.Invalid:
		return "The answer could not be verified, so it was not used. Nothing was kept."
	case fault.Network:
		return "The server could not be reached to finish the login. Nothing was kept."
	case fault.Store:
		return "The login worked, but the result could not be kept on this computer."
	case fault.Config, fault.Usage, fault.Login, fault.Internal, fault.Interrupted:
	}
	return "The login could not be finished. Nothing was kept."
}

// write sends the page with headers that leave a browser nothing to run, to
// load, to guess, to frame, to keep or to pass on.
func (p pages) write(w http.ResponseWriter, status int, c content) {
	body := p.render(c)
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Content-Security-Policy", "default-src 'none'; style-src "+styleHash()+
		"; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Connection", "close")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(body))
}

func (p pages) render(c content) string {
	facts := ""
	if c.facts {
		facts = "<dl>\n" + fact("Profile", p.profile) + fact("Server", p.server) + "</dl>\n"
	}
	return strings.NewReplacer(
		"{{class}}", c.class, "{{title}}", html.EscapeString(c.title), "{{text}}", html.EscapeString(c.text),
		"{{next}}", html.EscapeString(c.next), "{{facts}}", facts,
	).Replace(pageHTML)
}

func fact(name, value string) string {
	if value == "" {
		return ""
	}
	return "<div><dt>" + name + "</dt><dd>" + html.EscapeString(value) + "</dd></div>\n"
}

// styleHash allows the one style element of the page and no other.
func styleHash() string {
	_, rest, _ := strings.Cut(pageHTML, "<style>")
	style, _, _ := strings.Cut(rest, "</style>")
	sum := sha256.Sum256([]byte(style))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
