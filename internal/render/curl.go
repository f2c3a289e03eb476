package render

import (
	"bytes"
	"strings"
)

// writeCurl prints a config for `curl -K -`.
func writeCurl(b *bytes.Buffer, r Result, _ Options) error {
	for _, h := range lines(r) {
		b.WriteString(CurlHeader(h[0], h[1]))
	}
	return nil
}

// CurlHeader is the line of a curl config that sends one header. curl drops a
// header whose value is empty unless a semicolon stands for the colon.
func CurlHeader(name, value string) string {
	if strings.Trim(value, " \t") == "" {
		return CurlOption("header", name+";")
	}
	return CurlOption("header", name+": "+value)
}

// CurlOption is one line of a curl config: option = "value", newline included.
// Inside quotes curl undoes exactly these escapes (curl(1), -K); the caller
// has refused NUL, at which curl would stop reading.
func CurlOption(option, value string) string {
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\t", `\t`, "\n", `\n`, "\r", `\r`, "\v", `\v`)
	return option + ` = "` + escape.Replace(value) + "\"\n"
}
