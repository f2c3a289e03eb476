//go:build !unix

package curl

import "os"

// ByStdin is true where a child cannot inherit pipes under known numbers.
const ByStdin = true

func interrupt(p *os.Process) error { return p.Kill() }

func signalCode(*os.ProcessState) int { return 1 }

// Descriptors beyond the first three are not handed on.
func userDescriptors() []int { return nil }

func isOpen(int) bool { return true }

func (places) extraFiles(map[int]*os.File) (files, dups []*os.File, err error) { return nil, nil, nil }
