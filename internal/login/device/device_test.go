package device

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"rsc.io/qr"

	"authctl/internal/endpoint"
	"authctl/internal/fault"
	"authctl/internal/login"
)

const good = `{"device_code":"GmRh","user_code":"WDJB-MJHT","verification_uri":"https://as.example/device",
	"verification_uri_complete":"https://as.example/device?user_code=WDJB-MJHT","expires_in":1800,"interval":5}`

func answer(body string) endpoint.Answer {
	return endpoint.Answer{Status: 200, Header: http.Header{}, Body: []byte(body)}
}

// TestParseIsLiberalAboutTimes: they inform, and servers write them in many ways.
func TestParseIsLiberalAboutTimes(t *testing.T) {
	for life, want := range map[string]time.Duration{
		`"900"`: 15 * time.Minute, `900.0`: 15 * time.Minute, `"9e2"`: 15 * time.Minute, `null`: usual, `""`: usual, `"soon"`: usual, `[900]`: usual, `1e300`: usual,
		`1e7`: longest,
	} {
		a, err := Parse(answer(strings.Replace(good, "1800", life, 1)))
		if err != nil || a.ExpiresIn != want {
			t.Errorf("expires_in %s: %s, %v", life, a.ExpiresIn, err)
		}
	}
	for pace, want := range map[string]time.Duration{
		`"7"`: 7 * time.Second, `0`: defaultInterval, `-1`: defaultInterval, `"x"`: defaultInterval, `true`: defaultInterval,
	} {
		a, err := Parse(answer("\ufeff" + strings.Replace(good, `"interval":5`, `"interval":`+pace, 1)))
		if err != nil || a.Interval != want {
			t.Errorf("interval %s: %s, %v", pace, a.Interval, err)
		}
	}
}

func TestParse(t *testing.T) {
	a, err := Parse(answer(good))
	switch {
	case err != nil:
		t.Error(err)
	case a.DeviceCode.Reveal() != "GmRh" || a.UserCode != "WDJB-MJHT":
		t.Errorf("codes %q and %q", a.DeviceCode.Reveal(), a.UserCode)
	case a.ExpiresIn != 30*time.Minute || a.Interval != 5*time.Second:
		t.Errorf("good for %s, asked every %s", a.ExpiresIn, a.Interval)
	}
	for name, change := range map[string][2]string{
		"not json":      {`{"device_code"`, `"device_code"`},
		"no code":       {`"GmRh"`, `""`},
		"no user code":  {`"WDJB-MJHT","ver`, `"\u001b","ver`},
		"no address":    {`"https://as.example/device",`, `"",`},
		"http":          {`"https://as.example/device",`, `"http://as.example/device",`},
		"other scheme":  {`"https://as.example/device?`, `"javascript:alert(1)?`},
		"escape":        {`"https://as.example/device",`, `"https://as.example/\u001b[2J",`},
		"user name":     {`"https://as.example/device",`, `"https://as.example@evil.example/",`},
		"bidi host":     {`"https://as.example/device",`, `"https://as\u202e.example/",`},
		"endless":       {`"https://as.example/device",`, `"https://as.example/` + strings.Repeat("a", 2000) + `",`},
		"no life":       {`1800`, `0`},
		"negative life": {`1800`, `-1`},
		"code twice":    {`"interval":5`, `"device_code":"other"`},
		"code is none":  {`"GmRh"`, `7`},
	} {
		broken := strings.Replace(good, change[0], change[1], 1)
		if broken == good {
			t.Fatalf("%s changes nothing", name)
		}
		if _, err := Parse(answer(broken)); fault.KindOf(err) != fault.Network {
			t.Errorf("%s: %v", name, err)
		}
	}
	quick, err := Parse(answer(strings.Replace(strings.Replace(good, `"interval":5`, `"interval":null`, 1), "1800", "1e8", 1)))
	if err != nil || quick.Interval != defaultInterval || quick.ExpiresIn != longest {
		t.Errorf("defaults: %v %v %v", quick.Interval, quick.ExpiresIn, err)
	}
}

