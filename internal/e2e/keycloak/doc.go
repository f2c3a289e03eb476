// Package keycloak runs authctl against a real Keycloak, and holds the
// sandbox's KL Gateway to what the real one says. Its tests need the build tag
// e2e.
package keycloak
