// Package host is what only the real machine has: signals, the prompt at its
// terminal, the browser of its desktop, and what it keeps from core dumps.
package host
