package main

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
)

// file is one file of a package, in memory: all of them together are small.
type file struct {
	path string // with slashes, relative to where it is unpacked
	mode fs.FileMode
	data []byte
}

// pages are the compressed manual pages, with the date and version that the tree's own leave out.
func (r *release) pages() ([]file, error) {
	found, err := filepath.Glob(filepath.Join(r.root, "docs", "man", "*.1"))
	if err != nil {
		return nil, err
	}
	undated := regexp.MustCompile(`(?m)^(\.TH "[^"]+" "1") "" "authctl"`)
	stamp := []byte(`$1 "` + r.date.Format("2006-01-02") + `" "authctl ` + r.version + `"`)
	var pages []file
	for _, path := range found {
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		packed, err := compress(undated.ReplaceAll(text, stamp))
		if err != nil {
			return nil, err
		}
		pages = append(pages, file{filepath.Base(path) + ".gz", 0o644, packed})
	}
	return pages, nil
}

// compress is gzip without name and time.
func compress(text []byte) ([]byte, error) {
	var packed bytes.Buffer
	zip, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := zip.Write(text); err != nil {
		return nil, err
	}
	if err := zip.Close(); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}

// read is a file of the tree under the name that it has in a package.
func (r *release) read(from, to string) (file, error) {
	text, err := os.ReadFile(filepath.Join(r.root, filepath.FromSlash(from)))
	return file{to, 0o644, text}, err
}

// licenceText is the LICENSE of the tree, or says that there is none yet.
func (r *release) licenceText() []byte {
	text, err := os.ReadFile(filepath.Join(r.root, "LICENSE"))
	if err != nil {
		return []byte("The licence of authctl has not been chosen yet.\n")
	}
	return text
}
