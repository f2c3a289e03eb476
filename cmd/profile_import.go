package cmd

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"authctl/internal/app"
	"authctl/internal/config"
	"authctl/internal/fault"
	"authctl/internal/profile"
	"authctl/internal/registration"
	"authctl/internal/secret"
	"authctl/internal/shown"
)

// importOptions is what the flags of `profile import` say.
type importOptions struct {
	file    string
	name    string
	preset  string
	keyIn   string
	replace bool
}

func newProfileImportCmd(c *cli) *cobra.Command {
	var o importOptions
	cmd := &cobra.Command{
		Use:   "import FILE|-",
		Short: "Make a profile of a registration portal's client configuration",
		Long: `Make a profile of a client configuration, the JSON file that a registration
portal hands out: with clientId and privateJwk, or a service account's key file
with client_email and private_key. The private key goes into the OS keyring, or
with --key-in file into a file beside the profile that only you can read; the
profile, profiles.d/NAME.yaml, refers to it. FILE still holds the key: delete it
then. With --key-in original the profile refers to FILE, and nothing is copied.
Prints the name of the profile.

Exit status: 0 written; 2 wrong usage; 3 FILE is no such configuration, or the
name is taken; 6 the keyring did not keep the key.`,
		Example: `  authctl profile import ~/Downloads/client.json --name work
  authctl token -p work`,
		Args: one("FILE, or - for stdin"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.file = args[0]
			return runProfileImport(cmd.Context(), c, o)
		},
	}
	f := cmd.Flags()
	f.StringVar(&o.name, "name", "", "`name` of the profile (default: made of the client's)")
	f.StringVar(&o.preset, "preset", "", "`preset` to build on (default: the portal's)")
	f.StringVar(&o.keyIn, "key-in", "", "where the key is kept: keyring, file or original (default: keyring, or file where --store is not keyring)")
	f.BoolVar(&o.replace, "replace", false, "replace a profile of that name in profiles.d")
	fixed(cmd, "key-in", keyPlaces())
	fixed(cmd, "preset", profile.PresetNames())
	return cmd
}

// keyPlaces are the values of --key-in.
func keyPlaces() []string { return []string{"keyring", "file", "original"} }

func runProfileImport(ctx context.Context, c *cli, o importOptions) error {
	switch {
	case o.keyIn != "" && !slices.Contains(keyPlaces(), o.keyIn):
		return fault.New(fault.Usage, "--key-in is one of %s", strings.Join(keyPlaces(), ", "))
	case o.keyIn == "original" && o.file == "-":
		return fault.New(fault.Usage, "--key-in original needs a FILE: stdin does not stay")
	}
	client, err := c.readRegistration(ctx, o.file)
	if err != nil {
		return err
	}
	if o.preset != "" {
		client.Preset = o.preset
	}
	if o.name == "" {
		o.name = client.ProfileName()
	}
	if o.name == "" {
		return fault.New(fault.Usage, "the configuration has nothing to make a name of").Hint("--name NAME")
	}
	a, err := c.open(ctx)
	if err != nil {
		return err
	}
	return fault.In(o.name, c.importClient(ctx, a, o, client))
}

func (c *cli) readRegistration(ctx context.Context, name string) (*registration.Client, error) {
	data, err := c.input(ctx, name, registration.MaxSize)
	if err != nil {
		return nil, unreadable(fault.Config, name, err)
	}
	client, err := registration.Parse(data)
	if err != nil {
		return nil, fault.New(fault.Config, "%s: %w", shownName(name), err)
	}
	return client, nil
}

// importClient checks everything before it keeps the key, and keeps the key
// before it writes the profile that refers to it.
func (c *cli) importClient(ctx context.Context, a *app.App, o importOptions, client *registration.Client) error {
	a.Settings = a.Settings.ToAdd()
	if err := config.Addable(a.Settings, o.name, o.replace); err != nil {
		return err
	}
	body, err := profileBody(o.name, client, secret.Ref{Kind: secret.Keyring, Name: "client_key"})
	if err != nil {
		return err
	}
	ref, where, err := c.importKey(ctx, a, o, client)
	if err != nil {
		return err
	}
	if ref.Kind == secret.File {
		if body, err = profileBody(o.name, client, ref); err != nil {
			return err
		}
	}
	path, err := config.Add(a.Settings, o.name, body, o.replace)
	if err != nil {
		return err
	}
	c.added(a.Settings, o.name, path)
	c.say("its private key %s", where)
	for _, note := range client.Notes() {
		c.say("note: %s", note)
	}
	return shown.Fprintf(c.sys.Out, "%s\n", o.name)
}

// importKey puts the private key where it is to be, and says where that is.
func (c *cli) importKey(ctx context.Context, a *app.App, o importOptions, client *registration.Client) (secret.Ref, string, error) {
	if o.keyIn == "original" {
		path, err := filepath.Abs(o.file)
		if err != nil {
			return secret.Ref{}, "", fault.New(fault.Config, "finding %s: %w", shownName(o.file), err)
		}
		ref := secret.Ref{Kind: secret.File, Path: path, Pointer: "/" + client.KeyMember}
		_, err = a.Secrets().Resolve(ctx, o.name, ref)
		return ref, "stays in " + path, err
	}
	inFile := o.keyIn == "file" || o.keyIn == "" && a.Settings.StoreChosen && a.Settings.Store != "keyring"
	ref, where, err := a.KeepKey(ctx, o.name, secret.New(string(client.KeyText)), inFile)
	return ref, "is kept " + where + "; " + shownName(o.file) + " still holds it too", err
}

// profileBody is the YAML of the profile, checked as the reader will check it.
func profileBody(name string, client *registration.Client, key secret.Ref) ([]byte, error) {
	body, err := client.Profile(key)
	if err != nil {
		return nil, fault.New(fault.Usage, "%w", err)
	}
	_, err = config.ParseProfile(name, "the imported profile", body)
	return body, err
}
