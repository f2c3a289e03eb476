// Package features is one table: what authctl was seen to do at each real
// authorization server. It needs the build tag e2e.
package features
