package render

import "bytes"

// writeHeaders prints one header a line, as `curl -H @-` and HTTP files take them.
func writeHeaders(b *bytes.Buffer, r Result, _ Options) error {
	for _, h := range lines(r) {
		b.WriteString(h[0] + ": " + h[1] + "\n")
	}
	return nil
}
