package cmd

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"authctl/internal/fault"
	"authctl/internal/inspect"
	"authctl/internal/shown"
)

// decodeOptions is what the flags of `decode` say.
type decodeOptions struct {
	input    string
	output   string
	selected string
	claim    string
	noClaim  bool // --claim with nothing, such as a variable that is not set
	checkExp bool
	extract  bool
	verify   verifyFlags
}

func newDecodeCmd(c *cli) *cobra.Command {
	var o decodeOptions
	cmd := &cobra.Command{
		Use:   "decode [FILE|-|TOKEN]",
		Short: "Show what a token says, and verify it",
		Long: `Show the header and claims of a JWT, the header of an encrypted token (JWE), a
SAML assertion (XML, base64 or base64url), or say that a token is opaque. Input
is a token, several tokens one a line, a whole token response, or the SAML
Response, SOAP message or WS-Trust answer that an assertion came in.
--extract-assertion prints the assertion of such a message, its bytes untouched.

Prefer FILE or stdin (-, the default) to TOKEN: arguments are seen by every
process of the machine and kept in the shell's history.

Without --verify nothing is checked, and the output says UNVERIFIED. --verify
checks the signature, iss, aud, azp, exp, nbf and iat, with --key, --jwks, or
the keys, issuer and client id of the profile. No key is ever taken from the
token itself. For an access token name its --audience.

Exit status: 0 shown, and verified where that was asked for; 2 wrong usage;
3 key or profile; 5 JWKS or discovery not reachable; 7 the token is invalid,
expired or could not be verified.`,
		Example: `  authctl token --select id_token | authctl decode
  authctl decode --claim realm_access.roles token.txt
  authctl decode --check-exp token.txt
  authctl decode --extract-assertion response.xml > assertion.xml
  authctl decode --verify --key public.pem assertion.jwt
  authctl decode --verify -p example --nonce n-0S6 id_token.jwt`,
		Args: oneAtMost("FILE, - or TOKEN"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.input = first(args)
			o.noClaim = cmd.Flags().Changed("claim") && o.claim == ""
			return runDecode(cmd.Context(), c, o)
		},
	}
	f := cmd.Flags()
	f.StringVarP(&o.output, "output", "o", "text", "text or json, one object a line")
	f.StringVar(&o.selected, "select", "", "which `token` of a token response: "+strings.Join(inspect.Selects(), ", "))
	f.StringVar(&o.claim, "claim", "", "print only this claim, raw; `name` or name.inner, or the Name of a SAML attribute")
	f.BoolVar(&o.checkExp, "check-exp", false, "fail (exit 7) when the token has expired or has no exp")
	f.BoolVar(&o.extract, "extract-assertion", false, "print the one SAML assertion of a message, byte for byte, with the namespace declarations that it inherits")
	o.verify.register(cmd)
	fixed(cmd, "output", []string{"text", "json"})
	fixed(cmd, "select", inspect.Selects())
	return cmd
}

func (o *decodeOptions) check() error {
	switch {
	case o.output != "text" && o.output != "json":
		return fault.New(fault.Usage, "-o %s is unknown", o.output).Hint("-o text or -o json")
	case o.noClaim:
		return fault.New(fault.Usage, "--claim needs the name of a claim")
	case o.selected != "" && !slices.Contains(inspect.Selects(), o.selected):
		return fault.New(fault.Usage, "--select %s is unknown", o.selected).Hint("--select is one of %s", strings.Join(inspect.Selects(), ", "))
	case (o.input == "" || o.input == "-") && (o.verify.keyFile == "-" || o.verify.jwks == "-"):
		return fault.New(fault.Usage, "stdin cannot be both the token and the key").Hint("name a file for one of them")
	case o.claim != "" && o.output == "json":
		return fault.New(fault.Usage, "--claim prints one raw value, so -o json does not go with it")
	case o.extract && (o.verify.on || o.verify.signatureOnly || o.checkExp || o.claim != "" || o.output == "json"):
		return fault.New(fault.Usage, "--extract-assertion prints the assertion as it is, so --verify, --check-exp, --claim and -o json do not go with it")
	}
	return o.verify.check()
}

