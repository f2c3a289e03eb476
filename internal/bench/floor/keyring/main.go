// Command keyring reads one item through go-keyring: what it costs to ask the OS
// keyring, whatever else a program does.
//
//	keyring SERVICE USER
package main

import (
	"fmt"
	"os"

	"github.com/zalando/go-keyring"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: keyring SERVICE USER")
		os.Exit(2)
	}
	if _, err := keyring.Get(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "keyring:", err)
		os.Exit(1)
	}
}
