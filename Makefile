# Eilbrief: set up, build, try, test. `make demo` and `make test` need nothing done before.

# What the program is built from; what its tests and benchmarks judge it with.
BUILD_PACKAGES := libcurl4-openssl-dev libssl-dev libsqlite3-dev libidn2-dev libpsl-dev zlib1g-dev libzip-dev libexpat1-dev libgmime-3.0-dev libpq-dev tzdata
TEST_PACKAGES := postfix sasl2-bin libsasl2-modules openssl python3 python3-dkim opendkim nsd e2fsprogs mount mutt chromium fonts-dejavu-core \
  tidy spamassassin maildir-utils libreoffice-calc-nogui python3-jsonschema python3-html5lib python3-selenium chromium-driver python3-pip systemd \
  lintian debootstrap man-db mandoc postgresql prometheus
# What the Debian package is made with.
DEB_PACKAGES := dpkg-dev debhelper bash-completion python3

SHELL := /bin/bash
EILBRIEF := .build/release/eilbrief
DEMO := .build/demo
FAULTS := "greylist 10%, unknown 4%, full 3%, slow 5% 200ms, lost-reply 4%, 421 3%"

.PHONY: build install uninstall deb demo test test-reliability fuzz simulate reliability bench sbom format lint setup setup-test

build: setup
	swift build -c release --product eilbrief

# The command with the Swift runtime linked in, the units of the worker and of the status page with their user, and
# completions. BINARY=… installs that one instead of building (the tests do).
PREFIX ?= /usr/local
UNITS ?= $(PREFIX)/lib/systemd/system
USERS ?= $(PREFIX)/lib/sysusers.d
SERVICES := eilbrief-worker.service eilbrief-serve.service
install:
ifndef BINARY
	@$(MAKE) setup
	swift build -c release --static-swift-stdlib --product eilbrief
