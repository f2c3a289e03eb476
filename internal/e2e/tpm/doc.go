// Package tpm has a software TPM 2.0 (swtpm) hold the only copy of a key that
// authctl signs with, by the recipe of docs/signers.md. It needs the build tag e2e.
package tpm
