//go:build !unix

package curl

import "os"

// ByStdin is true where a child cannot inherit pipes under known numbers.
const ByStdin = true

func interrupt(p *os.Process) error { return p.Kill() }

func signalCode(*os.ProcessState) int { return 1 }
