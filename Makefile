# op-readiness: what people and CI run. `make help` lists the targets.
GO ?= go
BIN := bin/op-readiness
SAMPLE := reporter/testdata/simulated-cluster
KUBERNETES_VERSION ?= v1.37.2
MUTANTS ?= ./reporter ./reporter/view ./runner ./specs
FROM ?= release
LDFLAGS = -s -w -X 'sigs.k8s.io/windows-operational-readiness/internal/version.stamp=$(shell hack/version.sh)'
# For all alike, so that Go compiles no package twice, once for the program and once for the tests.
export GOFLAGS := $(strip $(shell $(GO) env GOFLAGS) -trimpath)

.DEFAULT_GOAL := help
.PHONY: help build install demo test lint generate catalog durations release-day coverage verify bench judge mutants e2e.test prow-run report-sweep e2e e2e-prow e2e-deploy e2e-deps e2e-testgrid e2e-capi sim-cluster sim-cluster-down real-cluster real-cluster-down real-cluster-deps e2e-cluster sonobuoy-plugin sonobuoy-results image dist e2e-release e2e-sonobuoy clean screenshots

help: ## list the targets
	@awk -F ':.*## ' '/^[a-zA-Z0-9_.-]+:.*## / {printf "  %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: ## build bin/op-readiness
	@GO=$(GO) hack/first-run.sh
	$(GO) build -ldflags "$(LDFLAGS)" -o $(BIN) ./cmd/op-readiness

install: ## install op-readiness into GOBIN
	$(GO) install -ldflags "$(LDFLAGS)" ./cmd/op-readiness

demo: build ## generate jobs and dashboards, report a sample run; changes nothing here
	@hack/demo.sh $(BIN) $(SAMPLE)

test: ## run all quick tests, and check the types of the code for Windows and macOS
	@GO=$(GO) hack/first-run.sh
	$(GO) test ./...
	$(GO) -C hack/tools test ./...
	$(GO) -C hack/tools run ./typecheck ../.. windows darwin

lint: ## gofmt, golangci-lint (.golangci.yaml), shellcheck
	@GO=$(GO) hack/verify.sh format lint shell

generate: build ## write config/jobs, config/testgrids and sonobuoy-plugin.yaml anew
	$(BIN) generate --config config/op-readiness.yaml --output-dir config
	$(BIN) sonobuoy plugin >sonobuoy-plugin.yaml

catalog: build ## write specs/catalog/<version>.txt.gz: KUBERNETES_VERSION=v1.37.2 [E2E_TEST=FILE]
	E2E_TEST=$(E2E_TEST) hack/catalog.sh $(BIN) $(KUBERNETES_VERSION)

durations: build ## write specs/catalog/durations.txt, how long tests take, from the report directories of runs: RUNS="a b c"
	$(BIN) specs durations $(RUNS) --output-file specs/catalog/durations.txt

release-day: ## add a Kubernetes version, all that needs no judgement: KUBERNETES_VERSION=v1.37.2 [RETIRE=1.34] [E2E_TEST=FILE]
	@E2E_TEST=$(E2E_TEST) RETIRE=$(RETIRE) hack/release-day.sh $(KUBERNETES_VERSION)

coverage: build ## write docs/coverage.md and the README's table anew
	hack/coverage.sh $(BIN)

verify: build ## run all checks and name those that fail: the tree, format, linters, races, generated files, go.mod
	@GO=$(GO) hack/verify.sh

bench: ## measure speed, each against a named peer in the same run
	$(GO) test -run '^$$' -bench . -benchmem ./...

judge: ## hold the judge of builds against a second one on 1,000,000 random builds (some minutes)
	$(GO) test -run '^TestSecondJudge$$' -count 1 -timeout 60m -v ./reporter -evidences 1000000
mutants: ## change the code in one place at a time, and show what no test notices: MUTANTS="./runner ./specs"
	$(GO) run ./hack/mutants -accepted docs/reliability.md $(MUTANTS)

e2e.test: build ## get bin/e2e.test: KUBERNETES_VERSION=v1.37.2 [FROM=release|source]
	@hack/e2e-test.sh $(BIN) $(KUBERNETES_VERSION) $(FROM) bin

prow-run: build ## what the Prow jobs run on their cluster: KUBECONFIG, CI_VERSION, ARTIFACTS, CATEGORIES, PLATFORM, RUN_TIMEOUT, GRACE_PERIOD
	@CATEGORIES=$(CATEGORIES) PLATFORM=$(PLATFORM) RUN_TIMEOUT=$(RUN_TIMEOUT) GRACE_PERIOD=$(GRACE_PERIOD) hack/prow-run.sh $(BIN)

