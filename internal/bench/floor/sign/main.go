// Command sign parses a PKCS #8 file and signs once by RS256: what that costs a
// bare Go program.
//
//	sign KEY
package main

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"os"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: sign KEY")
		os.Exit(2)
	}
	if err := sign(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "sign:", err)
		os.Exit(1)
	}
}

func sign(file string) error {
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return fmt.Errorf("%s is no PEM", file)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return err
	}
	private, ok := key.(*rsa.PrivateKey)
	if !ok {
		return fmt.Errorf("%s is no RSA key", file)
	}
	sum := sha256.Sum256(text)
	_, err = rsa.SignPKCS1v15(rand.Reader, private, crypto.SHA256, sum[:])
	return err
}
