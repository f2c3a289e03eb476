// Package apiserver pins the kube-apiserver and etcd of the e2e tests, in a module
// of its own: none of it is a part of authctl.
package apiserver

import _ "k8s.io/kubernetes/cmd/kube-apiserver/app" // so that go.mod keeps it
