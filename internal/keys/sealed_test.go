package keys

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"authctl/internal/secret"
)

// TestEncryptedKeysOfEveryScheme: what OpenSSL, NSS and Java encrypted
// (testdata/sealed/make.sh) opens, or says what it is and how to convert it.
func TestEncryptedKeysOfEveryScheme(t *testing.T) {
	opened := []string{
		"prf-SHA1.pem", "prf-SHA224.pem", "prf-SHA256.pem", "prf-SHA384.pem", "prf-SHA512.pem", "prf-SHA512-224.pem", "prf-SHA512-256.pem",
		"aes-128-cbc.pem", "aes-192-cbc.pem", "des-ede3-cbc.pem", "des-cbc.pem", "scrypt.pem",
		"PBE-MD5-DES.pem", "PBE-SHA1-DES.pem", "PBE-SHA1-3DES.pem", "PBE-SHA1-2DES.pem", "PBE-SHA1-RC2-128.pem", "PBE-SHA1-RC2-40.pem",
		"key-only.p12", "negative.p12", "negative.pem",
		"modern.p12", "legacy.p12", "descert.p12", "nomac.p12", "clear.p12", "clear-nomac.p12", "mac-sha384.p12", "mac-sha224.p12", "chain.p12",
		"mac-sha512-224.p12", "mac-sha512-256.p12",
		"nss.p12", "store-java.p12",
	}
	want := kidsByOpenSSL(t)["ec256"]
	for i, name := range opened {
		k, err := Load(file(t, "sealed/"+name), Options{Passphrase: answer("letmein")})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if kid, _ := k.SPKISHA256(); kid != want || k.Signer == nil {
			t.Errorf("%s: kid %s, openssl says %s", name, kid, want)
		}
		if hasCrt := i >= 21; (k.Certificate != nil) != hasCrt {
			t.Errorf("%s: certificate %v", name, k.Certificate != nil)
		}
		if strings.HasPrefix(name, "clear-") || name == "negative.pem" {
			continue // nothing in them is under the passphrase
		}
		_, err = Load(file(t, "sealed/"+name), Options{Passphrase: answer("wrong")})
		if err == nil || !strings.Contains(err.Error(), "the passphrase does not open") {
			t.Errorf("%s with a wrong passphrase: %v", name, err)
		}
	}
}

// Schemes that are not read are named, and nobody is asked for a passphrase
// first. The command that the message gives is run, and its result is read.
func TestSchemesThatAreNamed(t *testing.T) {
	for name, want := range map[string]string{
		"camellia-128-cbc.pem": "camellia-128-cbc", "camellia-192-cbc.pem": "camellia-192-cbc", "camellia-256-cbc.pem": "camellia-256-cbc",
		"aria-128-cbc.pem": "aria-128-cbc", "aria-192-cbc.pem": "aria-192-cbc", "aria-256-cbc.pem": "aria-256-cbc",
		"seed-cbc.pem": "seed-cbc", "sm4-cbc.pem": "sm4-cbc", "rc2-cbc.pem": "rc2-cbc",
		"PBE-MD5-RC2-64.pem": "PBE-MD5-RC2-64", "PBE-SHA1-RC2-64.pem": "PBE-SHA1-RC2-64",
		"PBE-SHA1-RC4-128.pem": "PBE-SHA1-RC4-128", "PBE-SHA1-RC4-40.pem": "PBE-SHA1-RC4-40",
		"camellia.p12": "camellia-256-cbc", "rc4.p12": "PBE-SHA1-RC4-128",
		"bf-cbc.pem": "bf-cbc", "cast5-cbc.pem": "cast5-cbc", "rc4.pem": "rc4", "prf-MD5.pem": "hmacWithMD5",
		"aes-128-cfb.pem": "aes-128-cfb", "aes-192-ofb.pem": "aes-192-ofb", "aes-256-cfb.pem": "aes-256-cfb", "aes-256-ofb.pem": "aes-256-ofb",
		"mac-md5.p12": "a MAC by MD5", "mac-md5-legacy.p12": "a MAC by MD5", "mac-ripemd160.p12": "a MAC by RIPEMD-160",
		"mac-sm3.p12": "a MAC by SM3", "mac-sha3.p12": "a MAC by SHA3-256",
		"../made/rsa-old-encrypted.pem": "the old OpenSSL way",
	} {
		t.Run(name, func(t *testing.T) {
			never := func() (secret.Text, error) { return secret.Text{}, errors.New("asked for a passphrase") }
			_, err := Load(file(t, "sealed/"+name), Options{Passphrase: never})
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Fatal(err)
			}
			k, err := Load(follow(t, err, name), Options{Passphrase: answer("letmein")})
			if err != nil || k.Signer == nil {
				t.Errorf("what the advice makes is refused: %v", err)
			}
		})
	}
}

