package inspect

import (
	"fmt"
	"time"
)

// local writes a time as the person's clock shows it.
func local(t, now time.Time) string {
	return t.In(now.Location()).Format("2006-01-02 15:04:05 MST")
}

// relative writes how far t is from now: "in 4 min", "3 h ago", "now".
func relative(t, now time.Time) string {
	d := t.Sub(now).Round(time.Second)
	switch size := span(d.Abs()); {
	case size == "":
		return "now"
	case d > 0:
		return "in " + size
	default:
		return size + " ago"
	}
}

// span rounds down to the largest unit that a person would say.
func span(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < time.Second:
		return ""
	case d < time.Minute:
		return fmt.Sprintf("%d s", d/time.Second)
	case d < time.Hour:
		return fmt.Sprintf("%d min", d/time.Minute)
	case d < 2*day:
		return fmt.Sprintf("%d h", d/time.Hour)
	case d < 730*day:
		return fmt.Sprintf("%d days", d/day)
	default:
		return fmt.Sprintf("%d years", d/(365*day))
	}
}
