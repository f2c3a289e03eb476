package main

import (
	"path/filepath"

	"github.com/spf13/cobra"
)

// completions writes one script a shell, named as its package managers want it.
func completions(root *cobra.Command, folder string) error {
	name := func(file string) string { return filepath.Join(folder, file) }
	if err := root.GenBashCompletionFileV2(name("authctl.bash"), true); err != nil {
		return err
	}
	if err := root.GenZshCompletionFile(name("_authctl")); err != nil {
		return err
	}
	if err := root.GenFishCompletionFile(name("authctl.fish"), true); err != nil {
		return err
	}
	return root.GenPowerShellCompletionFileWithDesc(name("authctl.ps1"))
}
