package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/goreleaser/nfpm/v2"
	"github.com/goreleaser/nfpm/v2/apk"
	"github.com/goreleaser/nfpm/v2/arch"
	"github.com/goreleaser/nfpm/v2/deb"
	"github.com/goreleaser/nfpm/v2/files"
	"github.com/goreleaser/nfpm/v2/rpm"
)

// distro is what differs between the packages of Linux distributions.
type distro struct {
	name       string // nfpm's
	packager   nfpm.Packager
	release    string
	zsh        string
	recommends []string
}

func distros() []distro {
	const zsh = "/usr/share/zsh/site-functions"
	certificates := []string{"ca-certificates"}
	return []distro{
		{"deb", deb.Default, "", "/usr/share/zsh/vendor-completions", certificates},
		{"rpm", rpm.DefaultRPM, "1", zsh, certificates},
		{"apk", apk.Default, "r0", zsh, nil}, // apk knows no recommendation
		{"archlinux", arch.Default, "1", zsh, nil},
	}
}

// linuxPackages writes a package of each distribution's kind for each Linux program.
func linuxPackages(r *release, out string) error {
	for _, d := range distros() {
		tree, err := r.tree(d)
		if err != nil {
			return err
		}
		for _, b := range r.builds {
			if b.os != "linux" {
				continue
			}
			if err := r.linuxPackage(d, b, tree, out); err != nil {
				return err
			}
		}
	}
	return nil
}

func (r *release) linuxPackage(d distro, b built, tree []file, out string) error {
	contents, err := r.staged(d, b, tree)
	if err != nil {
		return err
	}
	info := nfpm.WithDefaults(&nfpm.Info{
		Name: name, Arch: b.arch, Version: versionFor(d.name, r.version), VersionSchema: "none", Release: d.release,
		Section: "net", Priority: "optional", Maintainer: maintainer, Vendor: publisher, Homepage: homepage,
		Description: summary + "\n" + description, License: licence, MTime: r.date,
		Overridables: nfpm.Overridables{
			Recommends: d.recommends,
			Contents:   contents,
			Umask:      0o022,
			// Else the name of the machine that packages stands in the file.
			RPM:       nfpm.RPM{BuildHost: "localhost", Summary: summary, Group: "Applications/Internet"},
			ArchLinux: nfpm.ArchLinux{Packager: maintainer},
		},
	})
	if err := nfpm.PrepareForPackager(info, d.name); err != nil {
		return err
	}
	var packed bytes.Buffer
	if err := d.packager.Package(info, &packed); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, d.packager.ConventionalFileName(info)), packed.Bytes(), 0o644)
}

// tree is what a package installs beside the program, by absolute path.
func (r *release) tree(d distro) ([]file, error) {
	const doc = "/usr/share/doc/" + name + "/"
	tree := []file{{doc + noticesName, 0o644, r.notices}}
	if d.name == "deb" {
		papers, err := r.debianPapers(doc)
		if err != nil {
			return nil, err
		}
		tree = append(tree, papers...)
	} else {
		tree = append(tree, file{"/usr/share/licenses/" + name + "/LICENSE", 0o644, r.licenceText()})
	}
	for from, to := range map[string]string{
		"profiles.example.yaml":    doc + "examples/profiles.example.yaml",
		"completions/authctl.bash": "/usr/share/bash-completion/completions/authctl",
		"completions/authctl.fish": "/usr/share/fish/vendor_completions.d/authctl.fish",
		"completions/_authctl":     d.zsh + "/_authctl",
	} {
		f, err := r.read(from, to)
		if err != nil {
			return nil, err
		}
		tree = append(tree, f)
	}
	pages, err := r.pages()
	for _, p := range pages {
		tree = append(tree, file{"/usr/share/man/man1/" + p.path, p.mode, p.data})
	}
	return tree, err
}

// debianPapers are the copyright and the changelog that Debian's policy wants (sections 12.5 and 12.7).
func (r *release) debianPapers(doc string) ([]file, error) {
	entry := name + " (" + versionFor("deb", r.version) + ") unstable; urgency=medium\n\n" +
		"  * The changes are in CHANGELOG.md.\n\n" +
		" -- " + maintainer + "  " + r.date.Format(time.RFC1123Z) + "\n"
	log, err := compress([]byte(entry))
	copyright := append([]byte("Copyright: the authors of "+name+", "+homepage+"\n\n"), r.licenceText()...)
	copyright = append(copyright, "\nThe licences of what is linked in are in "+noticesName+".\n"...)
	return []file{
		{doc + "changelog.gz", 0o644, log},
		{doc + "copyright", 0o644, copyright},
	}, err
}

// staged puts the files where nfpm can read them: it takes paths, no bytes.
func (r *release) staged(d distro, b built, tree []file) (files.Contents, error) {
	stage := filepath.Join(r.work, d.name, b.arch)
	contents := files.Contents{entry(b.path, "/usr/bin/"+name, 0o755, r.date)}
	for _, f := range tree {
		path := filepath.Join(stage, filepath.FromSlash(f.path))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return nil, err
		}
		if err := os.WriteFile(path, f.data, 0o644); err != nil {
			return nil, err
		}
		contents = append(contents, entry(path, f.path, f.mode, r.date))
	}
	return contents, nil
}

func entry(from, to string, mode fs.FileMode, date time.Time) *files.Content {
	return &files.Content{
		Source: from, Destination: to,
		FileInfo: &files.ContentFileInfo{Owner: "root", Group: "root", Mode: mode, MTime: date},
	}
}
