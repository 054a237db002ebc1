# Lurewatch: `make help` lists the targets. Everything built goes to $(BUILD).

BUILD   ?= build
PREFIX  ?= /usr/local
DESTDIR ?=
PKG_CONFIG ?= pkg-config
# Where the public corpora lie, for `make model` and the measured tests; not part of a clone.
SHARED  ?= ../shared

CFLAGS   ?= -O3 -g
WARNINGS := -Wall -Wextra -Wpedantic -Wconversion -Wshadow
OURS     := -std=c17 -D_GNU_SOURCE -Isrc -Itests $(WARNINGS) -fvisibility=hidden -fPIC -pthread \
            -ffp-contract=off -MMD -MP $(SANITIZE)

# What each room needs; the library itself only ICU and xxHash.
CORE_PKGS  := icu-uc icu-i18n libxxhash
READ_PKGS  := gmime-3.0 libxml-2.0 libarchive libzstd zlib jansson
TEST_PKGS  := check
cflags_of   = $(shell $(PKG_CONFIG) --cflags $(1))
libs_of     = $(shell $(PKG_CONFIG) --libs $(1))
CORE_LIBS  := $(call libs_of,$(CORE_PKGS)) -lm
# GMime and libxml2 are loaded when the first mail comes, libarchive with the first archive (src/read/libraries.h), not linked: 2 ms a start.
# Under sanitizers they are linked too: LeakSanitizer crashes over libraries loaded late (google/sanitizers#1353).
READ_LIBS  := $(call libs_of,$(if $(SANITIZE),$(READ_PKGS),$(filter-out gmime-3.0 libxml-2.0 libarchive,$(READ_PKGS)))) -lcsv
SERVE_PKGS := libmicrohttpd
SERVE_LIBS := $(call libs_of,$(SERVE_PKGS)) -lmilter    # no .pc file in Debian
LEARN_LIBS := -lsvm -llinear            # no .pc files in Debian
INCLUDES   := $(patsubst -I%,-isystem %,$(call cflags_of,$(CORE_PKGS) $(READ_PKGS) $(SERVE_PKGS)))

