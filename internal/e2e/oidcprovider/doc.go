// Package oidcprovider runs npm's oidc-provider, configured strictly, for
// end-to-end tests: an OpenID Provider that nobody of this project wrote. It
// needs the build tag e2e and Node 20.
package oidcprovider
