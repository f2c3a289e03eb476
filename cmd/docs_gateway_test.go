package cmd_test

import (
	"io"
	"net/http"
	"path/filepath"
	"strings"
)

// userSystem has what KOMBIT and the gateway give, and no profile yet.
func (k *kitchen) userSystem() {
	k.copied(filepath.Join(k.folder, "klg-key.pem"), "klg.key.pem")
	k.copied(filepath.Join(k.folder, "klg-cert.pem"), "klg.crt.pem")
	delete(k.env, "AUTHCTL_CONFIG")
	k.env["XDG_CONFIG_HOME"], k.env["XDG_STATE_HOME"] = filepath.Join(k.dir, "config"), filepath.Join(k.dir, "state")
	k.stdin = strings.Join([]string{
		k.root + "/klg/auth/realms/ehealth", "eoj", "klg.key.pem", "29189846", "klg.crt.pem", k.root + "/klg/sts/certificatemixed", "",
	}, "\n")
	host := strings.TrimPrefix(k.root, "http://")
	k.edits("$a api: {base_url: " + k.root + "/klg, hosts: [\"" + host + "\"]}")
	k.swaps = append(k.swaps, "https://gateway.example/PATH", k.root+"/klg/api/me", "/PATH", "/api/me")
	k.want = []string{"Audience      http://ehealth.sundhed.dk/service/CareGateway/1", "care_delivery_reporter_system", `"cvr":"29189846"`, "29189854\n", `"cvr":"29189854"`, "the newest is good until"}
}

// edits makes the editor of `profile edit` one that does what sed is told.
func (k *kitchen) edits(command string) {
	k.env["EDITOR"] = k.file("editor", "#!/bin/sh\nsed -i '"+command+"' \"$1\"\n")
	k.run("chmod", "700", k.env["EDITOR"])
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
