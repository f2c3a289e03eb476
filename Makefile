# Every verb is one line: the work is in scripts/. docs/development.md says what each needs.

.PHONY: help build test race fuzz mutants lint generate check bench e2e e2e-fleet e2e-wine demo demo-login package clean

help: ## list the verbs
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 12

build: ## bin/authctl, stripped
	@scripts/build.sh

test: ## all tests that need nothing but Go
	@scripts/test.sh

race: ## the same under the race detector (needs a C compiler)
	@scripts/race.sh

fuzz: ## every fuzz target for FUZZTIME (5s) each
	@scripts/fuzz.sh

mutants: ## removes each guard of docs/threats.md in a copy and sees a test fail (MUTANTS="id ..." for some)
	@scripts/mutants.sh $(MUTANTS)

lint: ## gofumpt, go vet and golangci-lint
	@scripts/lint.sh

generate: ## completions/, docs/cli and docs/man from the command tree, docs/architecture.md from go list, pictures of terminals
	@scripts/generate.sh

check: ## everything a change must pass
	@scripts/check.sh

bench: ## the ratios of docs/benchmarks.md, measured here
	@scripts/bench.sh

e2e: ## tests against a real keyring, browser, Keycloak, oidc-provider, Spring and OpenBao
	@scripts/e2e.sh

e2e-fleet: ## the machines of one fleet at length: real take-over times, 1,000 rotations while leaders are killed
	@scripts/e2e-fleet.sh

e2e-wine: ## the tests that need nothing else, built for Windows, by Wine
	@scripts/e2e-wine.sh

demo: ## a token from each of five providers in the sandbox
	@scripts/demo.sh

demo-login: ## a login in your browser against the sandbox
	@scripts/demo-login.sh

package: ## dist/: packages, archives, image, notices, SBOM and checksums for every platform
	@scripts/package.sh

clean: ## remove what was built
	@rm -rf bin dist
