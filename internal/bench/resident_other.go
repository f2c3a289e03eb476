//go:build !unix

package main

import "os"

// residentSet is not reported by this platform.
func residentSet(*os.ProcessState) string { return "not known on this platform" }
