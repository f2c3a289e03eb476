// Package spring runs authctl against Spring Authorization Server, in a small
// application of this folder's own (server/). Its tests need the build tag e2e.
package spring
