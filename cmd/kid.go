package cmd

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"authctl/internal/fault"
)

// kidOptions is what the flags of `kid` say.
type kidOptions struct {
	file   string
	as     string // "" is the default form, or the JWK's own kid for --jwk
	output string
	jwk    bool
	pem    bool
	key    keyFlags
}

func newKidCmd(c *cli) *cobra.Command {
	var o kidOptions
	cmd := &cobra.Command{
		Use:   "kid FILE|-",
		Short: "Print the key id of a key or certificate",
		Long: fmt.Sprintf(`Print the key id of a key or certificate.

FILE is PEM, DER, PKCS#12, a JWK or a JWKS, private or public, UTF-8 or UTF-16;
FILE#/json/pointer looks inside a JSON document; - is stdin. A private key
gives the id of its public half. Needs no profile, no network and no keyring.

  %s  base64url(SHA-256(DER SubjectPublicKeyInfo)), the default
  thumbprint   RFC 7638 SHA-256 thumbprint of the JWK
  x5t          SHA-1 thumbprint of the certificate (RFC 7515 4.1.7)
  x5t#S256     SHA-256 thumbprint of the certificate (RFC 7515 4.1.8)
  all          a table of all of them

assertion.kid and assert --kid have the same words.

--jwk prints the public JWK to register: with the id that --as chooses, else
the kid of the JWK itself, else the default.

Exit status: 0 printed; 2 wrong usage; 3 no key, or not exactly one, in FILE.`, kidForms()[0]),
		Example: `  authctl kid key.pem
  authctl kid --as thumbprint --jwk key.pem > public.jwk
  authctl kid --as all -o json certificate.pem
  authctl kid 'configuration.json#/privateJwk'`,
		Args: one("FILE, or - for stdin"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.file = args[0]
			if o.as == formerForm {
				o.as = kidForms()[0]
			}
			return runKid(cmd.Context(), c, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.as, "as", "", "which id: "+strings.Join(kidForms(), ", ")+"; the first is the default")
	f.StringVarP(&o.output, "output", "o", "text", "text or json")
	f.BoolVar(&o.jwk, "jwk", false, "print the public JWK")
	f.BoolVar(&o.pem, "pem", false, "print the public key as PEM")
	o.key.register(cmd)
	fixed(cmd, "as", kidForms())
	fixed(cmd, "output", []string{"text", "json"})
	return cmd
}

// kidForms are the values of --as, the default first: what Keycloak derives
// from a registered certificate or key.
func kidForms() []string { return []string{"spki-sha256", "thumbprint", "x5t", "x5t#S256", "all"} }

// formerForm is what the first of kidForms was called; the JSON of all has it, too.
const formerForm = "keycloak"

func (o kidOptions) check() error {
	switch {
	case o.as != "" && !slices.Contains(kidForms(), o.as):
		return fault.New(fault.Usage, "--as %s is unknown", o.as).Hint("--as is one of %s", strings.Join(kidForms(), ", "))
	case o.output != "text" && o.output != "json":
		return fault.New(fault.Usage, "-o %s is unknown", o.output).Hint("-o text or -o json")
	case o.jwk && o.pem:
		return fault.New(fault.Usage, "--jwk and --pem exclude each other")
	case o.pem && (o.as != "" || o.output == "json"):
		return fault.New(fault.Usage, "--pem prints the key alone, so --as and -o do not go with it")
	case o.jwk && o.as == "all":
		return fault.New(fault.Usage, "a JWK has one kid, so --as all does not go with --jwk")
	}
	return nil
}

func runKid(ctx context.Context, c *cli, o kidOptions) error {
	c.flags.jsonErrors = o.output == "json"
	if err := o.check(); err != nil {
		return err
	}
	key, err := c.loadKey(ctx, o.file, o.key)
	if err != nil {
		return err
	}
	if weak := key.CheckStrength(); weak != nil {
		c.warn("%s: %v", shownName(o.file), weak)
	}
	out, err := o.render(key)
	if err != nil {
		return fault.New(fault.Config, "%s: %w", shownName(o.file), err)
	}
	_, err = c.sys.Out.Write(out)
	return err
}
