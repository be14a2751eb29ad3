# Daybreak. `make help` lists everything; each target does all its own set-up.
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

.PHONY: help
help: ## list the targets
	@awk 'BEGIN { FS = ":.*## " } /^[a-z0-9-]+:.*## / { printf "  make %-18s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# npm writes this file at the end of every install; it is older than the lock exactly when an install is due.
node_modules/.package-lock.json: package-lock.json
	npm ci
	@touch $@

.PHONY: install
install: node_modules/.package-lock.json ## install what package-lock.json says

.PHONY: build
build: install ## compile every library and service to plain JavaScript
	npm run --silent build

.PHONY: demo
demo: build ## one morning for 850 advisors, ten times faster (ADVISORS= SPEED= SEED= SCENARIO= KEEP=1)
	npm run --silent demo

.PHONY: scenarios
scenarios: build ## one morning for each scenario of trouble, a line each (ONLY=a,b ADVISORS= SPEED= SEED=)
	npm run --silent scenarios

.PHONY: test
test: install ## everything CI runs: checks, unit, medium, e2e; last line: N passed, N failed
	npm run --silent test

.PHONY: check
check: install ## lint, layers, formatting, types, stale generated files
	npm run --silent test -- checks

.PHONY: unit
unit: install ## tests of pure code, in two time zones
	npm run --silent test -- unit

.PHONY: medium
medium: install ## tests on real Postgres, Redis and Kafka
	npm run --silent test -- medium

.PHONY: e2e
e2e: install ## whole mornings with real processes
	npm run --silent test -- e2e

.PHONY: faults
faults: build ## mornings in which something breaks, and what must be true of them (ONLY=F1,F3 SEED= ADVISORS= RANDOM=)
	npm run --silent faults

.PHONY: bench-sender
bench-sender: build ## what one shard sends, how evenly, at what price, and after a kill -9 (ONLY=speed,throttle,due,in-flight,kill,fold MESSAGES= ROUNDS= JSON=1)
	npm run --silent bench:sender -- $(if $(ONLY),--only $(ONLY)) $(if $(MESSAGES),--messages $(MESSAGES)) $(if $(ROUNDS),--rounds $(ROUNDS)) $(if $(JSON),--json)

.PHONY: bench-cloud-api
bench-cloud-api: build ## what the Cloud API driver sends from one core, beside a raw undici loop
	npm run --silent bench:cloud-api

.PHONY: bench-simulator
bench-simulator: build ## what one simulator on one core answers, three webhooks each (SECONDS_EACH= BATCH= webhooks a POST)
	npm run --silent bench:simulator -- $(if $(SECONDS_EACH),--seconds $(SECONDS_EACH)) $(if $(BATCH),--batch $(BATCH))

.PHONY: bench-ingest
bench-ingest: build ## what the webhook edge takes beside bare servers, at 1x, 3x and in a flood (SECONDS_EACH= CONNECTIONS=)
	npm run --silent bench:ingest -- $(if $(SECONDS_EACH),--seconds $(SECONDS_EACH)) $(if $(CONNECTIONS),--connections $(CONNECTIONS))

.PHONY: bench-fold
bench-fold: build ## how many statuses a second sla-tracker folds into Postgres (DELIVERIES= BATCH=)
	npm run --silent bench:fold -- $(if $(DELIVERIES),--deliveries $(DELIVERIES)) $(if $(BATCH),--batch $(BATCH))

.PHONY: stack
stack: build ## Postgres, Redis and Kafka on free ports, until Ctrl-C; prints their addresses
	npm run --silent stack

.PHONY: generate
generate: install ## regenerate types, manifests and pages from proto/ and the catalogue
	npm run --silent contracts:generate

.PHONY: format
format: install ## format everything
	npm run --silent format

.PHONY: clean
clean: ## remove what was built and written (not node_modules)
	rm -rf libs/*/dist services/*/dist services/*/src/store/generated test/dist .nx .daybreak
