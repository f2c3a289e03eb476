package cmd

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/rotation"
)

// keyNewOptions is what the flags of `key new` say.
type keyNewOptions struct {
	alg  string
	out  string
	csr  string
	form string
}

// keyForms are what `key new` prints.
func keyForms() []string { return []string{"pem", "jwk", "jwks"} }

func newKeyNewCmd(c *cli) *cobra.Command {
	var o keyNewOptions
	cmd := &cobra.Command{
		Use:   "new",
		Short: "Make the next key, and print what the provider must register",
		Long: `Make a key that is to follow the one the profile signs with, and keep it beside
that: FILE.new, or NAME.new in the keyring. Prints what is to be registered: the
public key as PEM, or as a JWK where the key in use is a JWK; with --form jwks
the JWKS of both keys; with --csr a certificate request, which a profile with
client.certificate needs. Nothing of the profile changes until authctl key use.

Exit status: 0 made; 2 no such algorithm or subject, or --csr is missing; 3 the
key in use cannot be replaced where it is, or a new one is there; 6 the keyring
did not keep it.`,
		Example: `  authctl key new -p work > public.pem
  authctl key new -p work --alg ES384 --form jwks > jwks.json
  authctl key new -p work --csr CN=work,O=Example,C=NO > request.pem`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := notEmpty(cmd, "out", "csr"); err != nil {
				return err
			}
			return c.keysOfProfile(cmd.Context(), func(ctx context.Context, d *rotation.Deps, p *profile.Profile) error { return o.run(ctx, c, d, p) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.alg, "alg", "", "the `algorithm` that it is for: "+strings.Join(profile.SignatureAlgs(), ", ")+" (default: the profile's)")
	f.StringVar(&o.out, "out", "", "keep it in `FILE` (owner-only) and not beside the key in use; authctl key use --from FILE takes it")
	f.StringVar(&o.csr, "csr", "", "print a certificate request for this `subject`, such as CN=name,O=organisation,C=NO")
	f.StringVar(&o.form, "form", "", "what to print: "+strings.Join(keyForms(), ", "))
	fixed(cmd, "alg", profile.SignatureAlgs())
	fixed(cmd, "form", keyForms())
	return cmd
}

func (o keyNewOptions) run(ctx context.Context, c *cli, d *rotation.Deps, p *profile.Profile) error {
	switch {
	case o.form != "" && !slices.Contains(keyForms(), o.form):
		return fault.New(fault.Usage, "--form is one of %s", strings.Join(keyForms(), ", "))
	case o.out == "-":
		return fault.New(fault.Usage, "--out: a private key is kept in a file, and not printed")
	case o.form != "" && o.csr != "":
		return fault.New(fault.Usage, "--form and --csr exclude each other")
	case o.alg != "" && !slices.Contains(profile.SignatureAlgs(), o.alg):
		return fault.New(fault.Usage, "--alg is one of %s", strings.Join(profile.SignatureAlgs(), ", "))
	case rotation.Certified(p) && o.csr == "" && o.form == "": // what key use would say only when the key is registered
		return fault.New(fault.Usage, "client.certificate is that of the key in use, and the new key needs its own").
			Hint("--csr SUBJECT prints the request for it; then authctl key use -p %s --certificate FILE", p.Name).
			Hint("--form pem or jwk prints the public key all the same")
	}
	made, err := d.Make(ctx, p, o.alg, o.out, o.csr)
	if err != nil {
		return err
	}
	out := made.Request
	if o.csr == "" {
		if out, err = o.public(made); err != nil {
			return fault.New(fault.Internal, "writing the public key: %w", err)
		}
	}
	c.say("the new key, %s, is kept as %s", made.Next.Describe(), made.Where)
	if made.KID != "" {
		c.say("its kid: %s", made.KID)
	}
	if made.SameKID {
		c.say("note: assertion.kid is a literal, so both keys have it; with assertion.kid: thumbprint, or jwk where the key is a JWK, each has its own")
	}
	if !p.Client.KeyPassphrase.IsZero() {
		c.say("note: nothing but its place protects it: client.key_passphrase is not put on a key that is made here")
	}
	c.say("register what stdout has with the provider, and then: %s", o.then(p, made))
	_, err = c.sys.Out.Write(out)
	return err
}

// then is what puts the key to use.
func (o keyNewOptions) then(p *profile.Profile, made rotation.Made) string {
	use, set := "authctl key use -p "+p.Name, "set "+made.Set+": "+made.Where.String()
	if o.out != "" {
		use += " --from " + o.out
	}
	if rotation.Certified(p) {
		use += " --certificate FILE"
		set += " and the new client.certificate"
	}
	if made.Set != "" {
		return set + " in the profile"
	}
	return use
}

// public is the public half, or both, as providers take it.
func (o keyNewOptions) public(made rotation.Made) ([]byte, error) {
	next, current := *made.Next, *made.InUse
	if next.KID == "" && made.KID != "" {
		next.KID, current.KID = made.KID, made.InUseKID
	}
	render := kidOptions{
		output: "text", jwks: o.form == "jwks",
		jwk: o.form == "jwk" || o.form == "" && made.Next.KID != "",
		pem: o.form == "pem" || o.form == "" && made.Next.KID == "",
	}
	list := []namedKey{{&next, "the new key"}}
	if render.jwks {
		list = []namedKey{{&current, "the key in use"}, {&next, "the new key"}}
	}
	return render.render(list)
}
