//go:build e2e

package spring

import (
	"embed"
	"regexp"
)

//go:embed server
var sources embed.FS

// version is the pinned one of the server.
func version() string {
	pom, err := sources.ReadFile("server/pom.xml")
	if err != nil {
		panic(err)
	}
	return string(regexp.MustCompile(`<spring-authorization-server.version>(.*)<`).FindSubmatch(pom)[1])
}
