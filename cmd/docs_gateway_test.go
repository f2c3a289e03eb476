package cmd_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestGatewayFaults: the page has each code that authctl knows the meaning of.
func TestGatewayFaults(t *testing.T) {
	read := func(path string) string {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	page, codes := read("../docs/kl-gateway.md"), regexp.MustCompile(`"([A-Z][A-Za-z]+|\d{3,4}):?"`)
	_, standard, _ := strings.Cut(read("../internal/acquire/assertion_ask.go"), "func meanings()")
	known := codes.FindAllStringSubmatch(standard+read("../internal/profile/presets/kl-gateway.yaml"), -1)
	if len(known) < 25 {
		t.Fatal("no codes are found any more: ", known)
	}
	for _, code := range known {
		if !strings.Contains(page, "`"+code[1]+"`") {
			t.Errorf("docs/kl-gateway.md does not say what %s means", code[1])
		}
	}
}

// userSystem has what KOMBIT and the gateway give, and no profile yet.
func (k *kitchen) userSystem() {
	k.copied(filepath.Join(k.folder, "klg-key.pem"), "klg.key.pem")
	k.copied(filepath.Join(k.folder, "klg-cert.pem"), "klg.crt.pem")
	delete(k.env, "AUTHCTL_CONFIG")
	k.env["XDG_CONFIG_HOME"], k.env["XDG_STATE_HOME"] = filepath.Join(k.dir, "config"), filepath.Join(k.dir, "state")
	k.stdin = strings.Join([]string{
		k.root + "/klg/auth/realms/ehealth", "eoj", "klg.key.pem", "29189846", "klg.crt.pem", k.root + "/klg/sts/certificatemixed", strings.TrimPrefix(k.root, "http://"), "",
	}, "\n")
	k.edits("s|^api: {|&base_url: " + k.root + "/klg, |")
	k.swaps = append(k.swaps, "https://gateway.example/PATH", k.root+"/klg/api/me", "/PATH", "/api/me")
	k.want = []string{"Audience      http://ehealth.sundhed.dk/service/CareGateway/1", "\n29189846\n", "care_delivery_reporter_system", `"cvr":"29189846"`, "29189854\n", `"cvr":"29189854"`, "the newest is good until"}
}

// edits makes the editor of `profile edit` one that does what sed is told.
func (k *kitchen) edits(command string) {
	k.env["EDITOR"] = k.file("editor", "#!/bin/sh\nsed -i '"+command+"' \"$1\"\n")
	k.run("chmod", "700", k.env["EDITOR"])
}

// renewed has what is to replace key and certificate: the sandbox knows no second pair.
func (k *kitchen) renewed() {
	k.copied(filepath.Join(k.folder, "klg-key.pem"), "new.key.pem")
	k.copied(filepath.Join(k.folder, "klg-cert.pem"), "new.crt.pem")
}

// pinned has the certificate of the sandbox's security token service.
func (k *kitchen) pinned() {
	k.t.Helper()
	answer, err := http.Get(k.root + "/klg/sts/certificate")
	if err != nil {
		k.t.Fatal(err)
	}
	defer answer.Body.Close()
	certificate, err := io.ReadAll(answer.Body)
	if err != nil {
		k.t.Fatal(err)
	}
	k.edits(`s|^sts:|&\n  signing_certificates: ["file:` + k.file("sts.crt.pem", string(certificate)) + `"]|`)
}