func runDecode(ctx context.Context, c *cli, o decodeOptions) error {
	c.flags.jsonErrors = o.output == "json"
	if err := o.check(); err != nil {
		return err
	}
	data, err := c.readToken(ctx, o.input)
	if err != nil {
		return err
	}
	tokens, err := inspect.Tokens(data, o.selected)
	if err != nil {
		return notTokens(o.input, err)
	}
	if o.extract {
		return c.extractAssertion(o, tokens)
	}
	look, err := c.looker(ctx, o.verify)
	if err != nil {
		return err
	}
	// Nothing is printed before every token passed.
	var out strings.Builder
	for i, token := range o.meant(tokens) {
		report, err := look(token.Text)
		report.Member = token.Member
		if err == nil && o.checkExp {
			err = notExpired(report, c.sys.Now())
		}
		if err == nil {
			err = c.show(&out, o, report, i > 0)
		}
		if err != nil {
			return o.nameToken(err, i, tokens)
		}
	}
	_, err = c.sys.Out.Write([]byte(out.String()))
	return err
}

func notTokens(input string, err error) error {
	f := fault.New(fault.Invalid, "%s: %w", inputName(input), err)
	if errors.Is(err, inspect.ErrPEM) {
		return f.Hint("authctl kid FILE reads keys and certificates")
	}
	return f
}

// meant are the tokens that the flags ask about: all are shown, but of a token
// response only one is verified or asked for its claims.
func (o *decodeOptions) meant(tokens []inspect.Found) []inspect.Found {
	if tokens[0].Member != "" && (o.verify.on || o.checkExp || o.claim != "") {
		return tokens[:1]
	}
	return tokens
}

// nameToken says which of several tokens an error is about, and how another is
// asked for.
func (o *decodeOptions) nameToken(err error, i int, tokens []inspect.Found) error {
	var f *fault.Error
	if len(tokens) == 1 || !errors.As(err, &f) {
		return err
	}
	named := *f
	if tokens[0].Member == "" {
		named.Err = fmt.Errorf("token %d of %d: %w", i+1, len(tokens), f.Err)
		return &named
	}
	named.Err = fmt.Errorf("%s: %w", tokens[i].Member, f.Err)
	var others []string
	for _, other := range slices.Delete(slices.Clone(tokens), i, i+1) {
		others = append(others, "--select "+other.Member)
	}
	return named.Hint("%s takes another token of the response", strings.Join(others, " or "))
}

func notExpired(r inspect.Report, now time.Time) error {
	exp, err := r.Expiry()
	switch {
	case err != nil:
		return fault.New(fault.Invalid, "%w", err)
	case exp.IsZero():
		return fault.New(fault.Invalid, "the token does not say when it expires")
	case !now.Before(exp):
		return fault.New(fault.Invalid, "the token has expired (%s)", exp.UTC().Format(time.RFC3339))
	}
	return nil
}

// show appends one report.
func (c *cli) show(out *strings.Builder, o decodeOptions, r inspect.Report, further bool) error {
	switch {
	case o.claim != "":
		value, ok := r.Claim(o.claim)
		switch {
		case !ok && r.Kind == inspect.SAML:
			return fault.New(fault.Invalid, "the assertion has no attribute %q", o.claim).Hint("authctl decode shows their whole names")
		case !ok:
			return fault.New(fault.Invalid, "the token has no claim %q", o.claim)
		}
		if c.sys.Terminal(1) {
			value = shown.Whole(value)
		}
		_, _ = out.WriteString(value + "\n")
	case o.output == "json":
		line, err := r.JSON(c.sys.Now())
		if err != nil {
			return fault.New(fault.Internal, "writing JSON: %w", err)
		}
		_, _ = out.Write(line)
	default:
		if further {
			_, _ = out.WriteString("\n")
		}
		_, _ = out.WriteString(r.Text(inspect.View{Now: c.sys.Now(), Screen: c.sys.Screen(1)}))
	}
	return nil
}
