//go:build e2e

package person

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// most is how many forms a login has at the very most: code, name, consent, and
// one more for a server that asks twice.
const most = 6

// Visit opens the address in a new browser, fills in one form after the other and
// returns the first page that has none.
func (p Person) Visit(t *testing.T, address string) string {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	page, at := fetch(t, browser, http.MethodGet, address, nil)
	for range most {
		action, fields := p.fill(page)
		if fields == nil {
			return page
		}
		next, err := at.Parse(action)
		if err != nil {
			t.Fatal(err)
		}
		page, at = fetch(t, browser, http.MethodPost, next.String(), fields)
	}
	t.Fatalf("%s: still a form after %d: %.500s", address, most, page)
	return ""
}

// fill answers the first form of the page; no fields where there is none.
func (p Person) fill(page string) (action string, fields url.Values) {
	form := regexp.MustCompile(`(?s)<form\b([^>]*)>(.*?)</form>`).FindStringSubmatch(page)
	if form == nil {
		return "", nil
	}
	fields = url.Values{}
	pressed := false
	for _, tag := range regexp.MustCompile(`<(?:input|button)\b([^>]*)>`).FindAllStringSubmatch(form[2], -1) {
		name, value := attribute(tag[1], "name"), attribute(tag[1], "value")
		button := attribute(tag[1], "type") == "submit" || strings.HasPrefix(tag[0], "<button")
		switch {
		case name == "" || button && pressed: // one button is pressed, the first that says so
			continue
		case button:
			pressed = true
		case name == "username" || name == "login":
			value = p.User
		case name == "password":
			value = p.Password
		}
		fields.Add(name, value)
	}
	return attribute(form[1], "action"), fields
}

// attribute is the value of one attribute of a tag, "" where it has none.
func attribute(tag, name string) string {
	found := regexp.MustCompile(`(?:^|\s)` + name + `\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))`).FindStringSubmatch(tag)
	if found == nil {
		return ""
	}
	return html.UnescapeString(found[1] + found[2] + found[3])
}

// fetch returns the page at the end of all redirects, and where that is. The status is not
// looked at: what counts is whether authctl gets its token.
func fetch(t *testing.T, browser *http.Client, method, address string, form url.Values) (string, *url.URL) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", "text/html")
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := browser.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body), resp.Request.URL
}
