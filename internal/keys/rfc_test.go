package keys

import (
	"encoding/json"
	"testing"
)

// The thumbprints that the RFCs print.
func TestThumbprintsOfTheRFCs(t *testing.T) {
	var vectors []struct {
		Name       string
		Key        json.RawMessage
		Thumbprint string
	}
	if err := json.Unmarshal(file(t, "thumbprints.json"), &vectors); err != nil || len(vectors) != 3 {
		t.Fatalf("%d vectors, %v", len(vectors), err)
	}
	for _, v := range vectors {
		k, err := Load(v.Key, Options{})
		if err != nil {
			t.Errorf("%s: %v", v.Name, err)
			continue
		}
		if got, err := k.Thumbprint(); err != nil || got != v.Thumbprint {
			t.Errorf("%s: %s, want %s (%v)", v.Name, got, v.Thumbprint, err)
		}
	}
}
