// Package chromium drives a headless Chromium through the pages of a login for
// end-to-end tests, by the DevTools protocol over a pipe. It needs the build
// tag e2e.
package chromium
