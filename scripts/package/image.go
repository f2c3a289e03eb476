package main

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// The user of the image, as in distroless: nobody that a host knows.
const userID = 65532

// blob is a descriptor of the OCI image specification (descriptor.md).
type blob struct {
	MediaType   string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	Size        int               `json:"size"`
	Platform    map[string]string `json:"platform,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

// layout is an OCI image layout (image-layout.md) in the making.
type layout struct {
	date  time.Time
	files []file
	seen  map[string]bool
}

func (l *layout) add(mediaType string, data []byte) blob {
	digest := fmt.Sprintf("%x", sha256.Sum256(data))
	if !l.seen[digest] {
		l.seen[digest] = true
		l.files = append(l.files, file{"blobs/sha256/" + digest, 0o644, data})
	}
	return blob{MediaType: mediaType, Digest: "sha256:" + digest, Size: len(data)}
}

func (l *layout) addJSON(mediaType string, doc any) (blob, error) {
	text, err := json.Marshal(doc)
	return l.add(mediaType, text), err
}

const ociType = "application/vnd.oci.image."

// image writes one tar for all Linux platforms, for `podman load`, `skopeo copy oci-archive:` and the like.
func image(r *release, out string) error {
	l := &layout{date: r.date, seen: map[string]bool{}}
	var platforms []blob
	for _, b := range r.builds {
		if b.os != "linux" {
			continue
		}
		manifest, err := r.imageFor(l, b)
		if err != nil {
			return err
		}
		platforms = append(platforms, manifest)
	}
	if len(platforms) == 0 {
		return nil
	}
	index := map[string]any{"schemaVersion": 2, "mediaType": ociType + "index.v1+json", "manifests": platforms}
	all, err := l.addJSON(ociType+"index.v1+json", index)
	if err != nil {
		return err
	}
	all.Annotations = map[string]string{"org.opencontainers.image.ref.name": r.version}
	index["manifests"] = []blob{all}
	text, err := json.Marshal(index)
	if err != nil {
		return err
	}
	l.files = append(l.files, file{"index.json", 0o644, text},
		file{"oci-layout", 0o644, []byte(`{"imageLayoutVersion":"1.0.0"}`)})
	packed, err := tarred(l.files, r.date)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, name+"_"+r.version+"_oci.tar"), packed, 0o644)
}

// imageFor adds the layer, configuration and manifest of one platform.
func (r *release) imageFor(l *layout, b built) (manifest blob, err error) {
	layer, err := r.layer(b)
	if err != nil {
		return manifest, err
	}
	packed, err := compress(layer)
	if err != nil {
		return manifest, err
	}
	created := r.date.Format(time.RFC3339)
	labels := map[string]string{
		"org.opencontainers.image.title": name, "org.opencontainers.image.description": summary,
		"org.opencontainers.image.version": r.version, "org.opencontainers.image.created": created,
		"org.opencontainers.image.url": homepage, "org.opencontainers.image.licenses": licence,
	}
	config, err := l.addJSON(ociType+"config.v1+json", map[string]any{
		"created": created, "architecture": b.arch, "os": b.os,
		"config": map[string]any{
			"User": fmt.Sprintf("%d:%d", userID, userID), "Entrypoint": []string{"/usr/bin/" + name},
			"Env": []string{"PATH=/usr/bin", "HOME=/home/" + name}, "WorkingDir": "/home/" + name, "Labels": labels,
		},
		"rootfs":  map[string]any{"type": "layers", "diff_ids": []string{fmt.Sprintf("sha256:%x", sha256.Sum256(layer))}},
		"history": []map[string]string{{"created": created, "created_by": "make package"}},
	})
	if err != nil {
		return manifest, err
	}
	manifest, err = l.addJSON(ociType+"manifest.v1+json", map[string]any{
		"schemaVersion": 2, "mediaType": ociType + "manifest.v1+json", "config": config,
		"layers": []blob{l.add(ociType+"layer.v1.tar+gzip", packed)}, "annotations": labels,
	})
	manifest.Platform = map[string]string{"os": b.os, "architecture": b.arch}
	return manifest, err
}

// layer is the whole filesystem: the program, the certificates that it trusts, its user and its home.
func (r *release) layer(b built) ([]byte, error) {
	program, err := os.ReadFile(b.path)
	if err != nil {
		return nil, err
	}
	passwd := fmt.Sprintf("root:x:0:0:root:/root:/sbin/nologin\n%s:x:%d:%d:%s:/home/%[1]s:/sbin/nologin\n", name, userID, userID, name)
	group := fmt.Sprintf("root:x:0:\n%s:x:%d:\n", name, userID)
	var packed bytes.Buffer
	w := tar.NewWriter(&packed)
	for _, e := range []struct {
		path  string
		mode  int64
		owner int
		data  []byte
	}{
		{"etc/", 0o755, 0, nil},
		{"etc/group", 0o644, 0, []byte(group)},
		{"etc/passwd", 0o644, 0, []byte(passwd)},
		{"etc/ssl/", 0o755, 0, nil},
		{"etc/ssl/certs/", 0o755, 0, nil},
		{"etc/ssl/certs/ca-certificates.crt", 0o644, 0, authorities()},
		{"home/", 0o755, 0, nil},
		{"home/" + name + "/", 0o700, userID, nil},
		{"tmp/", 0o1777, 0, nil},
		{"usr/", 0o755, 0, nil},
		{"usr/bin/", 0o755, 0, nil},
		{"usr/bin/" + name, 0o755, 0, program},
		{"usr/share/", 0o755, 0, nil},
		{"usr/share/doc/", 0o755, 0, nil},
		{"usr/share/doc/" + name + "/", 0o755, 0, nil},
		{"usr/share/doc/" + name + "/LICENSE", 0o644, 0, r.licenceText()},
		{"usr/share/doc/" + name + "/" + noticesName, 0o644, 0, r.notices},
	} {
		h := &tar.Header{
			Typeflag: tar.TypeReg, Name: e.path, Mode: e.mode, Uid: e.owner, Gid: e.owner,
			Size: int64(len(e.data)), ModTime: r.date, Format: tar.FormatPAX,
		}
		if e.data == nil {
			h.Typeflag = tar.TypeDir
		}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := w.Write(e.data); err != nil {
			return nil, err
		}
	}
	err = w.Close()
	return packed.Bytes(), err
}

// authorities are Mozilla's roots as golang.org/x/crypto pins them, so that no machine's own take part.
// One that is trusted up to a date only is left out: a file of certificates cannot say so.
func authorities() []byte {
	var text bytes.Buffer
	for root := range bundle.Roots() {
		if root.Constraint == nil {
			text.Write(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Certificate}))
		}
	}
	return text.Bytes()
}