// follow runs the openssl command at the end of a message.
func follow(t *testing.T, message error, name string) []byte {
	t.Helper()
	openssl, err := exec.LookPath("openssl")
	if err != nil {
		t.Skip("there is no openssl on this machine")
	}
	command := regexp.MustCompile(`: openssl (.*)$`).FindStringSubmatch(message.Error())
	if command == nil {
		t.Fatalf("no command in %q", message)
	}
	out := filepath.Join(t.TempDir(), "new")
	args := strings.Fields(command[1])
	for i, arg := range args {
		switch arg {
		case "FILE":
			args[i] = filepath.Join("testdata/sealed", name)
		case "NEW", "NEW.pem":
			args[i] = out
		}
	}
	args = append(args, "-passin", "pass:letmein", "-passout", "pass:letmein")
	if text, err := exec.Command(openssl, args...).CombinedOutput(); err != nil { //nolint:gosec // the test's own words
		t.Fatalf("openssl %s: %v: %s", strings.Join(args, " "), err, text)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// What opens and is of no use here is not called a wrong passphrase.
func TestEncryptedKeysOfOtherKinds(t *testing.T) {
	for name, want := range map[string]string{
		"ed448.pem": "Ed448", "x25519.pem": "cannot sign", "negative-only.p12": "certificate", "negative.crt": "certificate",
		"explicit-brainpoolP256r1.pem": "parameters of its own", "explicit-brainpoolP256r1.pub.pem": "parameters of its own",
	} {
		_, err := Load(file(t, "sealed/"+name), Options{Passphrase: answer("letmein")})
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "passphrase") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestPKCS12WithCertificatesAlone(t *testing.T) {
	for _, name := range []string{"certificate-only.p12", "trust-java.p12"} {
		k, err := Load(file(t, "sealed/"+name), Options{Passphrase: answer("letmein")})
		if err != nil || k.Signer != nil || k.Certificate == nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if err := k.CheckSigning("ES256"); err == nil || !strings.Contains(err.Error(), "private key") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// BER may spend more bytes on a length than it needs, from the first integer on (X.690 8.1.3.5).
func TestPKCS12WithLongLengths(t *testing.T) {
	_, _, body, err := berHead(file(t, "sealed/modern.p12"))
	if err != nil || !strings.HasPrefix(string(body), "\x02\x01\x03") {
		t.Fatal(err)
	}
	for name, version := range map[string]string{"one more": "\x02\x81\x01\x03", "four": "\x02\x84\x00\x00\x00\x01\x03"} {
		data := derElement([]byte{0x30}, append([]byte(version), body[3:]...))
		if k, err := Load(data, Options{Passphrase: answer("letmein")}); err != nil || k.Signer == nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestJavaKeyStores(t *testing.T) {
	t.Parallel() // it waits for Java
	for _, name := range []string{"store.jks", "store.jceks"} {
		_, err := Load(file(t, "sealed/"+name), Options{})
		if err == nil || !strings.Contains(err.Error(), "keytool -importkeystore") {
			t.Fatalf("%s: %v", name, err)
		}
		keytool, lookErr := exec.LookPath("keytool")
		if lookErr != nil {
			t.Skip("there is no keytool on this machine")
		}
		out := filepath.Join(t.TempDir(), "new.p12")
		command := err.Error()[strings.Index(err.Error(), "-importkeystore"):]
		args := strings.Fields(strings.NewReplacer("FILE", "testdata/sealed/"+name, "NEW.p12", out).Replace(command))
		args = append(args, "-noprompt", "-srcstorepass", "letmein", "-deststorepass", "letmein")
		if text, err := exec.Command(keytool, args...).CombinedOutput(); err != nil { //nolint:gosec // the test's own words
			t.Fatalf("%v: %s", err, text)
		}
		data, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		k, err := Load(data, Options{Passphrase: answer("letmein")})
		if err != nil || k.Signer == nil || k.Certificate == nil {
			t.Errorf("%s: what the advice makes is refused: %v", name, err)
		}
	}
}

// A library that panics is an error like any other, and what it threw is not shown.
func TestAPanicIsAnError(t *testing.T) {
	_, err := Load(file(t, "sealed/aes-128-cbc.pem"), Options{Passphrase: func() (secret.Text, error) { panic("CANARY") }})
	if err == nil || strings.Contains(err.Error(), "CANARY") {
		t.Error(err)
	}
}
