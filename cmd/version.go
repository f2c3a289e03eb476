package cmd

import (
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"authctl/internal/shown"
)

func newVersionCmd(c *cli) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Long: `Prints the version, that of Go it was built with, and for which platform, on one
line. authctl --version is the same. With -o json one object:
{"version":...,"go":...,"os":...,"arch":...}.`,
		Args: noArguments,
		RunE: func(*cobra.Command, []string) error { return runVersion(c, output) },
	}
	registerListOutput(cmd, &output)
	return cmd
}

func runVersion(c *cli, output string) error {
	if err := c.checkListOutput(output); err != nil {
		return err
	}
	if output == "json" {
		return c.printResult(map[string]string{"version": version(), "go": runtime.Version(), "os": runtime.GOOS, "arch": runtime.GOARCH})
	}
	return shown.Fprintf(c.sys.Out, "authctl %s %s %s/%s\n", version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// version is the module version a release was built from, "devel" in a checkout.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}
