package secret

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"strings"
	"testing"
)

// Nothing that prints by reflection, by verb or by encoding shows the value.
func TestTextCannotBePrinted(t *testing.T) {
	const canary = "canary-c0ffee"
	text := New(canary)
	type holder struct {
		Text   Text
		Ptr    *Text
		hidden Text
		List   []Text
		Map    map[string]Text
	}
	h := holder{text, &text, text, []Text{text}, map[string]Text{"k": text}}
	var shown bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%p", "%T", "%t", "%10s", "%-10v", "%w"} {
		_, _ = fmt.Fprintf(&shown, verb+" "+verb+" "+verb+"\n", text, &text, h)
	}
	_, _ = fmt.Fprintln(&shown, text, h, h.hidden)
	for _, v := range []any{text, &text, h} {
		raw, err := json.Marshal(v)
		if err != nil {
			t.Errorf("json: %v", err)
		}
		shown.Write(raw)
	}
	raw, _ := xml.Marshal(text)
	shown.Write(raw)
	log.New(&shown, "", 0).Println(text, h)
	for _, handler := range []slog.Handler{slog.NewTextHandler(&shown, nil), slog.NewJSONHandler(&shown, nil)} {
		slog.New(handler).Info("x", "text", text, "holder", h, "any", any(text))
	}
	shown.WriteString(errors.Join(fmt.Errorf("%v", text)).Error())
	if s := shown.String(); strings.Contains(s, canary) || strings.Contains(s, fmt.Sprintf("%x", canary)) {
		t.Errorf("the value is shown:\n%s", s)
	}
	if !strings.Contains(shown.String(), "[secret]") {
		t.Error("nothing was printed")
	}
	if text.Reveal() != canary {
		t.Error("Reveal gives another value")
	}
}

func TestTextIsZero(t *testing.T) {
	if !(Text{}).IsZero() || !New("").IsZero() || New("x").IsZero() || (Text{}).Reveal() != "" {
		t.Error("zero is not zero")
	}
}
