package cmd

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"authctl/internal/acquire"
	"authctl/internal/fault"
	"authctl/internal/grant"
	"authctl/internal/profile"
)

// exchangeOptions is what the flags of `exchange` say.
type exchangeOptions struct {
	out                    outputFlags
	ask                    askFlags
	subject, actor         tokenFile
	subjectType, actorType string
	issuer, requested      string
	force, allowExpired    bool
}

func newExchangeCmd(c *cli) *cobra.Command {
	var o exchangeOptions
	cmd := &cobra.Command{
		Use:   "exchange",
		Short: "Exchange a subject token for an access token (RFC 8693)",
		Long: `Exchange a subject token for an access token (RFC 8693) and keep the result as
the profile's session: token then uses it, and refreshes it when it is stale.

A SAML assertion may be XML, base64 or base64url; it is sent as base64url of
the very bytes. An assertion whose NotOnOrAfter has passed is not sent, nor a
JWT whose exp has. Without --subject-token the profile's exchange.subject_token
is used, or an assertion of the security token service of sts.url.

Exit status: 0 printed; 3 profile; 4 the server refused; 5 network; 7 the
subject token has expired.`,
		Example: `  authctl exchange -p gateway --subject-token assertion.xml
  fetch-assertion | authctl exchange -p gateway --subject-token -
  authctl exchange -p gateway --sts-claim dk:gov:saml:attribute:CvrNumberIdentifier=29189854
  authctl exchange -p api --subject-token token.txt --subject-token-type access_token --audience orders`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return runExchange(cmd.Context(), c, o) },
	}
	o.out.register(cmd)
	o.ask.register(cmd)
	o.ask.registerSTS(cmd)
	f := cmd.Flags()
	f.Var(&o.subject, "subject-token", "`file` with the subject token, - for stdin, or env:NAME")
	f.StringVar(&o.subjectType, "subject-token-type", "", "its `type`: saml2, saml1, jwt, access_token, id_token, refresh_token or a URN")
	f.StringVar(&o.issuer, "subject-issuer", "", "the identity provider `alias` that issued it")
	f.StringVar(&o.requested, "requested-token-type", "", "the `type` of token wanted")
	f.Var(&o.actor, "actor-token", "`file` with the actor token, - for stdin, or env:NAME")
	f.StringVar(&o.actorType, "actor-token-type", "", "its `type`")
	f.BoolVar(&o.force, "force", false, "ask the server although a fresh token of this exchange is kept")
	f.BoolVar(&o.allowExpired, "allow-expired", false, "send a subject token whose NotOnOrAfter or exp has passed")
	for _, name := range []string{"subject-token-type", "requested-token-type", "actor-token-type"} {
		fixed(cmd, name, profile.TokenTypes())
	}
	return cmd
}

func runExchange(ctx context.Context, c *cli, o exchangeOptions) error {
	o.ask.Grant = grant.TokenExchange{}.Name()
	t, err := c.prepare(ctx, o.out, o.ask)
	if err != nil {
		return err
	}
	if err := o.override(t.asked); err != nil {
		return fault.In(t.profile.Name, err)
	}
	if err := o.ask.CheckParams(t.asked); err != nil { // what the flags set now
		return fault.In(t.profile.Name, err)
	}
	if o.subject == "" && t.asked.AsksSTS() {
		actor, err := c.actor(ctx, t, o)
		if err != nil {
			return fault.In(t.profile.Name, err)
		}
		r, err := t.acq.ExchangeIssued(ctx, t.profile, t.asked, actor, acquire.Options{Force: o.force})
		return t.finish(ctx, r, err)
	}
	if err := acquire.Unclaimed(t.asked); err != nil {
		return fault.In(t.profile.Name, err)
	}
	g, err := c.exchangeGrant(ctx, t, o)
	if err != nil {
		return fault.In(t.profile.Name, err)
	}
	r, err := t.acq.Exchange(ctx, t.profile, t.asked, g, acquire.Options{Force: o.force})
	return t.finish(ctx, r, err)
}

// override puts the flags into this call's profile.
func (o *exchangeOptions) override(p *profile.Profile) error {
	for _, f := range []struct {
		to          *string
		flag, value string
	}{
		{&p.Exchange.SubjectTokenType, "--subject-token-type", o.subjectType},
		{&p.Exchange.RequestedTokenType, "--requested-token-type", o.requested},
		{&p.Exchange.ActorTokenType, "--actor-token-type", o.actorType},
	} {
		if f.value == "" {
			continue
		}
		if !slices.Contains(profile.TokenTypes(), f.value) && !strings.Contains(f.value, ":") {
			return fault.New(fault.Usage, "%s %q is no token type", f.flag, f.value).
				Hint("one of %s, or a URI (RFC 8693 3)", strings.Join(profile.TokenTypes(), ", "))
		}
		*f.to = f.value
	}
	if o.issuer != "" {
		p.Exchange.SubjectIssuer = o.issuer
	}
	return nil
}

// exchangeGrant reads the tokens and refuses a subject that cannot succeed.
func (c *cli) exchangeGrant(ctx context.Context, t *task, o exchangeOptions) (grant.TokenExchange, error) {
	p := t.asked
	g := grant.TokenExchange{Profile: p}
	// Two references of the profile share one reading of stdin; a flag takes all of it.
	if (o.subject == "-" || o.actor == "-") && fromStdin(o.subject, p.Exchange.SubjectToken) && fromStdin(o.actor, p.Exchange.ActorToken) {
		return g, fault.New(fault.Usage, "subject token and actor token cannot both be stdin")
	}
	raw, err := c.tokenFrom(ctx, t, "--subject-token", o.subject, p.Exchange.SubjectToken)
	if err != nil {
		return g, err
	}
	if raw == nil {
		return g, fault.New(fault.Usage, "no subject token").Hint("--subject-token FILE, - for stdin, or exchange.subject_token in profile %s", p.Name)
	}
	if g.Subject, err = grant.WireSubject("subject token", raw, p.Exchange.SubjectTokenType); err != nil {
		return g, err
	}
	if err := t.acq.CheckSubject(ctx, p, g.Subject, o.allowExpired); err != nil {
		return g, err
	}
	g.Actor, err = c.actor(ctx, t, o)
	return g, err
}

// actor is the actor token, zero for none.
func (c *cli) actor(ctx context.Context, t *task, o exchangeOptions) (grant.Subject, error) {
	raw, err := c.tokenFrom(ctx, t, "--actor-token", o.actor, t.asked.Exchange.ActorToken)
	if err != nil || raw == nil {
		return grant.Subject{}, err
	}
	return grant.WireSubject("actor token", raw, t.asked.Exchange.ActorTokenType)
}
