//go:build !(fleettest && unix)

package shared

import "authctl/internal/store"

// tested changes nothing outside of a build for tests.
func (Deps) tested(*store.Shared) {}
