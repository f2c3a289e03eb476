package main

import (
	"bytes"
	"embed"
	"os"
	"path/filepath"
	"strings"
	"text/template"
)

//go:embed manifests
var templates embed.FS

// manifests writes what package managers of macOS and Windows read, each where its own repository wants it.
// A manager gets its manifest only where all archives that it names are made.
func manifests(r *release, out string) error {
	for target, wanted := range map[string][]string{
		"homebrew/authctl.rb":                       {"darwin/amd64", "darwin/arm64", "linux/amd64", "linux/arm64"},
		"scoop/authctl.json":                        {"windows/amd64", "windows/arm64"},
		"winget/" + wingetID + ".yaml":              {"windows/amd64", "windows/arm64"},
		"winget/" + wingetID + ".installer.yaml":    {"windows/amd64", "windows/arm64"},
		"winget/" + wingetID + ".locale.en-US.yaml": {"windows/amd64", "windows/arm64"},
	} {
		facts, complete, err := r.facts(out, wanted)
		if err != nil {
			return err
		}
		if !complete {
			continue
		}
		source := "manifests/" + strings.Replace(filepath.Base(target), wingetID, "winget", 1) + ".tmpl"
		page, err := template.ParseFS(templates, source)
		if err != nil {
			return err
		}
		var text bytes.Buffer
		if err := page.Execute(&text, facts); err != nil {
			return err
		}
		path := filepath.Join(out, name+"_"+r.version+"_"+strings.ReplaceAll(target, "/", "_"))
		if err := os.WriteFile(path, text.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// wingetID names the package there: publisher, point, name.
const wingetID = "authctl.authctl"

// facts are what the templates say; the archives stand under OS_ARCH.
func (r *release) facts(out string, wanted []string) (map[string]any, bool, error) {
	facts := map[string]any{
		"Name": name, "Version": r.version, "Summary": summary, "Homepage": homepage, "Licence": licence,
		"Publisher": publisher, "ID": wingetID, "Date": r.date.Format("2006-01-02"),
	}
	for _, b := range r.builds {
		archive := r.archive(b.os, b.arch)
		sum, err := sumOf(filepath.Join(out, archive))
		if err != nil {
			return nil, false, err
		}
		facts[b.os+"_"+b.arch] = map[string]string{
			"URL": r.url(archive), "Sum": sum,
			"Folder": strings.TrimSuffix(archive, ".zip"),
		}
	}
	for _, platform := range wanted {
		if facts[strings.Replace(platform, "/", "_", 1)] == nil {
			return nil, false, nil
		}
	}
	return facts, true, nil
}