CORE  := $(wildcard src/text/*.c src/concepts/*.c src/features/*.c src/model/*.c)
READ  := $(wildcard src/read/*.c)
WRITE := $(wildcard src/write/*.c)
LEARN := $(wildcard src/learn/*.c)
SERVE := $(wildcard src/serve/*.c)
TOOLS := $(patsubst src/tools/%.c,%,$(wildcard src/tools/lurewatch*.c))
TOOL_LEARN := $(addprefix src/tools/,training.c corpora.c learning.c inspect.c phases.c)   # only for tools that learn
TOOL_SHARED := $(filter-out $(TOOL_LEARN) $(wildcard src/tools/lurewatch*.c),$(wildcard src/tools/*.c))
SUITES := $(wildcard tests/*.c)

objects = $(patsubst %.c,$(BUILD)/%.o,$(1))
LIB_A  := $(BUILD)/liblurewatch.a
LIB_SO := $(BUILD)/liblurewatch.so.0
IO_A   := $(BUILD)/io.a
LEARN_A := $(BUILD)/learn.a
SERVE_A := $(BUILD)/serve.a
TOOL_BINARIES := $(addprefix $(BUILD)/,$(TOOLS))

all: $(TOOL_BINARIES) $(LIB_SO) ## build library and tools

help: ## this list
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-10s %s\n",$$1,$$2}' $(MAKEFILE_LIST)

demo: deps ## install what is missing, build, score the sample dump with the shipped model
	@$(MAKE) --no-print-directory -j2 all
	@scripts/demo $(BUILD)

deps:
	@scripts/install-deps

test: deps ## install what is missing, build, run the whole suite (also under sanitizers)
	@$(MAKE) --no-print-directory -j2 all
	@BUILD=$(BUILD) SHARED=$(SHARED) scripts/run-tests

TEST_TOOLS := $(patsubst tests/tools/%.c,$(BUILD)/tests/%,$(wildcard tests/tools/*.c))
$(TEST_TOOLS): $(BUILD)/tests/%: $(BUILD)/tests/tools/%.o $(IO_A) $(LIB_A)
	$(CC) $(SANITIZE) -o $@ $^ $(READ_LIBS) $(CORE_LIBS) -pthread

check: all $(BUILD)/tests/suite $(TEST_TOOLS) ## the libcheck suites and command-line cases alone, as built
	$(BUILD)/tests/suite
	tests/cli/run $(BUILD)

$(BUILD)/tests/crowd: $(BUILD)/tests/gateways/crowd.o
	$(CC) $(SANITIZE) -o $@ $^
test-gateways: all $(BUILD)/tests/crowd ## the daemon and the programs that knock at it, installing what that needs
	@BUILD=$(BUILD) scripts/test-gateways

bench: all ## speed, accuracy and memory beside the peers
	@BUILD=$(BUILD) SHARED=$(SHARED) scripts/bench

model: all ## train models/default.lwm from corpora/ and the public corpora
	@BUILD=$(BUILD) scripts/train-default-model $(SHARED)/corpora

asan: ## the suite under ASan and UBSan, in $(BUILD)/asan
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/asan CFLAGS="-O1 -g -fno-omit-frame-pointer" \
	    SANITIZE="-fsanitize=address,undefined -fno-sanitize-recover=all" check

tsan: ## the suite under ThreadSanitizer, in $(BUILD)/tsan
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/tsan CFLAGS="-O1 -g" SANITIZE="-fsanitize=thread" check

FUZZERS := $(patsubst tests/fuzz/%.c,$(BUILD)/fuzz/%,$(wildcard tests/fuzz/fuzz_*.c))
fuzz: ## libFuzzer targets (clang), in $(BUILD)/fuzz; run them with scripts/fuzz
	@$(MAKE) --no-print-directory BUILD=$(BUILD)/fuzz-objects CC=clang CFLAGS="-O1 -g" FUZZ_OUT=$(BUILD)/fuzz \
	    SANITIZE="-fsanitize=address,undefined,fuzzer-no-link -fno-sanitize-recover=all" fuzz-targets
fuzz-targets: $(patsubst tests/fuzz/%.c,$(FUZZ_OUT)/%,$(wildcard tests/fuzz/fuzz_*.c))
$(FUZZ_OUT)/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(SERVE_A) $(LEARN_A) $(IO_A) $(LIB_A)
	@mkdir -p $(@D)
	$(CC) -fsanitize=address,undefined,fuzzer -o $@ $^ $(SERVE_LIBS) $(LEARN_LIBS) $(READ_LIBS) $(CORE_LIBS) -pthread

# Their completion is lurewatch's.
COMPLETED := lurewatch-train lurewatch-eval

install: all ## install below $(PREFIX)
	install -d $(addprefix $(DESTDIR)$(PREFIX)/,bin lib/pkgconfig include share/lurewatch/models/concepts)
	install -d $(addprefix $(DESTDIR)$(PREFIX)/share/,man/man1 man/man5 bash-completion/completions zsh/site-functions)
	install -m 755 $(TOOL_BINARIES) $(DESTDIR)$(PREFIX)/bin
	install -m 644 src/lurewatch.h $(DESTDIR)$(PREFIX)/include
	install -m 644 $(LIB_A) $(LIB_SO) $(DESTDIR)$(PREFIX)/lib
	ln -sf $(notdir $(LIB_SO)) $(DESTDIR)$(PREFIX)/lib/liblurewatch.so
	install -m 644 models/default.lwm models/concepts.tsv models/indicators.tsv $(DESTDIR)$(PREFIX)/share/lurewatch/models
	install -m 644 models/concepts/*.tsv $(DESTDIR)$(PREFIX)/share/lurewatch/models/concepts
	install -d $(addprefix $(DESTDIR)$(PREFIX)/share/man/,man5 man8)
	install -m 644 src/serve/lurewatchd.conf.5 $(DESTDIR)$(PREFIX)/share/man/man5
	install -m 644 src/serve/lurewatchd.8 $(DESTDIR)$(PREFIX)/share/man/man8
	sed -e 's|@PREFIX@|$(PREFIX)|' -e "s|@VERSION@|$$(sed -n 's/^#define LUREWATCH_VERSION "\(.*\)"/\1/p' src/lurewatch.h)|" \
	    scripts/lurewatch.pc.in > $(DESTDIR)$(PREFIX)/lib/pkgconfig/lurewatch.pc
	install -m 644 $(wildcard src/*/*.1) $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 $(wildcard src/*/*.5) $(DESTDIR)$(PREFIX)/share/man/man5
	install -m 644 scripts/completions/lurewatch.bash $(DESTDIR)$(PREFIX)/share/bash-completion/completions/lurewatch
	for tool in $(COMPLETED); do ln -sf lurewatch $(DESTDIR)$(PREFIX)/share/bash-completion/completions/$$tool; done
	install -m 644 scripts/completions/_lurewatch $(DESTDIR)$(PREFIX)/share/zsh/site-functions

uninstall: ## remove what install put there
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/bin/,$(TOOLS)) $(DESTDIR)$(PREFIX)/include/lurewatch.h \
	    $(addprefix $(DESTDIR)$(PREFIX)/lib/,liblurewatch.a liblurewatch.so liblurewatch.so.0 pkgconfig/lurewatch.pc)
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/share/man/,man5/lurewatchd.conf.5 man8/lurewatchd.8)
	rm -rf $(DESTDIR)$(PREFIX)/share/lurewatch
	rm -f $(addprefix $(DESTDIR)$(PREFIX)/share/man/man1/,$(notdir $(wildcard src/*/*.1))) \
	    $(addprefix $(DESTDIR)$(PREFIX)/share/man/man5/,$(notdir $(wildcard src/*/*.5))) \
	    $(addprefix $(DESTDIR)$(PREFIX)/share/bash-completion/completions/,lurewatch $(COMPLETED)) \
	    $(DESTDIR)$(PREFIX)/share/zsh/site-functions/_lurewatch

clean: ## remove $(BUILD)
	rm -rf $(BUILD)

$(LIB_A): $(call objects,$(CORE))
$(IO_A): $(call objects,$(READ) $(WRITE) $(TOOL_SHARED))
$(LEARN_A): $(call objects,$(LEARN) $(TOOL_LEARN))
$(SERVE_A): $(call objects,$(SERVE)) $(BUILD)/src/serve/page/page.o
# The page's files become part of the daemon as they are.
$(BUILD)/src/serve/page/page.o: src/serve/page/page.S $(wildcard src/serve/page/*.html src/serve/page/*.css)
	@mkdir -p $(@D)
	$(CC) -c -o $@ $<
%.a:
	@rm -f $@
	$(AR) rcs $@ $^

$(LIB_SO): $(call objects,$(CORE))
	$(CC) $(SANITIZE) -shared -Wl,-soname,$(notdir $@) -o $@ $^ $(CORE_LIBS) -pthread

$(BUILD)/lurewatch: $(BUILD)/src/tools/lurewatch.o $(IO_A) $(LIB_A)
	$(CC) $(SANITIZE) -o $@ $^ $(READ_LIBS) $(CORE_LIBS) -pthread
$(BUILD)/lurewatchd: $(BUILD)/src/tools/lurewatchd.o $(SERVE_A) $(IO_A) $(LIB_A)
	$(CC) $(SANITIZE) -o $@ $^ $(SERVE_LIBS) $(READ_LIBS) $(CORE_LIBS) -pthread
$(BUILD)/lurewatch-%: $(BUILD)/src/tools/lurewatch-%.o $(LEARN_A) $(IO_A) $(LIB_A)
	$(CC) $(SANITIZE) -o $@ $^ $(LEARN_LIBS) $(READ_LIBS) $(CORE_LIBS) -pthread

$(BUILD)/tests/suite: $(call objects,$(SUITES)) $(SERVE_A) $(LEARN_A) $(IO_A) $(LIB_A)
	$(CC) $(SANITIZE) -o $@ $^ $(call libs_of,$(TEST_PKGS)) $(SERVE_LIBS) $(LEARN_LIBS) $(READ_LIBS) $(CORE_LIBS) -pthread

# Reading back a compile-time default: the tools look for the model below here when nothing else is said.
$(BUILD)/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(CPPFLAGS) $(OURS) $(INCLUDES) $(CFLAGS) -DLW_PREFIX='"$(PREFIX)"' -c -o $@ $<

-include $(patsubst %.o,%.d,$(call objects,$(CORE) $(READ) $(WRITE) $(LEARN) $(SERVE) $(SUITES) $(wildcard src/tools/*.c tests/fuzz/*.c tests/tools/*.c)))

.SECONDARY:
.PHONY: all help demo deps test check test-gateways bench model asan tsan fuzz fuzz-targets install uninstall clean
