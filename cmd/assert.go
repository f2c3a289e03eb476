package cmd

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"authctl/internal/clientauth"
	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/secret"
)

// assertOptions is what the flags of `assert` say.
type assertOptions struct {
	output   string
	keyFile  string
	crtFile  string
	clientID string
	audience string
	lifetime time.Duration
	alg      string
	typ      string
	kid      string
	claims   []string
	headers  []string
	grant    bool
	subject  string
	key      keyFlags
}

func newAssertCmd(c *cli) *cobra.Command {
	var o assertOptions
	cmd := &cobra.Command{
		Use:   "assert",
		Short: "Print a client assertion (RFC 7523)",
		Long: `Print the client assertion JWT (RFC 7523) that the profile would send, signed
anew, with a new jti. The flags change it for this call.

With --key, --client-id and --audience no profile, no network and no keyring is
needed. With a profile the network is asked only when assertion.audience is
token_url and the profile has no token_url.

--grant prints the assertion of grant_assertion instead, the grant of jwt_bearer.

-o form prints client_assertion_type=...&client_assertion=... for
curl --data @-; with --grant it is grant_type=...&assertion=...

Exit status: 0 printed; 2 wrong usage; 3 profile or key; 5 discovery was needed
and not reachable; 6 the key is in the keyring and that cannot be read.`,
		Example: `  authctl assert -p example | authctl decode
  authctl assert -p example -o form | curl -d @- -d grant_type=client_credentials https://as.example/token
  authctl assert --key key.pem --client-id eoj --audience https://as.example --kid spki-sha256
  authctl assert -p example --claim 'assertion_details={"type":"example"}'`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return runAssert(cmd.Context(), c, o) },
	}
	f := cmd.Flags()
	f.StringVarP(&o.output, "output", "o", "token", "token, form or json")
	f.StringVar(&o.keyFile, "key", "", "private key: `FILE` (owner-only), FILE#/json/pointer, - for stdin, or a secret reference")
	f.StringVar(&o.crtFile, "certificate", "", "the key's certificate, for --kid x5t and x5t#S256: `FILE`")
	f.StringVar(&o.clientID, "client-id", "", "`client_id`, for iss and sub; with --grant for iss")
	f.StringVar(&o.audience, "audience", "", "`aud`: "+strings.Join(profile.Audiences(), ", ")+", or the value itself")
	f.Var((*span)(&o.lifetime), "lifetime", "from iat to exp, such as 10s (default: the profile's, 1m)")
	f.StringVar(&o.alg, "alg", "", "signature `algorithm` (default: the profile's, the JWK's, or the key type's)")
	f.StringVar(&o.typ, "typ", "", "`typ` of the header: "+strings.Join(profile.Typs(), ", "))
	f.StringVar(&o.kid, "kid", "", "`kid` of the header: "+strings.Join(profile.KIDs(), ", ")+", or the value itself")
	f.StringArrayVar(&o.claims, "claim", nil, "a further claim, `name=json`; may repeat")
	f.StringArrayVar(&o.headers, "header", nil, "a further member of the header, `name=json`; may repeat")
	f.BoolVar(&o.grant, "grant", false, "the assertion of grant_assertion, which is a grant itself")
	f.StringVar(&o.subject, "subject", "", "`sub` of the grant's assertion; goes with --grant")
	f.StringVar(&o.key.kid, "key-kid", "", "the `id` of the key to take from a JWKS with several")
	f.StringVar(&o.key.passphrase, "passphrase", "", "secret `reference` to the key's passphrase (env:NAME, file:PATH); else it is asked for")
	fixed(cmd, "output", []string{"token", "form", "json"})
	fixed(cmd, "audience", profile.Audiences())
	fixed(cmd, "typ", profile.Typs())
	fixed(cmd, "kid", profile.KIDs())
	return cmd
}

func runAssert(ctx context.Context, c *cli, o assertOptions) error {
	c.flags.jsonErrors = o.output == "json"
	switch {
	case o.output != "token" && o.output != "form" && o.output != "json":
		return fault.New(fault.Usage, "-o %s is unknown", o.output).Hint("-o token, -o form or -o json")
	case o.lifetime < 0:
		return fault.New(fault.Usage, "--lifetime must not be negative")
	case o.keyFile == "" && (o.key.passphrase != "" || o.key.kid != "" || o.crtFile != ""):
		return fault.New(fault.Usage, "--passphrase, --key-kid and --certificate go with --key")
	case o.subject != "" && !o.grant:
		return fault.New(fault.Usage, "--subject goes with --grant")
	}
	p, signed, err := c.assertion(ctx, o)
	if err != nil {
		return err
	}
	out, err := assertionOutput(o, p.Client.AssertionType, signed.Reveal())
	if err != nil {
		return err
	}
	_, err = c.sys.Out.Write(out)
	return err
}

// assertion signs by the profile, or by the flags alone; the profile is of this call.
func (c *cli) assertion(ctx context.Context, o assertOptions) (*profile.Profile, secret.Text, error) {
	fromEnv, _ := c.sys.Env("AUTHCTL_PROFILE")
	if o.keyFile != "" && c.flags.profile == "" && (fromEnv == "" || o.clientID != "" && o.audience != "") {
		if o.clientID == "" || o.audience == "" || slices.Contains(profile.Audiences(), o.audience) {
			return nil, secret.Text{}, fault.New(fault.Usage, "without a profile, --key needs --client-id and --audience with the value for aud").
				Hint("or name a profile with --profile")
		}
		p, bare := profile.Default(), profile.DefaultGrantAssertion()
		p.GrantAssertion = &bare
		if err := o.apply(&p); err != nil {
			return nil, secret.Text{}, err
		}
		signed, err := c.assertWith(ctx, o, &p)
		return &p, signed, err
	}
	a, err := c.open(ctx)
	if err != nil {
		return nil, secret.Text{}, err
	}
	p, err := a.Profile()
	if err != nil {
		return nil, secret.Text{}, hinted(err, "--key FILE, --client-id and --audience work without a profile")
	}
	asked := *p
	if err := o.apply(&asked); err != nil {
		return nil, secret.Text{}, fault.In(p.Name, err)
	}
	if o.keyFile != "" {
		signed, err := c.assertWith(ctx, o, &asked)
		return &asked, signed, fault.In(p.Name, err)
	}
	signed, err := a.Assertion(ctx, &asked, o.grant)
	return &asked, signed, fault.In(p.Name, err)
}

// assertWith signs with the key of --key.
func (c *cli) assertWith(ctx context.Context, o assertOptions, p *profile.Profile) (secret.Text, error) {
	key, err := c.loadPrivateKey(ctx, o.keyFile, o.key)
	if err != nil {
		return secret.Text{}, err
	}
	if o.crtFile != "" {
		data, err := c.readKey(ctx, o.crtFile)
		if err != nil {
			return secret.Text{}, err
		}
		if err := key.AttachCertificate(data); err != nil {
			return secret.Text{}, fault.New(fault.Config, "%s: %w", shownName(o.crtFile), err)
		}
	}
	sign := clientauth.NewAssertion
	if o.grant {
		sign = clientauth.NewGrant
	}
	signed, err := sign(p, key, clientauth.Server{Issuer: p.Issuer, TokenURL: p.TokenURL}, c.sys.Now(), c.sys.Rand)
	return secret.New(signed), err
}
