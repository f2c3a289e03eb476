// Package kubernetes runs a real kube-apiserver with etcd, and holds
// internal/engine's Kubernetes to the contract of every engine there, with the
// manifests of docs/fleet.md.
package kubernetes
