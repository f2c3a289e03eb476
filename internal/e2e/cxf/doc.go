// Package cxf runs authctl against a security token service of Apache CXF, in a small
// application of this folder's own (server/). Its tests need the build tag e2e.
package cxf
