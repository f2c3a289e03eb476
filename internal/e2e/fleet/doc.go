// Package fleet runs many machines, each with a home of its own, on one store: a
// real OpenBao or Kubernetes.
package fleet
