package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// Swap writes b if was is current; b must be unlike whatever another could write.
// A version is of the whole cluster and never used again, so that a deletion in
// between is seen too.
func (k *Kubernetes) Swap(ctx context.Context, name string, b []byte, was Version) (Version, error) {
	o := object{API: "v1", Kind: "Secret", Type: secretType, Data: map[string][]byte{"record": b}}
	o.Metadata = meta{Name: k.object(name), Labels: map[string]string{managedBy: "authctl"}, Version: string(was)}
	r := &request{method: http.MethodPut, path: k.path(o.Metadata.Name), doing: "writing"}
	if was == absent {
		o.Metadata.Version, r.method, r.path = "", http.MethodPost, k.path("")
	}
	r.path += "?fieldManager=authctl"
	var err error
	if r.body, err = json.Marshal(o); err != nil {
		return "", err
	}
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
