package render

import (
	"bytes"
	"encoding/json"
)

// execCredential is client.authentication.k8s.io/v1, what kubectl reads from
// an exec plugin.
type execCredential struct {
	APIVersion string     `json:"apiVersion"`
	Kind       string     `json:"kind"`
	Status     kubeStatus `json:"status"`
}

// kubeStatus without a time is asked for again only after a 401 or a restart.
type kubeStatus struct {
	ExpirationTimestamp string `json:"expirationTimestamp,omitempty"` // RFC 3339, UTC
	Token               string `json:"token"`
}

func writeKube(b *bytes.Buffer, r Result, _ Options) error {
	return json.NewEncoder(b).Encode(execCredential{
		APIVersion: "client.authentication.k8s.io/v1",
		Kind:       "ExecCredential",
		Status:     kubeStatus{utc(r.Set.ExpiresAt), r.Set.AccessToken.Reveal()},
	})
}
