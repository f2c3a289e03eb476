package cmd

import (
	"time"

	"github.com/spf13/cobra"

	"authctl/internal/fault"
)

// verifyFlags say by whose key and against what a token is verified.
type verifyFlags struct {
	on            bool
	signatureOnly bool
	allowExpired  bool
	keyFile       string
	jwks          string
	issuer        string
	audience      string
	nonce         string
	algs          []string
	leeway        time.Duration
	key           keyFlags
}

func (v *verifyFlags) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.BoolVar(&v.on, "verify", false, "verify the signature and the claims")
	f.BoolVar(&v.signatureOnly, "signature-only", false, "verify the signature and nothing else; the payload may be anything")
	f.BoolVar(&v.allowExpired, "allow-expired", false, "with --verify: an expired token is no failure")
	f.StringVar(&v.keyFile, "key", "", "verify with the key or certificate in `FILE`, - for stdin")
	f.StringVar(&v.jwks, "jwks", "", "verify with a JWKS: `FILE|URL`")
	f.StringVar(&v.issuer, "issuer", "", "expected `iss` (default: the profile's issuer)")
	f.StringVar(&v.audience, "audience", "", "expected `aud` (default: the profile's client id)")
	f.StringVar(&v.nonce, "nonce", "", "expected `nonce`")
	f.StringSliceVar(&v.algs, "alg", nil, "accept only these `algorithms` (default: all that fit the key)")
	f.Var((*span)(&v.leeway), "leeway", "how far two clocks may differ, such as 30s")
	v.key.register(cmd)
}

func (v *verifyFlags) check() error {
	v.on = v.on || v.signatureOnly
	expects := v.issuer != "" || v.audience != "" || v.nonce != ""
	switch {
	case v.keyFile != "" && v.jwks != "":
		return fault.New(fault.Usage, "--key and --jwks exclude each other")
	case v.signatureOnly && (expects || v.allowExpired):
		return fault.New(fault.Usage, "--signature-only looks at no claim, so --issuer, --audience, --nonce and --allow-expired do not go with it")
	case !v.on && (expects || v.allowExpired || v.keyFile != "" || v.jwks != "" || len(v.algs) > 0 || v.leeway != 0):
		// Silence here would read as "verified".
		return fault.New(fault.Usage, "a flag for verifying was given without --verify").Hint("add --verify")
	case v.leeway < 0:
		return fault.New(fault.Usage, "--leeway must not be negative")
	}
	return nil
}
