package curl

import (
	"bytes"
	"io"
	"strings"
	"testing"
)

// newGate holds 401s and drops bodies from 400 on.
func newGate(dump io.Writer) (*gate, *bytes.Buffer, *bytes.Buffer) {
	var out, errs bytes.Buffer
	return &gate{
		out: &out, errs: &errs, dump: dump, dropFrom: 400,
		mayHold: func(a answer) bool { return a.status == 401 },
	}, &out, &errs
}

func TestGateDropsWhatCameBeforeAndAfterTheStatus(t *testing.T) {
	g, out, errs := newGate(nil)
	_, _ = io.WriteString(g.stdout(), "before ")
	_, _ = io.WriteString(g.stderr(), "why ")
	g.decide(answer{status: 404})
	_, _ = io.WriteString(g.stdout(), "after")
	_, _ = io.WriteString(g.stderr(), "not")
	if err := g.finish(); err != nil || out.String() != "" || errs.String() != "why not" {
		t.Errorf("%v %q %q", err, out, errs)
	}
}

func TestGatePassesEverythingInOrder(t *testing.T) {
	var heads bytes.Buffer
	g, out, _ := newGate(&heads)
	g.head([]byte("one\n"))
	_, _ = io.WriteString(g.stdout(), "before ")
	if heads.Len()+out.Len() > 0 {
		t.Error("the gate was open from the start")
	}
	g.decide(answer{status: 200})
	g.decide(answer{status: 401}) // too late
	_, _ = io.WriteString(g.stdout(), "after")
	g.head([]byte("two\n"))
	if out.String() != "before after" || heads.String() != "one\ntwo\n" {
		t.Errorf("%q %q", out, heads.String())
	}
}

func TestGateKeepsA401UntilItIsFinished(t *testing.T) {
	g, out, _ := newGate(nil)
	g.dropFrom = 0
	g.decide(answer{status: 401})
	_, _ = io.WriteString(g.stdout(), "held")
	if body, held := g.kept(); !held || string(body) != "held" || out.Len() > 0 {
		t.Errorf("%q %v %q", body, held, out)
	}
	if err := g.finish(); err != nil || out.String() != "held" {
		t.Errorf("%v %q", err, out)
	}
}

// FuzzHeads: whatever a server sends as a head, the parser ends, passes every
// byte to -D, and says final for no 1xx.
func FuzzHeads(f *testing.F) {
	seeds := []string{
		"HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "HTTP/1.1 100 Continue\r\n\r\nHTTP/2 401\r\nDPoP-Nonce: x\r\nWWW-Authenticate: DPoP error=\"use_dpop_nonce\"\r\n\r\n",
		"HTTP/1.1 302 Found\r\nLocation: /\r\n\r\nHTTP/1.1 200 OK\r\n\r\nTrailer: x\r\n\r\n", "", "\r\n", "HTTP/", "HTTP/1.1 \r\n\r\n", "HTTP/1.1 99999999999999999999\n\n",
	}
	for _, s := range append(seeds, "HTTP/1.1 200\nX: "+strings.Repeat("y", 70<<10)+"\n\n") {
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, text string, follows bool) {
		var passed strings.Builder
		h := heads{
			follows: follows, sink: func(l []byte) { passed.Write(l) },
			final: func(a answer) {
				if a.status < 200 {
					t.Errorf("final %+v", a)
				}
			},
		}
		h.read(strings.NewReader(text))
		if passed.String() != text {
			t.Errorf("%q became %q", text, passed.String())
		}
	})
}
