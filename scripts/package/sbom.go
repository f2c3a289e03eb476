package main

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// bom is a CycloneDX 1.6 document, as far as it is filled.
type bom struct {
	Format       string       `json:"bomFormat"`
	Spec         string       `json:"specVersion"`
	Serial       string       `json:"serialNumber"`
	Version      int          `json:"version"`
	Metadata     bomMetadata  `json:"metadata"`
	Components   []component  `json:"components"`
	Dependencies []dependency `json:"dependencies"`
}

type bomMetadata struct {
	Timestamp string    `json:"timestamp"`
	Component component `json:"component"`
}

type component struct {
	Ref        string     `json:"bom-ref"`
	Type       string     `json:"type"`
	Name       string     `json:"name"`
	Version    string     `json:"version"`
	Purl       string     `json:"purl"`
	Properties []property `json:"properties,omitempty"`
}

type property struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type dependency struct {
	Ref       string   `json:"ref"`
	DependsOn []string `json:"dependsOn"`
}

// sbom lists the modules that are linked into any of the programs, as each says itself, and Go.
func sbom(r *release, out string) error {
	purl := func(path, version string) string { return "pkg:golang/" + path + "@" + version }
	add := func(path, version string) component {
		ref := purl(path, version)
		return component{Ref: ref, Type: "library", Name: path, Version: version, Purl: ref}
	}
	main := add(name, "v"+r.version)
	main.Type = "application"
	doc := bom{
		Format: "CycloneDX", Spec: "1.6", Version: 1,
		Metadata:   bomMetadata{r.date.Format(time.RFC3339), main},
		Components: []component{add("std", r.goVersion)},
	}
	for _, m := range r.modules() {
		c := add(m.Path, m.Version)
		// Go's own sum over the module's files: no hash of one file, so it is no entry of "hashes".
		c.Properties = []property{{"go:sum", m.Sum}}
		doc.Components = append(doc.Components, c)
	}
	tree := dependency{Ref: main.Ref}
	for _, c := range doc.Components {
		tree.DependsOn = append(tree.DependsOn, c.Ref)
	}
	doc.Dependencies = []dependency{tree}
	text, err := json.Marshal(doc)
	if err != nil {
		return err
	}
	doc.Serial = serial(text)
	text, err = json.MarshalIndent(doc, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, name+"_"+r.version+".cdx.json"), append(text, '\n'), 0o644)
}

// serial is a UUID of the content's own making (RFC 9562 section 5.8), so that it is the same again.
func serial(text []byte) string {
	u := sha256.Sum256(text)
	u[6] = u[6]&0x0f | 0x80
	u[8] = u[8]&0x3f | 0x80
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", u[:4], u[4:6], u[6:8], u[8:10], u[10:16])
}
