//go:build e2e

package chromium

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// pageLimit is how long a page may take to show what is waited for.
const pageLimit = 20 * time.Second

// Page is one tab.
type Page struct {
	t       testing.TB
	pipe    *pipe
	session string

	mu         sync.Mutex
	complaints []string
}

// Open opens an address in a new tab, dark or light.
func (b *Browser) Open(t testing.TB, address string, dark bool) *Page {
	t.Helper()
	var target struct {
		TargetID string `json:"targetId"`
	}
	must(t, b.pipe.call("", "Target.createTarget", map[string]any{"url": "about:blank"}, &target))
	var attached struct {
		SessionID string `json:"sessionId"`
	}
	must(t, b.pipe.call("", "Target.attachToTarget", map[string]any{"targetId": target.TargetID, "flatten": true}, &attached))
	p := &Page{t: t, pipe: b.pipe, session: attached.SessionID}
	b.page = p
	scheme := "light"
	if dark {
		scheme = "dark"
	}
	p.call("Log.enable", nil, nil)
	p.call("Emulation.setDeviceMetricsOverride", map[string]any{"width": 720, "height": 560, "deviceScaleFactor": 1, "mobile": false}, nil)
	p.call("Emulation.setEmulatedMedia", map[string]any{"features": []map[string]string{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
	p.call("Page.navigate", map[string]any{"url": address}, nil)
	return p
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (p *Page) call(method string, params, result any) {
	p.t.Helper()
	if params == nil {
		params = struct{}{}
	}
	if err := p.pipe.call(p.session, method, params, result); err != nil {
		p.t.Fatal(err)
	}
}

// Eval gives the value of a JavaScript expression, nil while the page changes.
func (p *Page) Eval(expression string) any {
	var r struct {
		Result struct {
			Value any `json:"value"`
		} `json:"result"`
	}
	err := p.pipe.call(p.session, "Runtime.evaluate", map[string]any{"expression": expression, "returnByValue": true}, &r)
	if err != nil {
		return nil // between two documents
	}
	return r.Result.Value
}

// Wait waits until an element is there.
func (p *Page) Wait(selector string) {
	p.t.Helper()
	for until := time.Now().Add(pageLimit); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		if p.Eval(fmt.Sprintf("document.readyState == 'complete' && document.querySelector(%q) != null", selector)) == true {
			return
		}
	}
	p.t.Fatalf("no %s within %s; the page at %v says:\n%s", selector, pageLimit, p.Eval("location.href"), p.Text())
}

// Click waits for an element and clicks its middle with the mouse.
func (p *Page) Click(selector string) {
	p.t.Helper()
	p.Wait(selector)
	raw, _ := p.Eval(fmt.Sprintf(`(() => { const e = document.querySelector(%q); e.scrollIntoView({block: "center"});
		const r = e.getBoundingClientRect(); return JSON.stringify([r.x + r.width / 2, r.y + r.height / 2]) })()`, selector)).(string)
	var at [2]float64
	if err := json.Unmarshal([]byte(raw), &at); err != nil {
		p.t.Fatalf("%s cannot be clicked: %v", selector, err)
	}
	for _, kind := range []string{"mousePressed", "mouseReleased"} {
		p.call("Input.dispatchMouseEvent", map[string]any{"type": kind, "x": at[0], "y": at[1], "button": "left", "clickCount": 1}, nil)
	}
}

// Type waits for an input and types into it.
func (p *Page) Type(selector, text string) {
	p.t.Helper()
	p.Wait(selector)
	p.Eval(fmt.Sprintf("document.querySelector(%q).focus()", selector))
	p.call("Input.insertText", map[string]any{"text": text}, nil)
}

// Text is what the page shows.
func (p *Page) Text() string {
	text, _ := p.Eval("document.body ? document.body.innerText : ''").(string)
	return text
}

// Screenshot is the page as a PNG.
func (p *Page) Screenshot() []byte {
	p.t.Helper()
	var shot struct {
		Data string `json:"data"`
	}
	p.call("Page.captureScreenshot", map[string]any{"format": "png", "optimizeForSpeed": false}, &shot)
	png, err := base64.StdEncoding.DecodeString(shot.Data)
	if err != nil {
		p.t.Fatal(err)
	}
	return png
}

func (p *Page) complain(params json.RawMessage) {
	var e struct {
		Entry struct {
			Level string `json:"level"`
			Text  string `json:"text"`
			URL   string `json:"url"`
		} `json:"entry"`
	}
	if json.Unmarshal(params, &e) != nil || strings.HasSuffix(e.Entry.URL, "/favicon.ico") {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.complaints = append(p.complaints, e.Entry.Level+": "+e.Entry.Text)
}

// Complaints are the errors and warnings of the tab's pages so far, such as
// breaches of their content security policy. A missing favicon is none.
func (p *Page) Complaints() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]string(nil), p.complaints...)
}
