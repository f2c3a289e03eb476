package cmd

import (
	"context"
	"errors"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"authctl/internal/acquire"
	"authctl/internal/fault"
	"authctl/internal/host"
	"authctl/internal/login/flows"
	"authctl/internal/secret"
	"authctl/internal/secretstore"
)

func newLoginPasswordCmd(c *cli) *cobra.Command {
	var out outputFlags
	who := typist{c: c}
	cmd := &cobra.Command{
		Use:   "login-password",
		Short: "Log in with user name and password, for servers that have nothing else; the session is kept",
		Long: `Log in with a person's own user name and password (RFC 6749 4.3). Use it only
where the server has nothing else: the program that takes the password could keep
it, it trains people to type it anywhere, and single sign-on, passkeys and most
second factors do not work with it, so that it must not be used (RFC 9700 2.4).
login-pkce and login-device never see a password.

The password is asked for without echo, or read from stdin with --password-stdin;
it is sent to the token endpoint once and never kept. Where the server answers
mfa_required, the code is asked for at the terminal and sent as the profile's
login.mfa_param. A server whose discovery document does not list this grant is not
asked. The session is kept, so that token uses and refreshes it. At a terminal it
says who logged in and until when; the token itself is printed in a pipe, with -o,
or where nothing is kept.

Exit status: 0 printed; 2 no terminal and no --password-stdin; 3 profile, or the
server does not list the grant; 4 the server refused; 5 network; 6 the session
could not be kept (nothing was asked); 7 the id_token is not to be believed
(nothing is kept); 8 a second factor is wanted and there is no terminal; 130 stopped.`,
		Example: `  authctl login-password -p work
  authctl login-password -p work --username anna --password-stdin < password.txt`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.login(cmd.Context(), out, func(flow flows.Deps, t *task) (acquire.Result, error) {
				return flow.Password(cmd.Context(), t.profile, t.acq, who)
			})
		},
	}
	out.register(cmd)
	f := cmd.Flags()
	f.StringVar(&who.username, "username", "", "whose password it is, instead of asking for the `name`")
	f.BoolVar(&who.stdin, "password-stdin", false, "read the password from stdin instead of asking for it")
	return cmd
}

// typist answers a login by password at the terminal, but for what flags give.
type typist struct {
	c        *cli
	username string
	stdin    bool // is the password
}

// Ready says what a script must give.
func (t typist) Ready(profileName string) error {
	a := asker{c: t.c}
	switch {
	case t.stdin && t.username == "":
		return fault.New(fault.Usage, "stdin is the password: the user name needs --username NAME")
	case !t.stdin && (!a.person() || t.c.sys.Prompt == nil):
		return fault.New(fault.Usage, "there is no terminal to ask for the password at").
			Hint("authctl login-password -p %s --username NAME --password-stdin reads it from stdin", profileName)
	}
	return nil
}

// Name is --username, or asked for.
func (t typist) Name(ctx context.Context) (string, error) {
	name := t.username
	if name == "" {
		a := asker{c: t.c, lines: lineReader(t.c.sys.In)}
		var err error
		if name, err = a.line(ctx, "user name"); err != nil {
			return "", err
		}
	}
	if name == "" || strings.ContainsFunc(name, unicode.IsControl) { // RFC 6749 A.15
		return "", fault.New(fault.Usage, "the user name is empty, or holds a control character")
	}
	return name, nil
}

// Password is all of stdin, or asked for; one line (RFC 6749 A.16).
func (t typist) Password(ctx context.Context) (secret.Text, error) {
	if !t.stdin {
		return t.hidden(ctx, "password")
	}
	raw, err := t.c.input(ctx, "-", maxLine)
	if err != nil {
		return secret.Text{}, unreadable(fault.Usage, "-", err)
	}
	return asPassword("password", secretstore.Typed(raw))
}

// Code is asked for at the terminal, even where stdin is none.
func (t typist) Code(ctx context.Context) (secret.Text, error) {
	code, err := t.hidden(ctx, "code")
	if errors.Is(err, host.ErrNoTerminal) {
		return secret.Text{}, fault.New(fault.Login, "the server wants a second factor (mfa_required), and there is no terminal to ask for it at").
			Hint("log in once at a terminal: the session is then kept")
	}
	return secret.New(strings.TrimSpace(code.Reveal())), err
}

func (t typist) hidden(ctx context.Context, what string) (secret.Text, error) {
	if t.c.sys.Prompt == nil {
		return secret.Text{}, host.ErrNoTerminal
	}
	text, err := t.c.sys.Prompt(ctx, what+" (not shown)")
	if err != nil {
		return secret.Text{}, err
	}
	return asPassword(what, text)
}

func asPassword(what string, text secret.Text) (secret.Text, error) {
	line, err := secretstore.Line(text)
	if err != nil {
		return secret.Text{}, fault.New(fault.Usage, "the %s cannot be used: %w", what, err)
	}
	return line, nil
}
