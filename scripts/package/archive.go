package main

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// archive is the name of a platform's archive in dist/.
func (r *release) archive(goos, arch string) string {
	ext := ".tar.gz"
	if goos == "windows" {
		ext = ".zip"
	}
	return name + "_" + r.version + "_" + goos + "_" + arch + ext
}

// archives writes one for each platform: the program, its pages, completions and papers in one folder.
func archives(r *release, out string) error {
	shared, err := r.papers()
	if err != nil {
		return err
	}
	for _, b := range r.builds {
		program, err := os.ReadFile(b.path)
		if err != nil {
			return err
		}
		target := r.archive(b.os, b.arch)
		folder := strings.TrimSuffix(strings.TrimSuffix(target, ".zip"), ".tar.gz")
		files := []file{{path.Join(folder, b.exe()), 0o755, program}}
		for _, f := range shared {
			files = append(files, file{path.Join(folder, f.path), f.mode, f.data})
		}
		var packed []byte
		if b.os == "windows" {
			packed, err = zipped(files, r.date)
		} else {
			packed, err = tarred(files, r.date)
			if err == nil {
				packed, err = compress(packed)
			}
		}
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(out, target), packed, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// papers is what every archive has beside the program.
func (r *release) papers() ([]file, error) {
	papers := []file{
		{"LICENSE", 0o644, r.licenceText()},
		{noticesName, 0o644, r.notices},
	}
	for _, from := range []string{
		"CHANGELOG.md", "README.md", "profiles.example.yaml", "docs/install.md",
		"completions/_authctl", "completions/authctl.bash", "completions/authctl.fish", "completions/authctl.ps1",
	} {
		f, err := r.read(from, strings.TrimPrefix(from, "docs/"))
		if err != nil {
			return nil, err
		}
		papers = append(papers, f)
	}
	pages, err := r.pages()
	for _, p := range pages {
		papers = append(papers, file{"man/" + p.path, p.mode, p.data})
	}
	return papers, err
}

// tarred has each file as root's, with the date of the commit.
func tarred(files []file, date time.Time) ([]byte, error) {
	var packed bytes.Buffer
	w := tar.NewWriter(&packed)
	for _, f := range files {
		h := &tar.Header{
			Typeflag: tar.TypeReg, Name: f.path, Mode: int64(f.mode.Perm()), Size: int64(len(f.data)),
			ModTime: date, Format: tar.FormatPAX,
		}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := w.Write(f.data); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return packed.Bytes(), err
}

func zipped(files []file, date time.Time) ([]byte, error) {
	var packed bytes.Buffer
	w := zip.NewWriter(&packed)
	for _, f := range files {
		h := &zip.FileHeader{Name: f.path, Method: zip.Deflate, Modified: date}
		h.SetMode(f.mode)
		entry, err := w.CreateHeader(h)
		if err != nil {
			return nil, err
		}
		if _, err := entry.Write(f.data); err != nil {
			return nil, err
		}
	}
	err := w.Close()
	return packed.Bytes(), err
}
