package app

import (
	"time"
)

// patience is how long a wait may go on before a person at a terminal is told
// what it is for.
const patience = time.Second

// Busy shows, at a terminal and after a second, what is being waited for and
// for how long; the returned func ends it and clears the line.
func (a *App) Busy(what string) (done func()) {
	if a.Settings.Quiet || a.Settings.Verbose || !a.Sys.Terminal(2) {
		return func() {}
	}
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		begun := a.Sys.Now()
		tick := time.NewTicker(patience)
		defer tick.Stop()
		painted := false
		for {
			select {
			case <-tick.C:
				painted = true
				passed := a.Sys.Now().Sub(begun).Round(time.Second).String()
				line := what + " … " + passed
				if !a.terminal().Fits(len(line)) {
					line = "waiting … " + passed // a broken line would be painted again and again
				}
				a.terminal().Paint(line)
			case <-stop:
				if painted {
					a.terminal().Paint("")
				}
				return
			}
		}
	}()
	return func() {
		close(stop)
		<-stopped
	}
}
