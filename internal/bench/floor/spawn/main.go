// Command spawn runs a program and prints what that used: minor page faults, and
// bytes at most resident. Linux counts the memory of the process that starts
// another into the other's peak, so the starter has to be a small one.
//
//	spawn PROGRAM ARG...
package main

import (
	"fmt"
	"os"
	"os/exec"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: spawn PROGRAM ARG...")
		os.Exit(2)
	}
	cmd := exec.Command(os.Args[1], os.Args[2:]...) //nolint:noctx // it ends with what it starts
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "spawn:", err)
		os.Exit(1)
	}
	u := usedBy(cmd.ProcessState)
	fmt.Println(u.faults, u.peak)
}
