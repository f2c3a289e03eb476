package engine

import "time"

// Hurry shortens all waiting to d.
func (w *wire) Hurry(d time.Duration) { w.patience, w.lag = d, d }
