package doctor

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"authctl/internal/acquire"
	"authctl/internal/endpoint"
	"authctl/internal/fault"
)

// tolerated is how far the clocks may differ without a word: Date has whole
// seconds, and servers allow a little.
const tolerated = 5 * time.Second

// clock compares our clock with the Date of the host that checks assertions.
func (n *network) clock(address string) {
	const check = "clock"
	v, asked := n.seen[rootOf(address)]
	if !asked || v.err != nil {
		n.skip(check, "the token endpoint's host did not answer")
		return
	}
	date, err := http.ParseTime(v.answer.Header.Get("Date"))
	if err != nil {
		n.skip(check, "the token endpoint's host sends no Date")
		return
	}
	if age, err := strconv.Atoi(v.answer.Header.Get("Age")); err == nil && age > 0 {
		date = date.Add(time.Duration(age) * time.Second) // a cache answered (RFC 9111 5.1)
	}
	off, lifetime := endpoint.Skew(v.began, v.answer.At, date), n.p.Assertion.Lifetime
	fix := "correct this machine's clock: timedatectl, sntp or w32tm /resync"
	switch size := off.Abs(); {
	case size > lifetime:
		// A JWT of ours is over, or not yet valid, when it arrives.
		n.fail(check, fault.New(fault.Config, "%s (assertion.lifetime is %s)", acquire.SkewText(off), lifetime).Hint("%s", fix))
	case size > tolerated:
		n.warn(check, acquire.SkewText(off), fix)
	case size == 0:
		n.ok(check, "as the server's, to the second")
	default:
		n.ok(check, "%s", fmt.Sprintf("%s off the server's", size))
	}
}
