package endpoint

import (
	"bytes"
	"crypto/tls"
	"encoding/json"
	"net/http"
	"time"
)

// Answer is what came back, whatever its status. The body is at most MaxBody bytes.
type Answer struct {
	URL    string
	Status int
	Header http.Header
	Body   []byte
	Began  time.Time            // when it was asked for, by our clock
	At     time.Time            // when it arrived
	TLS    *tls.ConnectionState // nil over plain http
	Route  Route

	other   bool              // Body is no list of parameters, and need be no JSON
	cut     bool              // Body is only the beginning
	secrets []string          // what the request hid; a hostile answer may echo it
	note    func(line string) // for `-v`; nil is silence
}

// hide removes the request's own secrets from a text of the server, however it spells them.
func (a Answer) hide(s string) string { return hideSecrets(s, a.secrets) }

// hideJSON is hide for JSON, whose value is written anew, for a person. Other text stays.
func (a Answer) hideJSON(raw []byte) string {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var value any
	if err := dec.Decode(&value); err != nil || dec.More() {
		return a.hide(string(raw))
	}
	anew, err := marshal(value)
	if err != nil {
		return a.hide(string(raw))
	}
	return a.hide(string(anew))
}
