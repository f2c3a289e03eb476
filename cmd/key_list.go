package cmd

import (
	"cmp"
	"context"
	"time"

	"github.com/spf13/cobra"

	"authctl/internal/profile"
	"authctl/internal/rotation"
	"authctl/internal/shown"
)

// listedKey is one entry of `key list -o json`; its names are a contract.
type listedKey struct {
	State    string `json:"state"` // in use, new, old
	Ref      string `json:"ref"`
	Key      string `json:"key"`
	KID      string `json:"kid,omitempty"`       // as the profile's assertions name it
	SPKI     string `json:"spki_sha256"`         // base64url(SHA-256(SubjectPublicKeyInfo))
	Since    string `json:"since,omitempty"`     // RFC 3339, UTC; of a file
	NotAfter string `json:"not_after,omitempty"` // of its certificate
}

func newKeyListCmd(c *cli) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "list",
		Short: "The key in use, the new one and the old one: ids, age, end of the certificate",
		Long: `List the key that the profile signs with, the new one and the old one, with the
kid that its assertions name, since when it is there (files), and when its
certificate ends. No server is asked, and no private key is shown.

Exit status: 0 listed; 3 no such profile, or its key cannot be read.`,
		Example: `  authctl key list -p work
  authctl key list -p work -o json`,
		Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := c.checkListOutput(output); err != nil {
				return err
			}
			return c.keysOfProfile(cmd.Context(), func(ctx context.Context, d *rotation.Deps, p *profile.Profile) error {
				rows, err := d.List(ctx, p)
				if err != nil {
					return err
				}
				return c.printKeys(rows, output)
			})
		},
	}
	registerListOutput(cmd, &output)
	return cmd
}

func (c *cli) printKeys(rows []rotation.Row, output string) error {
	day := func(t time.Time, layout string) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format(layout)
	}
	states := map[rotation.Seat]string{rotation.InUse: "in use", rotation.New: "new", rotation.Old: "old"}
	list := make([]listedKey, 0, len(rows))
	table := shown.Table{Heads: true}
	table.Row("STATE", "KID", "KEY", "SINCE", "CERTIFICATE ENDS", "WHERE")
	for _, r := range rows {
		spki, err := r.Key.SPKISHA256()
		if err != nil {
			return err
		}
		list = append(list, listedKey{states[r.Seat], r.Ref.String(), r.Key.Describe(), r.KID, spki, day(r.Since, time.RFC3339), day(r.Ends, time.RFC3339)})
		table.Row(states[r.Seat], cmp.Or(r.KID, spki), r.Key.Describe(), cmp.Or(day(r.Since, time.DateOnly), "-"), cmp.Or(day(r.Ends, time.DateOnly), "-"), r.Ref)
	}
	if output != "json" {
		return table.Write(c.sys.Out, c.sys.Screen(1))
	}
	return c.printResult(list)
}
