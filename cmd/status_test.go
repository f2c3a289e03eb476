package cmd

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"authctl/internal/session"
)

// A lifetime that was not said and one of 0 seconds are two values of the object.
func TestStatusTellsUnknownFromOver(t *testing.T) {
	now := time.Unix(1_700_000_000, 0)
	for name, c := range map[string]struct {
		expires time.Time
		want    string // "" for neither expires_at nor expires_in
	}{
		"not said":  {time.Time{}, ""},
		"0 seconds": {now, `"expires_at":"2023-11-14T22:13:20Z","expires_in":0,`},
		"over":      {now.Add(-time.Minute), `"expires_at":"2023-11-14T22:12:20Z","expires_in":0,`},
		"an hour":   {now.Add(time.Hour), `"expires_at":"2023-11-14T23:13:20Z","expires_in":3600,`},
	} {
		text, err := json.Marshal(describeKept(session.Kept{Profile: "p", Expires: c.expires}, "file", now))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), c.want) || strings.Contains(string(text), "expires") != (c.want != "") {
			t.Errorf("%s: %s", name, text)
		}
	}
}
