package curl

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"authctl/internal/fault"
)

// nonceAPI demands the nonce n1, then, from the third call on, n2.
func nonceAPI(t *testing.T, p *prover) *server {
	return newServer(t, func(n int, w http.ResponseWriter, r *http.Request) {
		want := "n1"
		if n >= 4 {
			want = "n2"
		}
		proof := p.all()[len(p.all())-1]
		if !strings.HasSuffix(proof, " "+want) {
			w.Header().Set("DPoP-Nonce", want)
			w.Header().Set("WWW-Authenticate", `DPoP error="use_dpop_nonce", algs="ES256"`)
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = io.WriteString(w, "nonce please\n")
			return
		}
		fmt.Fprintf(w, "answer %d %s\n", n, r.URL.Path)
	})
}

func TestDPoPProofForEachRequestAndOneRepeatForANonce(t *testing.T) {
	p := &prover{}
	api := nonceAPI(t, p)
	j := job(t, api, "-sS", "-d", "x", "/a?q=1#f", "/b/../c", "/d")
	j.Scheme, j.Prover, j.Tokens = "DPoP", p, &purse{typ: "DPoP"}
	run(t, j).want(t, 0, "answer 2 /a\nanswer 3 /b/../c\nanswer 5 /d\n")
	u := api.URL
	want := []string{
		"POST " + u + "/a canary-token-1 ", "POST " + u + "/a canary-token-1 n1",
		"POST " + u + "/b/../c canary-token-1 n1",
		"POST " + u + "/d canary-token-1 n1", "POST " + u + "/d canary-token-1 n2",
	}
	if strings.Join(p.all(), "\n") != strings.Join(want, "\n") {
		t.Errorf("proofs:\n%s", strings.Join(p.all(), "\n"))
	}
	for i, c := range api.seen() {
		if c.header.Get("DPoP") != fmt.Sprintf("%s.%d", proofCanary, i+1) || c.header.Get("Authorization") != "DPoP canary-token-1" {
			t.Errorf("call %d: %v", i+1, c.header)
		}
	}
}

func TestANonceIsAskedForOnce(t *testing.T) {
	p := &prover{}
	api := newServer(t, func(n int, w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("DPoP-Nonce", fmt.Sprint("n", n))
		w.Header().Set("WWW-Authenticate", `DPoP error="use_dpop_nonce"`)
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprintf(w, "again %d\n", n)
	})
	j := job(t, api, "-sS", "/")
	j.Scheme, j.Prover, j.Tokens = "DPoP", p, &purse{typ: "DPoP"}
	run(t, j).want(t, 0, "again 2\n")
	if len(api.seen()) != 2 {
		t.Errorf("%d calls", len(api.seen()))
	}
	// A kept token: one for the nonce, one for a new token, no more.
	j.Tokens = &purse{typ: "DPoP", kept: true}
	api.reset()
	run(t, j).want(t, 0, "again 3\n")
	// A body that is gone: none.
	j.Argv, j.In = []string{"-sS", "-T", "-", "/"}, strings.NewReader("x")
	api.reset()
	run(t, j).want(t, 0, "again 1\n")
	j.Argv, j.NoRepeat = []string{"-sS", "/"}, true
	api.reset()
	run(t, j).want(t, 0, "again 1\n")
}

func TestASingleUseTokenIsNotSentWithASecondProof(t *testing.T) {
	p := &prover{}
	api := nonceAPI(t, p)
	j := job(t, api, "-sS", "/a")
	j.Scheme, j.Prover, j.Tokens, j.SingleUse = "DPoP", p, &purse{typ: "DPoP"}, true
	run(t, j).want(t, 0, "answer 2 /a\n")
	if got := api.seen()[1].header.Get("Authorization"); got != "DPoP canary-token-2" {
		t.Error(got)
	}
}

func TestDPoPRefusesWhatWouldReplayAProof(t *testing.T) {
	api := newServer(t, nil)
	for _, argv := range [][]string{{"--retry", "2", "/"}, {"-L", "/"}} {
		j := job(t, api, argv...)
		j.Scheme, j.Prover, j.Tokens = "DPoP", &prover{}, &purse{typ: "DPoP"}
		j.Headers, j.HeaderNames = nil, nil
		if r := run(t, j); fault.KindOf(r.fault) != fault.Usage || len(api.seen()) > 0 {
			t.Errorf("%v: %+v", argv, r)
		}
	}
}

// curl reads such a body whole before it sends: so can we, and send it twice.
func TestABodyFromStdinSurvivesANonce(t *testing.T) {
	large := strings.Repeat("0123456789abcdef", maxGathered/16)
	for name, c := range map[string]struct {
		body  string
		argv  []string
		sizes []int64
	}{
		"small":     {"hello", []string{"-d", "@-"}, []int64{5, 5}},
		"form":      {"hello", []string{"-F", "a=<-"}, nil},
		"too large": {large + "x", []string{"--data-binary", "@-"}, []int64{int64(len(large)) + 1}},
		"largest":   {large, []string{"--data-binary", "@-"}, []int64{int64(len(large)), int64(len(large))}},
	} {
		p := &prover{}
		api := nonceAPI(t, p)
		j := job(t, api, append(c.argv, "-sS", "-H", "Expect:", "/a")...)
		j.Scheme, j.Prover, j.Tokens, j.In = "DPoP", p, &purse{typ: "DPoP"}, strings.NewReader(c.body)
		want := "answer 2 /a\n"
		if len(c.sizes) == 1 {
			want = "nonce please\n"
		}
		run(t, j).want(t, 0, want)
		for i, size := range c.sizes {
			if got := api.seen()[i].size; got != size {
				t.Errorf("%s: body %d is %d bytes", name, i+1, got)
			}
		}
	}
}
