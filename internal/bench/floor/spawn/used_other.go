//go:build !unix

package main

import "os"

// used is not reported by this platform.
type used struct{ faults, peak int64 }

func usedBy(*os.ProcessState) used { return used{} }
