package pictures

import (
	"fmt"
	"html"
	"strings"
)

// The size of a character, and the margin, in pixels.
const charWide, charHigh, margin = 8, 17, 14

// style has both schemes; the colours of each have a contrast of at least 4.5
// with its background (WCAG 2.2, 1.4.3).
const style = `<style>
text{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#24292f;white-space:pre}
.b{fill:#fff;stroke:#d0d7de}.s1{font-weight:700}.s2{fill:#57606a}.s31{fill:#cf222e}.s32{fill:#116329}.s33{fill:#7d4e00}
@media (prefers-color-scheme:dark){text{fill:#e6edf3}.b{fill:#0d1117;stroke:#30363d}.s2{fill:#8b949e}.s31{fill:#ff7b72}.s32{fill:#7ee787}.s33{fill:#e3b341}}
</style>
`

// svg is the screen as a picture that says in words what it shows.
func (s *screen) svg(title string) string {
	var b strings.Builder
	last := len(s.rows)
	for last > 1 && len(s.rows[last-1]) == 0 {
		last--
	}
	wide, high := columns*charWide+2*margin, last*charHigh+2*margin
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%d\" viewBox=\"0 0 %d %d\" role=\"img\">\n<title>%s</title>\n%s", wide, high, wide, high, html.EscapeString(title), style)
	fmt.Fprintf(&b, "<rect class=\"b\" x=\".5\" y=\".5\" width=\"%d\" height=\"%d\" rx=\"8\"/>\n", wide-1, high-1)
	for y, row := range s.rows {
		for x := 0; x < len(row); {
			end := x + 1
			for end < len(row) && row[end].code == row[x].code && block(row[end].r) == block(row[x].r) {
				end++
			}
			run(&b, x, y, row[x:end])
			x = end
		}
	}
	return b.String() + "</svg>\n"
}

// run draws cells that look alike; the parts of a QR code as rectangles, because
// no font joins them without gaps.
func run(b *strings.Builder, x, y int, cells []cell) {
	left, top := margin+x*charWide, margin+y*charHigh
	if cells[0].code == "97;40" {
		fmt.Fprintf(b, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\"/>", left, top, len(cells)*charWide, charHigh)
		b.WriteString("<path fill=\"#fff\" d=\"")
		for i, c := range cells {
			from, to := 0.0, float64(charHigh)
			switch c.r {
			case ' ':
				continue
			case '▀':
				to = charHigh / 2.0
			case '▄':
				from = charHigh / 2.0
			}
			fmt.Fprintf(b, "M%d %gh%dv%gh-%dz", left+i*charWide, float64(top)+from, charWide, to-from, charWide)
		}
		b.WriteString("\"/>\n")
		return
	}
	var text strings.Builder
	for _, c := range cells {
		text.WriteRune(c.r)
	}
	if strings.TrimSpace(text.String()) == "" {
		return
	}
	class := ""
	if code := cells[0].code; code != "" {
		class = ` class="s` + code + `"`
	}
	fmt.Fprintf(b, "<text%s x=\"%d\" y=\"%d\" textLength=\"%d\">%s</text>\n", class, left, top+charHigh-4, len(cells)*charWide, html.EscapeString(text.String()))
}

func block(r rune) bool { return strings.ContainsRune("▀▄█", r) }