report-sweep: build ## write results to pull requests: REPOSITORIES=org/a,org/b GITHUB_TOKEN_FILE=FILE [CACHE_DIR=DIR]
	@CACHE_DIR=$(CACHE_DIR) hack/report-sweep.sh $(BIN) "$(REPOSITORIES)" "$(GITHUB_TOKEN_FILE)"

e2e: ## test against real components, built once: e2e.test on a simulated cluster, 200 killed runs, 100 killed generates, the page in Chromium, JUnit with its readers
	@hack/e2e-deps.sh
	$(GO) test -tags e2e -count 1 -timeout 60m -v ./test/e2e
	$(GO) test -run 'TestScripts/(run|sonobuoy)-kills' -count 1 -timeout 60m ./cmd/op-readiness -kills 200
	$(GO) test -run TestGenerateKilled -count 1 -timeout 60m ./cmd/op-readiness -generate-kills 100
	cd test/browser && $(GO) test -count 1 -timeout 30m .
	cd test/readers && $(GO) test -count 1 .

e2e-prow: ## test against Prow's own programs on a simulated cluster, from a comment to a comment, and its ghproxy (first time: some minutes to build)
	cd test/prow && $(GO) test -count 1 -timeout 30m .

e2e-deploy: ## hold config/deploy against the API server of the cluster that KUBECONFIG names, such as that of sim-cluster
	hack/check-deploy.sh

e2e-testgrid: ## test against TestGrid's updater, tabulator, summarizer and api, over a bucket of builds
	cd test/testgrid && $(GO) test -count 1 -timeout 30m .

e2e-capi: ## test against Cluster API's real core managers, v1.14.2 and v1.13.6 (first time: some minutes to build)
	cd test/capi && $(GO) test -count 1 -timeout 90m -v .

screenshots: ## make the pictures of docs/images anew, in Chromium: pages, a comment, a build in Prow's deck, a tab of TestGrid
	cd test/browser && $(GO) test -count 1 -run TestImages . -images ../../docs/images
	cd test/testgrid && $(GO) test -count 1 -timeout 30m . -images ../../docs/images
	cd test/prow && $(GO) test -count 1 -timeout 30m -run TestWhole . -images ../../docs/images

e2e-deps: ## install what e2e needs and this machine lacks (Debian, as root)
	@hack/e2e-deps.sh install

sim-cluster: build ## start a simulated cluster with Windows nodes: KUBERNETES_VERSION=v1.36.3 (first time: about 15 minutes to build)
	@KUBERNETES_VERSION=$(KUBERNETES_VERSION) test/cluster/build.sh >/dev/null
	@KUBERNETES_VERSION=$(KUBERNETES_VERSION) test/cluster/up.sh

sim-cluster-down: ## end the simulated cluster
	@test/cluster/down.sh

real-cluster: build ## start a real cluster on this machine, as root: PROFILE=open|tainted KUBERNETES_VERSION=v1.37.2
	@test/cluster/real/build.sh >/dev/null
	@test/cluster/real/up.sh

real-cluster-down: ## end the real cluster
	@test/cluster/real/down.sh

real-cluster-deps: ## install the Debian packages that the real cluster needs
	@test/cluster/real/deps.sh

e2e-cluster: ## as root, run what the real cluster can show, and what its faults must turn red
	$(GO) test -tags e2e -count 1 -timeout 180m -v ./test/e2ecluster

sonobuoy-plugin: build ## run in a cluster as a plugin of Sonobuoy: KUBECONFIG [CATEGORIES=a,b] [IMAGE=...] [SONOBUOY_FLAGS=...]
	@GO=$(GO) hack/sonobuoy.sh run $(BIN)

sonobuoy-results: build ## get the results of sonobuoy-plugin, and judge them
	@GO=$(GO) hack/sonobuoy.sh results $(BIN)

image: build ## make the image as an OCI layout in bin/image, without a container engine: KUBERNETES_VERSION=v1.36.3 [ARCHITECTURES=amd64,arm64]
	@GO=$(GO) ARCHITECTURES=$(ARCHITECTURES) hack/image.sh $(BIN) $(KUBERNETES_VERSION) bin/image

dist: ## make the files of a release in dist: archives for all platforms, checksums, bills of materials, Homebrew's and krew's files
	rm -rf dist
	$(GO) -C hack/release run ./archives --root $(CURDIR) --output $(CURDIR)/dist

e2e-release: ## test what makes images and releases; builds the program twice, and the same bytes
	$(GO) -C hack/release test -count 1 -timeout 60m ./...

e2e-sonobuoy: ## run the plugin by the real Sonobuoy: on the simulated cluster as processes, and as root on the real one, too
	cd test/sonobuoy && $(GO) test -tags e2e -count 1 -timeout 90m -v .

clean: ## remove what was built here
	rm -rf bin dist
