package engine

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"strings"

	"authctl/internal/fault"
	"authctl/internal/files"
	"authctl/internal/secret"
)

// ServiceAccount is the folder in which a pod finds its service account's token,
// the cluster's authority and its namespace.
const ServiceAccount = "/var/run/secrets/kubernetes.io/serviceaccount"

// Pod is what a pod knows of its cluster.
type Pod struct {
	Folder string                           // ServiceAccount
	Env    func(name string) (string, bool) // of the process
}

// ErrNoPod says that this is no pod, or one without a service account's token.
var ErrNoPod = errors.New("this is no pod of Kubernetes")

// Address is that of the cluster's API.
func (p Pod) Address() (string, error) {
	host, _ := p.Env("KUBERNETES_SERVICE_HOST")
	port, _ := p.Env("KUBERNETES_SERVICE_PORT")
	if host == "" || port == "" {
		return "", fault.New(fault.Config, "%w", ErrNoPod).Hint("outside of one set store.address, store.namespace, store.ca_certificate and store.token")
	}
	return "https://" + net.JoinHostPort(host, port), nil
}

// CA is the path of the certificate that the API's is from.
func (p Pod) CA() string { return filepath.Join(p.Folder, "ca.crt") }

// Namespace is that of the pod.
func (p Pod) Namespace(ctx context.Context) (string, error) { return p.file(ctx, "namespace") }

// Token is the service account's, which the kubelet renews.
func (p Pod) Token(ctx context.Context) (secret.Text, error) {
	text, err := p.file(ctx, "token")
	return secret.New(text), err
}

func (p Pod) file(ctx context.Context, name string) (string, error) {
	b, _, err := files.Wanted{Max: 64 << 10}.Read(ctx, filepath.Join(p.Folder, name))
	if err != nil {
		return "", fault.New(fault.Store, "the pod's service account: %w", err).Hint("the pod needs automountServiceAccountToken: true")
	}
	return strings.TrimSpace(string(b)), nil
}
