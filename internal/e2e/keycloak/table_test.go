//go:build e2e

package keycloak

import (
	"fmt"
	"net/http"
	"os"
	"testing"
	"text/tabwriter"
)

// TestSandboxSaysWhatKeycloakSays sends the shared table to both and prints the
// two columns.
func TestSandboxSaysWhatKeycloakSays(t *testing.T) {
	real := needsReal(t).server(t)
	imitation := imitated(t)
	table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "\t%s\t%s\t%s\n", "case", "Keycloak "+distVersion, "sandbox")
	refused := 0
	for _, c := range verdicts() {
		t.Run(c.name, func(t *testing.T) {
			want, got := real.post(t, c.build(t, real)), imitation.post(t, c.build(t, imitation))
			fmt.Fprintf(table, "\t%s\t%v\t%v\n", c.name, want, got)
			if got.Status != want.Status || got.Error != want.Error || got.Description != want.Description {
				t.Errorf("the sandbox says %v, Keycloak %v", got, want)
			}
			if want.Status != http.StatusOK {
				refused++
			}
		})
	}
	if err := table.Flush(); err != nil {
		t.Fatal(err)
	}
	if refused < 20 {
		t.Errorf("only %d cases were refused: the table tests something else", refused)
	}
}
