// Package pictures draws what authctl shows at a terminal of 80 columns and 24
// lines as SVG. Each picture is a real run in a pseudo-terminal, at a server of
// ours; only times, which differ from run to run, are masked.
package pictures
