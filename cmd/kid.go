package cmd

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"authctl/internal/clientauth"
	"authctl/internal/fault"
	"authctl/internal/keys"
	"authctl/internal/profile"
)

// kidOptions is what the flags of `kid` say.
type kidOptions struct {
	files  []string
	as     string // "" is the default form, or the JWK's own kid for --jwk
	output string
	jwk    bool
	pem    bool
	jwks   bool
	key    keyFlags
}

func newKidCmd(c *cli) *cobra.Command {
	var o kidOptions
	cmd := &cobra.Command{
		Use:   "kid FILE|-...",
		Short: "Print the key id of a key or certificate",
		Long: fmt.Sprintf(`Print the key id of a key or certificate.

FILE is PEM, DER, PKCS#12, a JWK or a JWKS, private or public, UTF-8 or UTF-16;
FILE#/json/pointer looks inside a JSON document; - is stdin; env:NAME and
ssh-agent:COMMENT are references. A private key gives the id of its public half.
Needs no profile, no network and no keyring; -p NAME with no FILE is the key
that the profile signs with.

  %s  base64url(SHA-256(DER SubjectPublicKeyInfo)), the default
  thumbprint   RFC 7638 SHA-256 thumbprint of the JWK
  x5t          SHA-1 thumbprint of the certificate (RFC 7515 4.1.7)
  x5t#S256     SHA-256 thumbprint of the certificate (RFC 7515 4.1.8)
  all          a table of all of them

assertion.kid and assert --kid have the same words.

--jwk prints the public JWK to register: with the id that --as chooses, else
the kid of the JWK itself, else the default. --jwks prints the JWKS to host, of
several: -p NAME NEW.pem is the profile's key and one that is to follow it.

Exit status: 0 printed; 2 wrong usage; 3 no key, or not exactly one, in FILE.`, kidForms()[0]),
		Example: `  authctl kid key.pem
  authctl kid --as thumbprint --jwk key.pem > public.jwk
  authctl kid --as all -o json certificate.pem
  authctl kid --jwks old.pem new.pem > jwks.json
  authctl kid 'configuration.json#/privateJwk'`,
		Args: func(cmd *cobra.Command, args []string) error {
			if o.jwks && len(args) > 0 || c.flags.profile != "" && (o.jwks || len(args) == 0) {
				return nil
			}
			return one("FILE, or - for stdin")(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			o.files = args
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
	f.BoolVar(&o.jwks, "jwks", false, "print the public JWKS of the profile's key and of every FILE")
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
	case o.jwk && o.pem || o.jwks && (o.jwk || o.pem):
		return fault.New(fault.Usage, "--jwk, --jwks and --pem exclude each other")
	case o.pem && (o.as != "" || o.output == "json"):
		return fault.New(fault.Usage, "--pem prints the key alone, so --as and -o do not go with it")
	case (o.jwk || o.jwks) && o.as == "all":
		return fault.New(fault.Usage, "a JWK has one kid, so --as all does not go with --jwk and --jwks")
	}
	return nil
}

func runKid(ctx context.Context, c *cli, o kidOptions) error {
	c.flags.jsonErrors = o.output == "json"
	if err := o.check(); err != nil {
		return err
	}
	found, err := c.keysOf(ctx, o)
	if err != nil {
		return err
	}
	for _, k := range found {
		if weak := k.CheckStrength(); weak != nil {
			c.warn("%s: %v", k.name, weak)
		}
	}
	out, err := o.render(found)
	if err != nil {
		return err
	}
	_, err = c.sys.Out.Write(out)
	return err
}

// namedKey is a key and where it is, for messages.
type namedKey struct {
	*keys.Key
	name string
}

// keysOf are that of the profile, where -p names one, and those of the files.
func (c *cli) keysOf(ctx context.Context, o kidOptions) (list []namedKey, err error) {
	if len(o.files) == 0 || o.jwks && c.flags.profile != "" {
		a, err := c.open(ctx)
		if err != nil {
			return nil, err
		}
		p, err := a.Profile()
		if err != nil {
			return nil, err
		}
		load, at := clientauth.ClientKey, profile.ClientKey
		if p.Client.Key.IsZero() {
			load, at = clientauth.GrantKey, p.GrantKey().Path
		}
		timed, cancel := context.WithTimeout(ctx, a.Settings.Timeout)
		defer cancel()
		key, err := load(timed, a.Secrets(), p)
		if err != nil {
			return nil, fault.In(p.Name, err)
		}
		list = append(list, namedKey{key, at + " of profile " + p.Name})
	}
	for _, file := range o.files {
		key, err := c.loadKey(ctx, file, o.key)
		if err != nil {
			return nil, err
		}
		list = append(list, namedKey{key, shownName(file)})
	}
	return list, nil
}
