// Command libraries links what authctl links and ends: what no start can be
// quicker than.
package main

import (
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
	if len(os.Args) > 1 {
		fmt.Fprintln(os.Stderr, len(use()), "libraries; usage: libraries")
		os.Exit(2)
	}
}
