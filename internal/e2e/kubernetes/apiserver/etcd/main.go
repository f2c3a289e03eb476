// Etcd keeps what the kube-apiserver of the e2e tests knows.
package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() { etcdmain.Main(os.Args) }
