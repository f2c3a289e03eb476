package cmd

import "io"

// arrived remembers the first failure of a write: cobra prints help, and
// other text of its own, without looking whether it arrived.
type arrived struct {
	w   io.Writer
	err error
}

func (c *arrived) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	if err != nil && c.err == nil {
		c.err = err
	}
	return n, err
}
