// Package rotation changes the key that a profile signs with: it makes the next
// one beside it, tries it at the server, and lets the two change places, so that
// at every moment one of them is the profile's and neither is lost.
package rotation
