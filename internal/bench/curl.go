package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// curlRequest is curl making the token request that authctl makes for salus, of that server.
func (b *bed) curlRequest(server string, args ...string) call {
	profile := salus(string(b.box.ProfilesYAML()))
	url, id := strings.Replace(value(profile, "token_url"), b.box.URL, server, 1), value(profile, "id")
	config, err := b.private("curl-token", fmt.Sprintf("user = %q\nheader = \"Content-Type: application/json\"\ndata = %q\n",
		id+":"+b.box.Env()["AUTHCTL_SECRET_SALUS_CLIENT_SECRET"], `{"grant_type":"client_credentials","scope":"sls:idn"}`))
	if err != nil {
		// curl then says that the file is missing, and the row fails.
		config = filepath.Join(b.folder, "absent")
	}
	return call{b.env(), append([]string{"curl", "-q", "-sf", "-o", "/dev/null", "-K", config, url}, args...)}
}

// post is a bare Go program making the same request.
func (b *bed) post() call {
	profile := salus(string(b.box.ProfilesYAML()))
	return call{b.env(`POST_BODY={"grant_type":"client_credentials","scope":"sls:idn"}`), []string{
		b.program("post"), value(profile, "token_url"), value(profile, "id"), b.box.Env()["AUTHCTL_SECRET_SALUS_CLIENT_SECRET"],
	}}
}

// value is a scalar of a profile's YAML.
func value(profile, key string) string {
	for line := range strings.Lines(profile) {
		if text, ok := strings.CutPrefix(strings.TrimSpace(line), key+": "); ok {
			return text
		}
	}
	return ""
}

// private writes an owner-only file into the bed's folder.
func (b *bed) private(name, text string) (string, error) {
	path := filepath.Join(b.folder, name)
	return path, os.WriteFile(path, []byte(text), 0o600)
}
