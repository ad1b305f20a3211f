# Each target installs what it needs first (Debian packages as root or through sudo, npm and NuGet packages from their lock files).

PACKAGES_BUILD = clang zlib1g-dev
PACKAGES_RUN   = nftables iproute2 slirp4netns openvpn unbound util-linux
PACKAGES_LAB   = $(PACKAGES_RUN) dante-server tinyproxy wireguard-go wireguard-tools ca-certificates curl tcpdump openssl dnsutils iputils-ping procps python3 python3-requests python3-socks python3-httpx python3-socksio \
                 python3-aiohttp python3-aiohttp-socks netcat-openbsd openssh-client openssh-server proxychains4 git

PACKAGES_BENCH = gcc libc6-dev iproute2 util-linux procps dante-server tinyproxy microsocks haproxy

RID     := linux-$(if $(filter aarch64,$(shell uname -m)),arm64,x64)
CULVERT := artifacts/publish/Culvert/release_$(RID)/culvert
BUILD   := dotnet build --nologo --verbosity quiet -consoleLoggerParameters:NoSummary
AS_ROOT := $(if $(filter 0,$(shell id -u)),,sudo --preserve-env)

# The engine's tests need its images, which take minutes to build: they have a target of their own.
WITHOUT_DOCKER = FILTER='$(or $(FILTER),-namespace- Culvert.SystemTests.Docker)'

.PHONY: help lab test unit system docker-test fuzz fmt publish image bench bench-quick clean

help: ## Show the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

lab: publish clients ## Bring a whole internet up in namespaces, make real LLM calls through the tunnel, show the proof, take it down
	@build/install $(PACKAGES_LAB)
	@$(BUILD) lab/Culvert.Lab
	@$(AS_ROOT) artifacts/bin/Culvert.Lab/debug/Culvert.Lab run --culvert $(CULVERT)

test: publish clients ## Check the format, build, and run every test but those of docker-test
	@build/install $(PACKAGES_LAB)
	@dotnet format Culvert.slnx --verify-no-changes --no-restore --verbosity quiet
	@$(BUILD) Culvert.slnx
	@$(WITHOUT_DOCKER) $(AS_ROOT) build/test Culvert.Tests Culvert.SystemTests

unit: ## Run the fast tests only
	@build/require-dotnet
	@$(BUILD) test/Culvert.Tests
	@build/test Culvert.Tests

system: publish clients ## Run the system tests only: FILTER='-class "*Leak*"' picks some
	@build/install $(PACKAGES_LAB)
	@$(BUILD) test/Culvert.SystemTests
	@$(WITHOUT_DOCKER) $(AS_ROOT) build/test Culvert.SystemTests

docker-test: publish lab/clients/node_modules/.package-lock.json ## Run the fault cases on a real Docker Engine, in the lab (builds the images first; minutes when cold)
	@build/install $(PACKAGES_LAB)
	@$(AS_ROOT) build/docker-images
	@$(BUILD) test/Culvert.SystemTests
	@FILTER='$(or $(FILTER),-namespace Culvert.SystemTests.Docker)' $(AS_ROOT) build/test Culvert.SystemTests

publish: ## Build the one binary (NativeAOT)
	@build/require-dotnet
	@build/install $(PACKAGES_BUILD)
	@dotnet restore Culvert.slnx --verbosity quiet
	@dotnet publish src/Culvert --nologo --verbosity quiet --configuration Release --runtime $(RID)
	@echo "$(CULVERT): $$(stat --format=%s $(CULVERT) | numfmt --to=iec)"

image: publish ## Build the images culvert, culvert-dev, culvert-app1 and culvert-prometheus with your Docker
	@deploy/build

clients: lab/clients/node_modules/.package-lock.json
	@build/require-dotnet
	@$(BUILD) lab/OpenAiClient
.PHONY: clients

lab/clients/node_modules/.package-lock.json: lab/clients/package-lock.json
	@command -v npm >/dev/null || build/install nodejs npm
	@cd lab/clients && npm ci --no-audit --no-fund --silent && touch node_modules/.package-lock.json

fuzz: ## Fuzz a parser by coverage, with AFL++: TARGET=udp SECONDS=600
	@build/require-dotnet
	@test/Culvert.Fuzz/afl $(or $(TARGET),udp) $(or $(SECONDS),600)

fmt: ## Format the sources
	@build/require-dotnet
	@dotnet format Culvert.slnx

bench: publish ## Measure the proxy beside Debian's peers, and write docs/benchmarks.md (under 15 minutes)
	@build/install $(PACKAGES_BENCH)
	@$(AS_ROOT) bench/run $(CULVERT) --table docs/benchmarks.md

bench-quick: publish ## The same in two minutes, coarser: BEFORE=other/culvert compares two builds
	@build/install $(PACKAGES_BENCH)
	@$(AS_ROOT) bench/run $(CULVERT) --quick $(if $(BEFORE),--before $(BEFORE))

clean: ## Remove what was built
	@rm -rf artifacts lab/clients/node_modules
