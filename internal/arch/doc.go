// Package arch holds the shape of the program by tests: who may import whom,
// which library is behind which door, and that no provider's name is in code.
// .golangci.yml says the library doors a second time, for editors.
package arch
