# Everything that is done with this repository. `make` alone lists it.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

GO ?= go
# gin carries a MessagePack codec that nothing here speaks; without it the program is 6 MB smaller.
TAGS := nomsgpack
TOOL := $(GO) tool -modfile=tools/go.mod
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
COMMIT ?= $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)
# The tests run under the race detector, all but the core of SQLite: it is C turned into Go, and four times slower when watched.
RACE := -race -gcflags=modernc.org/sqlite/lib=-race=false
LDFLAGS := -s -w -X main.version=$(VERSION) -X main.commit=$(COMMIT)

# How many bytes bin/usagebot may have, the chat page included.
MAX_SIZE ?= 32900000

FUZZTIME ?= 5s
BENCHTIME ?= 1s
# Extra arguments of go test, such as -run or -v.
TESTFLAGS ?=

# What make chaos, upgrade, load, soak and mutants are told: a seed (of the test's choice when empty), how long, how many people, and how
# often chaos kills one process.
SEED ?=
LENGTH ?=
PEOPLE ?= 60
KILLS ?= 100
# The package that make mutants changes, how many mutants it tries, and the files it changes (a regular expression).
PKG ?= ./usage
N ?= 40
FILES ?=
# The version that make upgrade begins with: the newest release before this one when empty.
FROM ?=

.PHONY: help demo build web test quick screenshots browser bench chaos upgrade load soak mutants check format vet lint modules deadcode size webcheck deploy vuln fuzz fmt clean needs

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## build, then run the bot against the built-in sandbox, with a chat page to try it in
	@scripts/web || echo "demo: going on in the terminal, without the chat page"
	@$(MAKE) --no-print-directory build
	./bin/usagebot demo

web: ## build the chat page of the sandbox, which the next build of the program takes in (Node.js)
	@scripts/web

build: ## build the static program into bin/usagebot
	CGO_ENABLED=0 $(GO) build -tags $(TAGS) -trimpath -ldflags "$(LDFLAGS)" -o bin/usagebot .

needs:
	@scripts/needs

test: needs ## run all tests under the race detector, having installed what they need
	# The whole-program tests run alone: beside other tests, two processors are too few for what they do at once.
	$(GO) test $(RACE) -timeout 20m -tags $(TAGS) $(TESTFLAGS) $$($(GO) list -tags $(TAGS) ./... | grep -v '/e2e$$')
	$(GO) test $(RACE) -timeout 20m -tags $(TAGS) $(TESTFLAGS) ./e2e
	@$(MAKE) --no-print-directory deploy
	cd tools && $(GO) vet ./mutants && $(GO) test ./mutants

# With -short the tests that start a server, another process or a browser are passed over.
quick: ## run the tests of single packages in less than a minute, without servers, browser and race detector
	$(GO) test -short -tags $(TAGS) $(TESTFLAGS) $$($(GO) list -tags $(TAGS) ./... | grep -v '/e2e$$')

screenshots: needs ## every card in both languages, light and dark, desktop and phone, into bin/screenshots; README=1: those of the documents too
	@mkdir -p bin/screenshots doc/img
	SCREENSHOTS=$(CURDIR)/bin/screenshots PICTURES=$(if $(README),$(CURDIR)/doc/img) \
		$(GO) test -count 1 -tags $(TAGS) -run 'TestInTheBrowser/(every view|the page|what goes wrong)' ./e2e
	@echo "screenshots: bin/screenshots"

browser: needs ## click every control of every card in Chromium, which takes some minutes
	USAGEBOT_BROWSER=all $(GO) test -count 1 -timeout 1h -tags $(TAGS) -run 'TestInTheBrowser/every control' -v ./e2e

bench: needs ## run all benchmarks and show them side by side
	@GO="$(GO)" TAGS="$(TAGS)" BENCHTIME="$(BENCHTIME)" scripts/bench

