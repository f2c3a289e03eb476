package keys

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What other programs write is named, and the command that converts it is run:
// what it makes is read.
func TestForeignForms(t *testing.T) {
	for name, c := range map[string]struct{ want, makes string }{
		"openssh-rsa":         {"an OpenSSH key", "COPY"},
		"openssh-ecdsa":       {"an OpenSSH key", "COPY"},
		"openssh-rsa.pub":     {"an OpenSSH public key", "NEW"},
		"openssh-ecdsa.pub":   {"an OpenSSH public key", "NEW"},
		"openssh-rsa.rfc4716": {"an SSH2 public key", "NEW"},
		"certificates.p7b":    {"PKCS#7", "NEW"},
		"certificates.p7c":    {"PKCS#7", "NEW"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Load(file(t, "sealed/"+name), Options{})
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatal(err)
			}
			k, err := Load(convert(t, err, name, c.makes), Options{Passphrase: answer("letmein")})
			if err != nil || DefaultAlg(k) == "" {
				t.Errorf("what the advice makes is refused: %v", err)
			}
		})
	}
}

// convert runs the commands at the end of a message in a folder with FILE and COPY.
func convert(t *testing.T, message error, name, makes string) []byte {
	t.Helper()
	_, command, ok := strings.Cut(message.Error(), ": ")
	if !ok {
		t.Fatalf("no command in %q", message)
	}
	if program, _, _ := strings.Cut(command, " "); program != "" {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("there is no %s on this machine", program)
		}
	}
	folder := t.TempDir()
	for _, to := range []string{"FILE", "COPY"} {
		if err := os.WriteFile(filepath.Join(folder, to), file(t, "sealed/"+name), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	command = strings.ReplaceAll(command, "ssh-keygen -p ", "ssh-keygen -p -P letmein -N letmein ")
	run := exec.Command("sh", "-ec", command) //nolint:gosec // the program's own words
	run.Dir = folder
	if text, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v: %s", command, err, text)
	}
	data, err := os.ReadFile(filepath.Join(folder, makes))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// ssh-keygen converts no Ed25519 key but in its newest versions, which says
// "saved" and changes nothing: the advice must not end there.
func TestForeignFormsWithoutACommand(t *testing.T) {
	for text, want := range map[string]string{
		string(file(t, "sealed/openssh-ed25519")):                                            "Ed25519",
		"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFh comment":                                    "Ed25519",
		"PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n":                                 "PuTTY",
		"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nlQOY\n-----END PGP PRIVATE KEY BLOCK-----": "PGP",
	} {
		_, err := Load([]byte(text), Options{})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "ssh-keygen") {
			t.Errorf("%.20s: %v", text, err)
		}
	}
}

// A PKCS#12 file that is signed names the same content type, a little further in.
func TestASignedPKCS12IsNoPKCS7(t *testing.T) {
	signed := "\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02"
	data := derElement([]byte{0x30}, append([]byte("\x02\x01\x03"), derElement([]byte{0x30}, []byte(signed))...))
	if _, err := Load(data, Options{Passphrase: answer("letmein")}); err == nil || !strings.Contains(err.Error(), "signed with a certificate") {
		t.Error(err)
	}
}

// A bundle of certificates in PKCS#7 is what a Windows authority hands out.
func TestPKCS7IsNoBundleHere(t *testing.T) {
	for _, name := range []string{"certificates.p7b", "certificates.p7c"} {
		_, err := Certificates(file(t, "sealed/"+name), Options{})
		if err == nil || errors.Is(err, errNoCertificates) || !strings.Contains(err.Error(), "openssl pkcs7 -print_certs") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
