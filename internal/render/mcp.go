package render

import (
	"bytes"
	"encoding/json"
)

// writeMCPHeaders is one JSON object of strings, as the header helpers of MCP
// clients print it. Names are the profile's own; the last of two equal ones
// would win at every reader, so they are joined as one field (RFC 9110 5.3).
func writeMCPHeaders(b *bytes.Buffer, r Result, _ Options) error {
	headers := map[string]string{}
	for _, h := range lines(r) {
		if before, twice := headers[h[0]]; twice {
			h[1] = before + ", " + h[1]
		}
		headers[h[0]] = h[1]
	}
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	return enc.Encode(headers)
}