endif
	install -D -m 755 $(or $(BINARY),$(EILBRIEF)) $(DESTDIR)$(PREFIX)/bin/eilbrief
	install -d -m 755 $(DESTDIR)$(UNITS)
	@set -e; for unit in $(SERVICES); do \
	  sed 's,/usr/local/bin/eilbrief,$(PREFIX)/bin/eilbrief,' docs/systemd/$$unit > $(DESTDIR)$(UNITS)/$$unit; \
	  chmod 644 $(DESTDIR)$(UNITS)/$$unit; \
	done
	install -D -m 644 docs/systemd/eilbrief.sysusers.conf $(DESTDIR)$(USERS)/eilbrief.conf
	@set -e; for shell in bash:bash-completion/completions/eilbrief zsh:zsh/site-functions/_eilbrief \
	  fish:fish/vendor_completions.d/eilbrief.fish; do \
	  file=$(DESTDIR)$(PREFIX)/share/$${shell#*:}; install -d -m 755 $$(dirname $$file); \
	  $(DESTDIR)$(PREFIX)/bin/eilbrief --generate-completion-script $${shell%%:*} > $$file; chmod 644 $$file; \
	done

# Queue folders stay.
uninstall:
	rm -f $(addprefix $(DESTDIR),$(PREFIX)/bin/eilbrief $(addprefix $(UNITS)/,$(SERVICES)) $(USERS)/eilbrief.conf \
	  $(addprefix $(PREFIX)/share/,bash-completion/completions/eilbrief zsh/site-functions/_eilbrief \
	  fish/vendor_completions.d/eilbrief.fish))

# The Debian package: the command with the Swift runtime linked in, and what belongs to it. DEB names the folder it is put in.
# BINARY=… packs that one instead of building; its Swift runtime has to be linked in.
DEB ?= .build
deb:
ifndef BINARY
	@$(MAKE) setup
	swift build -c release --static-swift-stdlib -Xlinker -z -Xlinker now --product eilbrief
endif
	@.ci/install $(DEB_PACKAGES)
	@.ci/deb $(or $(BINARY),$(EILBRIEF)) $(DEB) $(BUILD_PACKAGES)

# A whole campaign against the built-in relay with its faults: nothing leaves this machine. The example is copied, and its
# deadline set to tomorrow. Exit code 1 of a rehearsal means that some letters were refused or are uncertain, which is
# what the faults are for.
demo: build
	@rm -rf $(DEMO) && mkdir -p $(DEMO)/queue && cp -r Queue/example $(DEMO)/queue/
	@sed -i "s/^deadline: .*/deadline: $$(date -d tomorrow +%F)T16:00:00+01:00/" $(DEMO)/queue/example/campaign.yaml
	@echo; echo '== The campaign, read through =='
	$(EILBRIEF) check example --queue $(DEMO)/queue
	@echo; echo '== One letter =='
	$(EILBRIEF) preview example --queue $(DEMO)/queue --customer 10002 --letter password-change
	@echo; echo '== The rehearsal =='
	$(EILBRIEF) rehearse example --queue $(DEMO)/queue --keep $(DEMO)/rehearsal --faults $(FAULTS) || [ $$? -eq 1 ]
	@echo; echo '== The receipts =='
	$(EILBRIEF) receipts verify example --queue $(DEMO)/rehearsal
	$(EILBRIEF) receipts show example --queue $(DEMO)/rehearsal --customer 10002
	$(EILBRIEF) receipts prove example --queue $(DEMO)/rehearsal --customer 10002 --made-from $(DEMO)/queue/example
	@echo; echo '== Who was told what, when (the first lines) =='
	$(EILBRIEF) report example --queue $(DEMO)/rehearsal --output $(DEMO)/report.csv
	@head -4 $(DEMO)/report.csv
	@echo; echo '== Who is to be called =='
	$(EILBRIEF) report example calls --queue $(DEMO)/rehearsal

# The tests stand in two tiers: what is of these names takes long and belongs to `make test-reliability`, everything else
# to `make test`. A test is in exactly one of them.
LONG := ^(TrialTests|SimulationTests)\.|LongTests/

# Unit tests many at a time; command tests, which run whole programs, a few.
UNIT := --skip '^CommandTests\.' --skip '$(LONG)'
COMMAND := --filter '^CommandTests\.' --skip '$(LONG)'
test: setup setup-test lint
	swift build --build-tests
	@.ci/tests --width 16 $(UNIT) -- --width 4 $(COMMAND)

# The short form of the trials, and the tests that take long. Trials two at a time, since they wait much; unit tests one
# at a time, since they measure the memory of the tests' own process, or limit what it may write.
ALONE := ^(Campaigns|Letters|Queue)Tests\..*LongTests/
test-reliability: setup setup-test
	swift build --build-tests
	@status=0; .ci/tests --width 2 --filter '$(LONG)' --skip '$(ALONE)' -- --no-parallel --filter '$(ALONE)' || status=1; \
	$(MAKE) fuzz MOST=45 || status=1; exit $$status

# Every parser of others' bytes under libFuzzer and the address sanitizer, RUNS times each or for MOST seconds
# (Tests/Reliability/Fuzzing).
RUNS ?= 100000
MOST ?= 0
fuzz: setup
	EILBRIEF_FUZZING=1 swift build -c release --scratch-path .build/fuzzing --product fuzz --sanitize address \
	  -Xswiftc -sanitize=fuzzer -Xcc -fsanitize=fuzzer-no-link -Xswiftc -enable-testing
	@RUNS=$(RUNS) MOST=$(MOST) Tests/Reliability/Fuzzing/run

# A million simulated campaigns, each from its seed, on two processors. A broken promise is printed with its seed;
# `make simulate FIRST=123 SEEDS=1` shows what happened there, step by step.
SEEDS ?= 1000000
FIRST ?= 1
SIMULATE := .build/release/simulate
simulate: setup
	swift build -c release --product simulate
ifeq ($(SEEDS),1)
	$(SIMULATE) --first $(FIRST) --seeds 1 --trace
else
	@half=$$(( $(SEEDS) / 2 )); \
	$(SIMULATE) --first $(FIRST) --seeds $$half & other=$$!; \
	$(SIMULATE) --first $$(( $(FIRST) + half )) --seeds $$(( $(SEEDS) - half )); status=$$?; \
	wait $$other && exit $$status
endif

# The long trials, and the tables of docs/reliability.md made of what they came to; an hour or two, as root. What needs
# fault points runs the debug build, the rest the build that is shipped. One kind again: `make reliability PARTS=kill-loop`.
SHIPPED_PARTS := kill-loop power-cuts storage-faults clock-jumps seeds
FAULT_POINT_PARTS := crash-matrix zombies controls
PARTS ?= $(SHIPPED_PARTS) $(FAULT_POINT_PARTS)
reliability: setup setup-test
	swift build --build-tests
	swift build -c release
	@status=0; \
	for part in $(filter $(SHIPPED_PARTS),$(PARTS)); do .build/release/reliability run $$part || status=1; done; \
	for part in $(filter $(FAULT_POINT_PARTS),$(PARTS)); do .build/debug/reliability run $$part || status=1; done; \
	.build/release/reliability table docs/reliability.md && exit $$status

bench: setup setup-test build
	swift build -c release --product signing-rate
	swift build -c release --product scheduling-rate
	Benchmarks/run
	Benchmarks/signing
	Benchmarks/check
	.build/release/scheduling-rate

# What the program is made of, with versions, as CycloneDX JSON.
SBOM := .build/eilbrief.cdx.json
sbom: setup setup-test
	@swift package resolve >/dev/null
	@TZ=UTC .ci/sbom $(BUILD_PACKAGES) > $(SBOM)
	@echo "$(SBOM): $$(grep -c '"purl"' $(SBOM)) components with their versions"

format:
	swift format --in-place --recursive --parallel Package.swift Sources Tests

lint:
	swift format lint --strict --recursive --parallel Package.swift Sources Tests

setup:
	@.ci/install $(BUILD_PACKAGES)

setup-test:
	@.ci/install $(TEST_PACKAGES) $(DEB_PACKAGES)
	@.ci/axe .build/axe
