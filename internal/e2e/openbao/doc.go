// Package openbao runs a real OpenBao, alone and as a cluster of three, and
// holds internal/engine's Vault to the contract of every engine there.
package openbao
