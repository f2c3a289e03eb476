package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"authctl/cmd"
	"authctl/internal/fault"
)

// topics are the pages of help that are no command, which cobra/doc leaves out;
// their text as Markdown, because the manual's is made of that.
func topics(root *cobra.Command) (list []*cobra.Command) {
	text := map[string]string{"environment": variables(), "exit-codes": outcomes()}
	for _, c := range root.Commands() {
		if c.IsAdditionalHelpTopicCommand() {
			list = append(list, &cobra.Command{Use: "authctl-" + c.Name(), Short: c.Short, Long: text[c.Name()], DisableAutoGenTag: true, DisableFlagsInUseLine: true})
		}
	}
	return list
}

// topicPages writes a page a topic as docs/cli has it.
func topicPages(root *cobra.Command, folder string) error {
	for _, t := range topics(root) {
		page := fmt.Sprintf("## %s\n\n%s\n\n%s\n### SEE ALSO\n\n* [authctl](authctl.md)\t - %s\n", strings.Replace(t.Use, "-", " ", 1), t.Short, t.Long, root.Short)
		file := strings.Replace(t.Use, "-", "_", 1) + ".md"
		link := fmt.Sprintf("\n* [%s](%s)\t - %s", strings.Replace(t.Use, "-", " help ", 1), file, t.Short)
		err := errors.Join(os.WriteFile(filepath.Join(folder, file), []byte(page), 0o644), seeAlso(filepath.Join(folder, "authctl.md"), link))
		if err != nil {
			return err
		}
	}
	return nil
}

// seeAlso adds to the list that ends the page of authctl itself, in which cobra has commands alone.
func seeAlso(page, more string) error {
	text, err := os.ReadFile(page)
	if err != nil {
		return err
	}
	return os.WriteFile(page, append(bytes.TrimRight(text, "\n"), more+"\n"...), 0o644)
}

// topicManual writes a manual page a topic.
func topicManual(root *cobra.Command, header doc.GenManHeader, folder string) error {
	for _, t := range topics(root) {
		header.Title = strings.ToUpper(t.Use) // cobra fills it in once
		var page bytes.Buffer
		if err := doc.GenMan(t, &header, &page); err != nil {
			return err
		}
		synopsis := bytes.Replace(page.Bytes(), []byte(`\fB`+t.Use+`\fP`), []byte(`\fB`+strings.Replace(t.Use, "-", " help ", 1)+`\fP`), 1)
		err := errors.Join(os.WriteFile(filepath.Join(folder, t.Use+".1"), synopsis, 0o644), seeAlso(filepath.Join(folder, "authctl.1"), `, \fB`+t.Use+`(1)\fP`))
		if err != nil {
			return err
		}
	}
	return nil
}

// variables is a list below a heading for each group.
func variables() string {
	var b strings.Builder
	b.WriteString("Environment variables that authctl reads or sets. Beside them `env:NAME` in a profile reads whichever it names.\n")
	for _, g := range cmd.Environment() {
		b.WriteString("\n### " + g.Title + "\n\n")
		for _, v := range g.Variables {
			b.WriteString("- `" + strings.Join(v.Names, "`, `") + "`: " + v.Says + "\n")
		}
	}
	return b.String()
}

// environmentPage is docs/environment.md.
func environmentPage() string {
	return "# Environment variables\n\n<!-- generated: make generate -->\n`authctl help environment` prints this page.\n\n" + strings.ReplaceAll(variables(), "\n### ", "\n## ")
}

// outcomes is the table of exit codes.
func outcomes() string {
	var b strings.Builder
	b.WriteString("| code | kind | meaning |\n|---|---|---|\n")
	for _, o := range fault.Outcomes() {
		fmt.Fprintf(&b, "| %d | %s | %s |\n", o.Code, strings.ReplaceAll("`"+o.Name+"`", "``", ""), o.Means)
	}
	return b.String()
}
