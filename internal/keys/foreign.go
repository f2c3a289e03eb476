package keys

import (
	"bytes"
	"errors"
)

// foreign names what other programs write and is not read here, with the
// command that converts it where there is one; nil for anything else.
func foreign(data []byte) error {
	begins := func(text string) bool { return bytes.HasPrefix(data, []byte(text)) }
	switch {
	case begins("\xFE\xED\xFE\xED"), begins("\xCE\xCE\xCE\xCE"): // JKS, JCEKS
		return errors.New("it is a Java key store; convert it: " +
			"keytool -importkeystore -srckeystore FILE -destkeystore NEW.p12 -deststoretype pkcs12")
	case isSignedData(data):
		return errors.New("it is a bundle of certificates in PKCS#7; convert it: openssl pkcs7 -print_certs -inform DER -in FILE -out NEW")
	case begins("-----BEGIN PKCS7-----"):
		return errors.New("it is a bundle of certificates in PKCS#7; convert it: openssl pkcs7 -print_certs -in FILE -out NEW")
	case begins("-----BEGIN PGP "):
		return errors.New("it is a PGP key, which is not read here; a key for authctl is made by openssl genpkey")
	case begins("---- BEGIN SSH2 PUBLIC KEY"): // RFC 4716
		return errors.New("it is an SSH2 public key; convert it: ssh-keygen -i -f FILE > FILE.pub && ssh-keygen -e -m PKCS8 -f FILE.pub > NEW")
	case begins("ssh-rsa "), begins("ecdsa-sha2-"):
		return errors.New("it is an OpenSSH public key; convert it: ssh-keygen -e -m PKCS8 -f FILE > NEW")
	case begins("ssh-ed25519 "):
		return errOpenSSHEd25519
	case begins("PuTTY-User-Key-File"):
		return errors.New("it is a PuTTY key; export it with PuTTYgen (Conversions, Export OpenSSH key), which writes PEM for RSA and EC keys")
	default:
		return nil
	}
}

// isSignedData is true for ContentInfo with signedData (RFC 2315 7 and 14).
func isSignedData(data []byte) bool {
	if len(data) == 0 || data[0] != 0x30 {
		return false
	}
	_, _, body, err := berHead(data)
	return err == nil && bytes.HasPrefix(body, []byte("\x06\x09\x2A\x86\x48\x86\xF7\x0D\x01\x07\x02"))
}

// errOpenSSHEd25519: most versions of ssh-keygen leave such a key as it is and say "saved".
var errOpenSSHEd25519 = errors.New("it is an OpenSSH key of the kind Ed25519, which OpenSSH's own tools do not convert; " +
	"make one that authctl reads with openssl genpkey -algorithm ed25519 -out NEW")

// openSSH is for the private keys of ssh-keygen, whose public half is in the clear.
func openSSH(block []byte) error {
	if bytes.Contains(block, []byte("\x00\x00\x00\x0Bssh-ed25519")) {
		return errOpenSSHEd25519
	}
	return errors.New("it is an OpenSSH key; convert a copy of it: ssh-keygen -p -m PKCS8 -f COPY")
}
