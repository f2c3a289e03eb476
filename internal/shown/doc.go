// Package shown is the way of every text to a person, and of every JSON to a
// script. What a server, a file name, a certificate or a profile says is
// somebody else's: Fprintf cleans each of its arguments, so that only its
// format, a constant of ours, can end a line or drive a terminal. An arch test
// refuses every other way to the streams.
package shown
