package cmd

import (
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"authctl/internal/acquire"
	"authctl/internal/fault"
	"authctl/internal/saml"
)

// stsOptions is what the flags of `sts` say.
type stsOptions struct {
	output  string
	ask     askFlags
	fresh   freshFlags
	request bool
}

func newSTSCmd(c *cli) *cobra.Command {
	var o stsOptions
	cmd := &cobra.Command{
		Use:   "sts",
		Short: "Print a SAML assertion of the profile's security token service (WS-Trust)",
		Long: `Print a SAML assertion of the security token service that the profile names (sts.url), asked
for with the profile's certificate and key (WS-Trust 1.3). A kept assertion is printed until
its end; --force asks for a new one. token and exchange ask for one by themselves.

-o xml prints the very bytes that are signed, base64url what an exchange sends, json says
in addition who issued it, for what and until when.

--sts-claim asks for another claim than the profile's, such as another municipality's
number; each has an assertion, and tokens, of its own.

--show-request prints the request that would be sent, signed, and sends nothing. Who has it
can use it until it expires, five minutes later.

Exit status: 0 printed; 3 profile, certificate or key; 4 the service refused; 5 network;
6 keyring or store; 7 the answer is not what was asked for.`,
		Example: `  authctl sts -p gateway
  authctl sts -p gateway -o base64url --sts-claim dk:gov:saml:attribute:CvrNumberIdentifier=29189854
  authctl sts -p gateway --show-request`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error { return runSTS(cmd, c, o) },
	}
	f := cmd.Flags()
	f.StringVarP(&o.output, "output", "o", "xml", strings.Join(stsOutputs(), ", "))
	f.BoolVar(&o.request, "show-request", false, "print the request, and send nothing")
	o.fresh.register(cmd, "assertion")
	o.ask.registerSTS(cmd)
	fixed(cmd, "output", stsOutputs())
	return cmd
}

func stsOutputs() []string { return []string{"xml", "base64url", "json"} }

func runSTS(cmd *cobra.Command, c *cli, o stsOptions) error {
	ctx := cmd.Context()
	c.flags.jsonErrors = o.output == "json"
	if !slices.Contains(stsOutputs(), o.output) {
		return fault.New(fault.Usage, "-o %s is unknown", o.output).Hint("-o is one of %s", strings.Join(stsOutputs(), ", "))
	}
	options, err := o.fresh.options(cmd, o.ask)
	if err != nil {
		return err
	}
	t, err := c.prepare(ctx, outputFlags{}, o.ask)
	if err != nil {
		return err
	}
	if o.request {
		raw, err := t.acq.STSRequest(ctx, t.profile)
		if err != nil {
			return fault.In(t.profile.Name, err)
		}
		return c.printXML(raw)
	}
	issued, err := t.acq.Assertion(ctx, t.profile, options)
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		return fault.In(t.profile.Name, err)
	}
	return c.printAssertion(issued, o.output)
}

// printedAssertion is what `sts -o json` prints; its names are a contract.
type printedAssertion struct {
	Assertion string   `json:"assertion"` // base64url, as an exchange sends it
	Issuer    string   `json:"issuer"`
	Subject   string   `json:"subject"`
	Audience  []string `json:"audience"`
	ExpiresAt string   `json:"expires_at"` // RFC 3339, UTC
	ExpiresIn int64    `json:"expires_in"` // seconds left
	FromStore bool     `json:"from_store"`
}

func (c *cli) printAssertion(issued acquire.Issued, output string) error {
	a, encoded := issued.Assertion, saml.Encode(issued.Assertion.Raw)
	switch output {
	case "json":
		return c.printResult(printedAssertion{
			encoded, a.Issuer, a.Subject, a.Audiences, rfc3339(a.NotOnOrAfter),
			int64(a.NotOnOrAfter.Sub(c.sys.Now()) / time.Second), issued.FromStore,
		})
	case "base64url":
		return c.printExactly([]byte(encoded + "\n"))
	default:
		return c.printXML(a.Raw)
	}
}