// refused is a token endpoint's error as acquire reports it.
func refused(code string) error {
	f := fault.New(fault.Refused, "the server refused (%s)", code)
	f.Code = code
	return f
}

// answered is an answer of that status as acquire reports it.
func answered(status int, code string) error {
	r := &endpoint.Refusal{Status: status, Code: code}
	f := fault.New(fault.Network, "%w", r)
	if r.Verdict() == endpoint.No {
		f.Kind = fault.Refused
	}
	f.Code = code
	return f
}

// inVain is a 2xx answer that cannot be used, as acquire reports it.
func inVain(body string) error {
	_, err := endpoint.ParseToken(answer(body), "")
	return fault.New(fault.Network, "%w", err)
}

func TestPollIsPolite(t *testing.T) {
	down := fault.New(fault.Network, "no route")
	tests := map[string]struct {
		answers []error
		waits   string
		kind    fault.Kind
	}{
		"at once":         {[]error{nil}, "5s", 0},
		"patient":         {[]error{refused("authorization_pending"), refused("authorization_pending"), nil}, "5s 5s 5s", 0},
		"slow down":       {[]error{refused("slow_down"), refused("slow_down"), refused("authorization_pending"), nil}, "5s 10s 15s 15s", 0},
		"network":         {[]error{down, refused("authorization_pending"), nil}, "5s 10s 10s", 0},
		"overloaded":      {[]error{answered(429, ""), answered(500, "server_error"), answered(503, ""), answered(502, "Bad Gateway"), answered(504, ""), nil}, "5s 10s 20s 40s 1m0s 1m0s", 0},
		"no, at 500":      {[]error{answered(500, "access_denied")}, "5s", fault.Refused},
		"no, at 200":      {[]error{answered(200, "access_denied")}, "5s", fault.Refused},
		"wait, at 200":    {[]error{answered(200, "authorization_pending"), answered(429, "slow_down"), nil}, "5s 5s 10s", 0},
		"declined, too":   {[]error{answered(400, "authorization_declined")}, "5s", fault.Refused},
		"declined":        {[]error{refused("access_denied")}, "5s", fault.Refused},
		"expired":         {[]error{refused("expired_token")}, "5s", fault.Login},
		"unverified":      {[]error{fault.New(fault.Invalid, "id_token")}, "5s", fault.Invalid},
		"never":           {nil, "5s 5s 5s 5s", fault.Login},
		"granted in vain": {[]error{inVain(`{"access_token":"a","refresh_token":"r","error":"x"}`)}, "5s", fault.Network},
		"cut off":         {[]error{fault.New(fault.Network, "%w", &endpoint.SendError{Sent: true, Err: errors.New("cut"), Part: answer(`{"access_token":"a","x`)})}, "5s", fault.Network},
		"a page":          {[]error{inVain(`<html>later</html>`), nil}, "5s 10s", 0},
		"not our error":   {[]error{errors.New("boom")}, "5s", fault.Internal},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			a := Authorization{Interval: 5 * time.Second, ExpiresIn: 24 * time.Second}
			if tt.kind != fault.Login {
				a.ExpiresIn = time.Hour
			}
			var waits []string
			asked := 0
			err := a.Poll(t.Context(), func(_ context.Context, d time.Duration) error {
				waits = append(waits, d.String())
				return nil
			}, func(context.Context) error {
				asked++
				if tt.answers == nil {
					return refused("authorization_pending")
				}
				return tt.answers[asked-1]
			})
			if got := strings.Join(waits, " "); got != tt.waits {
				t.Errorf("waited %s", got)
			}
			if tt.kind == 0 && err != nil || tt.kind != 0 && fault.KindOf(err) != tt.kind {
				t.Errorf("got %v", err)
			}
			if tt.answers != nil && asked != len(tt.answers) {
				t.Errorf("asked %d times", asked)
			}
		})
	}
}

