# Thin over dotnet and npm. After `make run` or `make test` has run once, plain
# `dotnet build`, `dotnet run --project HomelabDashboard` and `dotnet test` work too.

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-builtin-rules

FEED   := build/partial-feed/.feed/answer.props
NPM    := .stamps/npm
ASSETS := .stamps/assets
DIST   := HomelabDashboard/wwwroot/dist

.PHONY: help
help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: setup ## Build what changed and serve http://localhost:8080
	dotnet publish HomelabDashboard -c Release -o publish -nologo -v quiet
	DOTNET_GCgen0size=0x1000000 publish/HomelabDashboard

.PHONY: test
test: test-setup setup ## Install what the tests need and run every test
	rm -rf TestResults
	cd wwwroot-assets && npm run --silent check
	cd wwwroot-assets && npm run --silent test -- --passWithNoTests --reporter=default --reporter=json --outputFile.json=../TestResults/vitest.json
	dotnet build -nologo -v quiet
	dotnet test --no-build --nologo --logger trx --results-directory TestResults

.PHONY: bench
bench: test-setup setup publish ## Measure the figures in docs/benchmarks.md
	dotnet run -c Release --project HomelabDashboard.Benchmarks

.PHONY: bench-terminal
bench-terminal: test-setup setup publish ## Measure terminals alone, against ttyd's own page in Chromium too
	dotnet run -c Release --project HomelabDashboard.Benchmarks -- terminal

.PHONY: bench-hosts
bench-hosts: test-setup setup publish ## Sample a hundred hosts for 10 minutes, and draw a year of them: make bench-hosts MINUTES=10
	dotnet run -c Release --project HomelabDashboard.Benchmarks -- hosts $(or $(MINUTES),10)

.PHONY: bench-automation
bench-automation: test-setup setup publish ## Run a playbook on seventy hosts, and measure how far what is told of it lags
	dotnet run -c Release --project HomelabDashboard.Benchmarks -- automation

.PHONY: bench-docker
bench-docker: test-setup setup publish ## Show 1,500 containers on thirty hosts, and follow their events and logs
	dotnet run -c Release --project HomelabDashboard.Benchmarks -- docker

.PHONY: bench-alerts
bench-alerts: test-setup setup ## Rules of 100 hosts, 10,000 alerts in a minute, searches of a log: make bench-alerts LINES=5000000
	dotnet run -c Release --project HomelabDashboard.Benchmarks -- alerts 10000 $(or $(LINES),5000000)

.PHONY: soak
soak: test-setup setup ## Let twenty terminals work for 10 minutes and see what is left: make soak MINUTES=10
	dotnet run -c Release --project HomelabDashboard.Benchmarks -- soak $(or $(MINUTES),10)

.PHONY: publish
publish: $(FEED) $(ASSETS) ## Publish a release build into publish/
	rm -rf publish
	dotnet publish HomelabDashboard -c Release -o publish

.PHONY: docker
docker: ## Build the container image homelab-dashboard
	docker build -t homelab-dashboard .

.PHONY: format
format: $(FEED) ## Format the C# code
	dotnet format

.PHONY: format-check
format-check: $(FEED) ## Fail when the C# code is not formatted
	dotnet format --verify-no-changes

.PHONY: migration
migration: $(FEED) ## Add a database migration: make migration NAME=AddSomething
	@test -n "$(NAME)" || { echo 'Say which: make migration NAME=AddSomething' >&2; exit 1; }
	dotnet tool restore
	dotnet ef migrations add "$(NAME)" --project HomelabDashboard --output-dir Data/Migrations

.PHONY: docs
docs: $(FEED) ## Write docs/database.md from the model
	dotnet run --project HomelabDashboard -- docs docs/database.md

.PHONY: screenshots
screenshots: test-setup setup ## Take the screenshots in docs/screenshots; GATHER=30 lets figures gather for 30 minutes first
	mkdir -p docs/screenshots
	HOMELAB_SCREENSHOTS=docs/screenshots HOMELAB_SCREENSHOTS_GATHER_MINUTES=$(or $(GATHER),0) \
		dotnet test --nologo --filter FullyQualifiedName~PagesTests

.PHONY: setup
setup: $(FEED) $(ASSETS) ttyd ## Do everything that comes before the first build
	@build/ensure-programs.sh ssh:openssh-client

.PHONY: test-setup
test-setup: ## Install the programs that the tests use
	@build/test-setup.sh

.PHONY: ttyd
ttyd: ## Get ttyd, unless there is one on PATH
	@command -v ttyd >/dev/null || test -x .tools/ttyd/ttyd || build/ttyd/setup.sh

.PHONY: assets
assets: $(ASSETS) ## Bundle wwwroot-assets into HomelabDashboard/wwwroot/dist

.PHONY: feed
feed: ## Find out again which package feed is in use
	build/partial-feed/detect.sh

$(FEED): build/partial-feed/detect.sh build/partial-feed/probe/Probe.csproj build/partial-feed/placeholder/Placeholder.csproj
	build/partial-feed/detect.sh

$(NPM): wwwroot-assets/package.json wwwroot-assets/package-lock.json wwwroot-assets/.npmrc $(if $(wildcard wwwroot-assets/node_modules),,missing)
	cd wwwroot-assets && npm ci
	@mkdir -p $(@D) && touch $@

# Folders are listed too, so that a file that was removed counts as a change.
$(ASSETS): $(NPM) wwwroot-assets/build.mjs wwwroot-assets/icons.mjs wwwroot-assets/service-icons.mjs wwwroot-assets/tsconfig.json $(shell find wwwroot-assets/src) $(if $(wildcard $(DIST)),,missing)
	cd wwwroot-assets && npm run build
	@mkdir -p $(@D) && touch $@

.PHONY: missing
missing:
