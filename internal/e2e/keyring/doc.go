// Package keyring tests authctl against a real gnome-keyring on a private
// D-Bus, and against a Secret Service that misbehaves as real ones have been
// seen to (build tag e2e).
package keyring