func TestPollIsInterrupted(t *testing.T) {
	a := Authorization{Interval: time.Second, ExpiresIn: time.Hour}
	ctx, cancel := context.WithCancel(t.Context())
	err := a.Poll(ctx, func(context.Context, time.Duration) error { return nil }, func(context.Context) error {
		cancel()
		return refused("authorization_pending")
	})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestShow(t *testing.T) {
	a, err := Parse(answer(good))
	if err != nil {
		t.Fatal(err)
	}
	var loud, hushed bytes.Buffer
	a.Show(login.Terminal{Err: &loud})
	a.Show(login.Terminal{Err: &hushed, Quiet: true})
	for _, b := range []string{loud.String(), hushed.String()} {
		if !strings.Contains(b, "  https://as.example/device\n") || !strings.Contains(b, "  WDJB-MJHT\n") || strings.Contains(b, "GmRh") {
			t.Errorf("shows %s", b)
		}
	}
	for columns, drawn := range map[int]bool{0: true, 32: false, 33: true, 200: true} {
		var narrow bytes.Buffer
		a.Show(login.Terminal{Err: &narrow, Live: true, Columns: func() int { return columns }})
		if strings.Contains(narrow.String(), "█") != drawn || !strings.Contains(narrow.String(), "  WDJB-MJHT\n") {
			t.Errorf("%d columns: %s", columns, narrow.String())
		}
	}
	if !strings.Contains(loud.String(), "█") || strings.Contains(hushed.String(), "█") {
		t.Error("the QR code belongs to the loud form alone")
	}
}

// TestDrawnModules reads the drawing back, module by module.
func TestDrawnModules(t *testing.T) {
	for _, text := range []string{"https://as.example/device?user_code=WDJB-MJHT", "x", strings.Repeat("long", 40)} {
		code, err := qr.Encode(text, qr.L)
		if err != nil {
			t.Fatal(err)
		}
		drawing, err := draw(text, login.Terminal{})
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(drawing, "\n"), "\n")
		if len(lines) != (code.Size+2*quiet+1)/2 {
			t.Fatalf("%d lines for %d modules", len(lines), code.Size)
		}
		for i, line := range lines {
			for j, r := range []rune(line) {
				x, y := j-quiet, 2*i-quiet
				if light := r == '█' || r == '▀'; light == code.Black(x, y) {
					t.Fatal(fmt.Sprint("wrong at ", x, y))
				}
				// Half a line below the margin is light as well: no bar beneath the code.
				if light := r == '█' || r == '▄'; light == code.Black(x, y+1) {
					t.Fatal(fmt.Sprint("wrong at ", x, y+1))
				}
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	seeds := []string{good, `{}`, `[]`, `{"device_code":"a","user_code":"b","verification_uri":"https://a.example","expires_in":1}`}
	if len(seeds) == 0 {
		f.Fatal("no seeds")
	}
	for _, s := range seeds {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		a, err := Parse(answer(string(body)))
		if err != nil {
			return
		}
		if a.ExpiresIn <= 0 || a.ExpiresIn > longest || a.Interval <= 0 || !strings.HasPrefix(a.Address.String(), "http") || strings.ContainsAny(a.UserCode, "\x1b\r\n") {
			t.Errorf("accepted %+v", a)
		}
	})
}

func TestWithinOnlyShortensTheWait(t *testing.T) {
	a := Authorization{ExpiresIn: 10 * time.Minute}
	for limit, want := range map[time.Duration]time.Duration{0: 10 * time.Minute, time.Minute: time.Minute, time.Hour: 10 * time.Minute} {
		if got := a.Within(limit).ExpiresIn; got != want {
			t.Errorf("within %s: %s", limit, got)
		}
	}
}