chaos: needs ## kill and spoil everything around three replicas for LENGTH (180s), by SEED, used by PEOPLE (60); then kill one KILLS (100) times
	USAGEBOT_SEED=$(SEED) USAGEBOT_CHAOS_LENGTH=$(or $(LENGTH),180s) USAGEBOT_CHAOS_PEOPLE=$(PEOPLE) USAGEBOT_KILLS=$(KILLS) \
		$(GO) test -count 1 -timeout 1h -tags $(TAGS) -run '^(TestChaos|TestKill_Repeatedly_EachDigestOnce)$$' -v ./e2e

upgrade: needs ## replace three replicas of the version FROM by this one for LENGTH (60s) while they are used, and one of them back
	USAGEBOT_UPGRADE_FROM=$(FROM) USAGEBOT_SEED=$(SEED) USAGEBOT_UPGRADE_LENGTH=$(or $(LENGTH),60s) USAGEBOT_UPGRADE_PEOPLE=$(PEOPLE) \
		$(GO) test -count 1 -timeout 1h -tags $(TAGS) -run '^TestRollingUpgrade_OlderVersionBeside$$' -v ./e2e

load: needs ## deliver 1,000 events a second for LENGTH (60s), and start with 100,000 subscriptions; holds the times
	USAGEBOT_LOAD_LENGTH=$(or $(LENGTH),60s) $(GO) test -count 1 -timeout 1h -tags $(TAGS) -run '^(TestLoad|TestScale_HundredThousandSubscriptions)$$' -v ./e2e

soak: needs ## send all kinds of traffic for LENGTH (60s), by SEED, under the race detector
	USAGEBOT_SEED=$(SEED) USAGEBOT_SOAK_LENGTH=$(or $(LENGTH),60s) $(GO) test $(RACE) -count 1 -timeout 12h -tags $(TAGS) -run '^TestSoak$$' -v ./e2e

mutants: needs ## change PKG (./usage) in N (40) places, one at a time, and print the changes its tests miss; by SEED, in FILES
	nice $(GO) run -C tools ./mutants -C .. -pkg $(PKG) -tags $(TAGS) -n $(N) -seed $(or $(SEED),1) -files '$(FILES)'

check: format vet lint modules deadcode size webcheck vuln fuzz ## run everything that CI holds against a change, except the tests

format:
	@wrong=$$($(TOOL) gofumpt -l .); \
	if [ -n "$$wrong" ]; then printf 'not formatted (make fmt):\n%s\n' "$$wrong" >&2; exit 1; fi

vet:
	$(GO) vet -tags $(TAGS) ./...

lint:
	$(TOOL) golangci-lint run ./...

modules:
	$(GO) mod verify
	$(GO) mod tidy -diff

deadcode:
	@dead=$$($(TOOL) deadcode -tags $(TAGS) -test ./...); \
	if [ -n "$$dead" ]; then printf 'nothing calls:\n%s\n' "$$dead" >&2; exit 1; fi

# A library that calls methods by name keeps the linker from dropping any: that shows here first.
size: build ## hold the program to its size
	@size=$$(stat -c %s bin/usagebot 2>/dev/null || stat -f %z bin/usagebot); \
	if [ "$$size" -gt $(MAX_SIZE) ]; then echo "bin/usagebot has $$size bytes, at most $(MAX_SIZE) are allowed" >&2; exit 1; fi

webcheck:
	@scripts/web check

# A module of its own: the libraries of the tools that read those files are larger than the program.
deploy: ## hold the files in deploy/ to the rules of the tools that read them
	cd deploy/check && $(GO) vet ./... && $(GO) test ./...

# Exits well when the database of flaws cannot be reached, and says so.
vuln: ## look for known flaws in what the program is built of
	@TOOL="$(TOOL)" TAGS="$(TAGS)" scripts/vuln

fuzz: needs ## give each fuzz target FUZZTIME (5s)
	@GO="$(GO)" TAGS="$(TAGS)" FUZZTIME="$(FUZZTIME)" scripts/fuzz

fmt: ## format all Go files
	$(TOOL) gofumpt -w .

clean: ## remove what was built
	rm -rf bin sandbox/web/node_modules sandbox/web/dist/assets sandbox/web/dist/index.html*
