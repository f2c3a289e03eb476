package core

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Fault is one way a server can misbehave.
type Fault struct{ Name, Does string }

// FaultList is every fault there is, by name.
func FaultList() []Fault {
	return []Fault{
		{"429", "429 with an OAuth error and Retry-After: 1"},
		{"429-plain", "429 in plain text with Retry-After: 60"},
		{"500", "500 without a body"},
		{"502", "502 in HTML, as a gateway answers for a server that is down"},
		{"503", "503 in HTML"},
		{"bad-json", "200 with JSON that ends too early"},
		{"clock", "every server clock and Date header is 1 h ahead"},
		{"clock-behind", "every server clock and Date header is 1 h behind"},
		{"drop", "the connection is closed instead of an answer"},
		{"empty", "200 without a body"},
		{"error-200", "200 with an OAuth error"},
		{"error-header", "401 with the OAuth error in WWW-Authenticate and no body"},
		{"evil-token", "an access token with line breaks and shell syntax"},
		{"gzip-bomb", "200, 1 MB of gzip that unpacks to 1 GiB"},
		{"hang", "no answer until the client gives up"},
		{"html", "200 with an HTML page"},
		{"huge", "200 with 64 MiB of JSON"},
		{"klg-invalid-token", "klg: 400 invalid_token for the assertion of an exchange"},
		{"klg-no-agreement", "klg: 500 unknown_error, as when the service agreement is missing"},
		{"lost-answer", "the request takes effect, then the connection is closed"},
		{"no-expiry", "an answer without expires_in"},
		{"no-rotation", "a refresh answer without a new refresh token; the old one stays good"},
		{"nonce", "400 use_dpop_nonce with a new DPoP-Nonce, also for pushed requests"},
		{"redirect", "307 to /_sandbox/elsewhere, which counts what it is sent"},
		{"slow", "a good answer, one byte every 100 ms"},
		{"sts-503", "klg's STS: 503 in HTML"},
		{"sts-clock", "klg's STS: its clock and Date header are 1 h ahead"},
		{"sts-crlf", "klg's STS: an assertion with &#13; in signed text"},
		{"sts-encrypted", "klg's STS: an EncryptedAssertion"},
		{"sts-fault-other", "klg's STS: a SOAP fault with a code that no list has"},
		{"sts-html", "klg's STS: 200 with an HTML page"},
		{"sts-inherited-namespaces", "klg's STS: an assertion that leans on the envelope's namespace declarations"},
		{"sts-no-agreement", "klg's STS: fault 101, as for a municipality without an agreement"},
		{"sts-other-audience", "klg's STS: an assertion for another service"},
		{"sts-other-cvr", "klg's STS: an assertion for another municipality"},
		{"sts-other-holder", "klg's STS: an assertion for the holder of another certificate"},
		{"sts-other-relates", "klg's STS: an answer to another message"},
		{"sts-short-lived", "klg's STS: an assertion that ends in 30 s"},
		{"sts-two-assertions", "klg's STS: two assertions"},
		{"sts-unknown-certificate", "klg's STS: fault 5607, as for a certificate that is not registered"},
		{"truncated", "a good answer cut in half"},
		{"wrong-expiry", "expires_in is -1"},
		{"wrong-type", "token_type is N_A"},
	}
}

// Faults are the faults to inject, each for ever or a number of times.
type Faults struct {
	mu   sync.Mutex
	left map[string]int // < 0: for ever
}

// UnknownFault is the error of a name that is not in FaultList.
type UnknownFault struct{ Name string }

// Error names the faults there are.
func (e UnknownFault) Error() string {
	names := []string{}
	for _, f := range FaultList() {
		names = append(names, f.Name)
	}
	sort.Strings(names)
	return fmt.Sprintf("unknown fault %q: there are %s", e.Name, strings.Join(names, ", "))
}

// ParseFaults reads NAME and NAME=COUNT.
func ParseFaults(specs []string) (*Faults, error) {
	f := &Faults{left: map[string]int{}}
	for _, spec := range specs {
		if err := f.Add(spec); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// Add injects one more fault from now on; COUNT 0 ends it.
func (f *Faults) Add(spec string) error {
	name, count, counted := strings.Cut(spec, "=")
	n := -1
	if counted {
		var err error
		if n, err = strconv.Atoi(count); err != nil || n < 0 {
			return fmt.Errorf("fault %s: %q is not a number of times", name, count)
		}
	}
	for _, known := range FaultList() {
		if known.Name == name {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.left[name] = n
			return nil
		}
	}
	return UnknownFault{name}
}

// Take is true when the fault is to be injected now, and counts it.
func (f *Faults) Take(name string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := f.left[name]
	if n > 0 {
		f.left[name] = n - 1
	}
	return n != 0
}

// Skew is how far the servers' clock is off.
func (f *Faults) Skew() time.Duration {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case f.left["clock"] != 0:
		return time.Hour
	case f.left["clock-behind"] != 0:
		return -time.Hour
	default:
		return 0
	}
}
