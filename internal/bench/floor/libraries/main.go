// Command libraries links what authctl links and ends: what no start can be
// quicker than. With a PKCS #8 file it parses the key and signs once by RS256.
//
//	libraries [KEY]
package main

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net/http"
	"os"

	"github.com/golang-jwt/jwt/v5"
	"github.com/lestrrat-go/jwx/v2/jwk"
	"github.com/spf13/cobra"
	"github.com/spf13/viper"
	"github.com/zalando/go-keyring"
	"go.yaml.in/yaml/v3"
)

// use keeps the linker from leaving a library out.
func use() []any {
	return []any{&cobra.Command{}, viper.New, jwt.New, jwk.Parse, keyring.Get, http.DefaultClient, yaml.Unmarshal}
}

func main() {
	if len(os.Args) > 2 {
		fmt.Fprintln(os.Stderr, len(use()), "libraries; usage: libraries [KEY]")
		os.Exit(2)
	}
	if len(os.Args) == 2 {
		if err := sign(os.Args[1]); err != nil {
			fmt.Fprintln(os.Stderr, "libraries:", err)
			os.Exit(1)
		}
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
