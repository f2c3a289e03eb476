package main

import (
	"bytes"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
)

// markdown writes one page a command.
func markdown(root *cobra.Command, folder string) error {
	undated(root)
	if err := doc.GenMarkdownTree(root, folder); err != nil {
		return err
	}
	return topicPages(root, folder)
}

// manual writes one page a command, section 1.
func manual(root *cobra.Command, folder string) error {
	undated(root)
	date := time.Unix(0, 0).UTC() // cobra takes the clock for a missing date
	header := &doc.GenManHeader{Section: "1", Source: "authctl", Manual: "authctl manual", Date: &date}
	if err := doc.GenManTree(root, header, folder); err != nil {
		return err
	}
	if err := topicManual(root, *header, folder); err != nil {
		return err
	}
	pages, err := filepath.Glob(filepath.Join(folder, "*.1"))
	if err != nil {
		return err
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			return err
		}
		text = bytes.Replace(text, []byte(`"`+date.Format("Jan 2006")+`"`), []byte(`""`), 1)
		if err := os.WriteFile(page, text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// undated leaves out the line with the day of generation.
func undated(c *cobra.Command) {
	c.DisableAutoGenTag = true
	for _, child := range c.Commands() {
		undated(child)
	}
}
