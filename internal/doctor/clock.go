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

// messageLife is how long a message to a security token service is good for (WSS 1.1, 10).
const messageLife = 5 * time.Minute

// clock compares our clock with the Date of the host that checks what we date. A
// difference over limit is too much, because of that.
func (n *network) clock(check, whose, address string, limit time.Duration, because string) {
	v, asked := n.seen[rootOf(address)]
	if !asked || v.err != nil {
		n.skip(check, "%s did not answer", whose)
		return
	}
	date, err := http.ParseTime(v.answer.Header.Get("Date"))
	if err != nil {
		n.skip(check, "%s sends no Date", whose)
		return
	}
	if age, err := strconv.Atoi(v.answer.Header.Get("Age")); err == nil && age > 0 {
		date = date.Add(time.Duration(age) * time.Second) // a cache answered (RFC 9111 5.1)
	}
	off := endpoint.Skew(v.began, v.answer.At, date)
	fix := "correct this machine's clock: timedatectl, sntp or w32tm /resync"
	switch size := off.Abs(); {
	case size > limit:
		// What we sign is over, or not yet valid, when it arrives.
		n.fail(check, fault.New(fault.Config, "%s (%s %s)", acquire.SkewText(off), because, limit).Hint("%s", fix))
	case size > tolerated:
		n.warn(check, acquire.SkewText(off), fix)
	case size == 0:
		n.ok(check, "as the server's, to the second")
	default:
		n.ok(check, "%s", fmt.Sprintf("%s off the server's", size))
	}
}
