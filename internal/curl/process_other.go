//go:build !unix

package curl

import "os"

// descriptors says whether a child can inherit pipes under known numbers.
const descriptors = false

func interrupt(p *os.Process) error { return p.Kill() }

func signalCode(*os.ProcessState) int { return 1 }
