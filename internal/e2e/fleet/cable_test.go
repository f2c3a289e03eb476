//go:build e2e

package fleet

import (
	"net"
	"strings"
	"sync"
	"testing"
)

// cable is a machine's way to an engine, which a test may cut.
type cable struct {
	URL  string
	to   string
	dead bool // cut, it refuses connections and closes those it has; else it carries nothing

	mu    sync.Mutex
	whole *sync.Cond
	cut   bool
	ends  []net.Conn
}

// newCable leads to the engine at url.
func newCable(t *testing.T, url string, dead bool) *cable {
	t.Helper()
	scheme, to, _ := strings.Cut(url, "://")
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := &cable{URL: scheme + "://" + l.Addr().String(), to: to, dead: dead}
	c.whole = sync.NewCond(&c.mu)
	t.Cleanup(func() {
		_ = l.Close()
		c.set(false)
	})
	go func() {
		for {
			near, err := l.Accept()
			if err != nil {
				return
			}
			c.connect(near)
		}
	}()
	return c
}

func (c *cable) connect(near net.Conn) {
	c.mu.Lock()
	refuse := c.cut && c.dead
	c.mu.Unlock()
	far, err := net.Dial("tcp", c.to)
	if refuse || err != nil {
		_ = near.Close()
		return
	}
	c.mu.Lock()
	c.ends = append(c.ends, near, far)
	c.mu.Unlock()
	go c.carry(near, far)
	go c.carry(far, near)
}

// carry keeps what comes while the cable is cut, as a network may, and delivers it later.
func (c *cable) carry(from, to net.Conn) {
	defer from.Close()
	defer to.Close()
	b := make([]byte, 32<<10)
	for {
		n, err := from.Read(b)
		c.mu.Lock()
		for c.cut {
			c.whole.Wait()
		}
		c.mu.Unlock()
		if _, bad := to.Write(b[:n]); bad != nil || err != nil {
			return
		}
	}
}

// set cuts it, or joins it again.
func (c *cable) set(cut bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cut = cut; cut && c.dead {
		for _, end := range c.ends {
			_ = end.Close()
		}
	}
	c.whole.Broadcast()
}
