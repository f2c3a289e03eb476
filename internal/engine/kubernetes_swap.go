package engine

import (
	"bytes"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
)

// Swap writes b if was is current; b must be unlike whatever another could write.
// A version is of the whole cluster and never used again, so that a deletion in
// between is seen too.
func (k *Kubernetes) Swap(ctx context.Context, name string, b []byte, was Version) (Version, error) {
	r := &request{method: http.MethodPut, path: k.path(k.object(name)), doing: "writing"}
	version := `"resourceVersion":"` + string(was) + `",`
	if was == absent {
		r.method, r.path, version = http.MethodPost, k.path(""), ""
	}
	r.path += "?fieldManager=authctl"
	// A name is of a-z, 0-9, - and . (store's keys), and a version is the API's own.
	r.body = []byte(`{"apiVersion":"v1","kind":"Secret","type":"` + secretType + `","metadata":{` + version + `"name":"` + k.object(name) +
		`","labels":{"` + managedBy + `":"authctl"}},"data":{"record":"` + base64.StdEncoding.EncodeToString(b) + `"}}`)
	a, lost, err := k.call(ctx, r)
	if err == nil {
		written, bad := decodeObject(a)
		gone := r.method == http.MethodPut && a.status == http.StatusNotFound && written.Kind == "Status"
		switch {
		case a.status/100 == 2 && bad == nil && written.Metadata.Version != "" && bytes.Equal(written.Data["record"], b):
			return Version(written.Metadata.Version), nil
		case a.status/100 == 2: // a proxy's page, say
			lost, err = true, strangeKubernetes(r.doing, a)
		case a.status == http.StatusConflict, gone:
			if !lost {
				return "", ErrMoved
			}
			err = ErrMoved
		default:
			err = k.refused(r.doing, a)
		}
	}
	if !lost {
		return "", err
	}
	// An attempt may have been carried out: the current object tells.
	got, current, _, failed := k.Read(ctx, name)
	switch {
	case failed == nil && bytes.Equal(got, b):
		return current, nil
	case (failed == nil || errors.Is(failed, ErrAbsent) || errors.Is(failed, Foreign)) && current != was:
		return "", ErrMoved
	case failed == nil || errors.Is(failed, ErrAbsent): // not written as yet; it may be on its way
		return "", fmt.Errorf("%w: %w", ErrUnknown, err)
	}
	return "", fmt.Errorf("%w: %w", ErrUnknown, errors.Join(err, failed))
}
