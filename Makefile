# Every target does all it needs by itself, set-up included. ATTUNE_LIBTORCH=/folder uses a LibTorch of your own.
# JOBS limits how much is compiled and tested at once.
JOBS ?= $(shell nproc)
# The folder of real data sets for the benchmarks; SEEDS and SETS say how much of it bench-quality measures, PARTS what
# bench-explanations does.
ifndef DATA
DATA := $(ATTUNE_BENCH_DATA)
endif
SEEDS ?= 5
SETS ?=
PARTS ?=
# Which rows bench-kernels measures (words of their names; all), and how often the two of a row take turns.
ONLY ?=
ROUNDS ?= 7
# How long make fuzz tries each target.
SECONDS ?= 60
LIBTORCH := $(or $(ATTUNE_LIBTORCH),$(CURDIR)/.deps/libtorch/torch)

# Compiled objects are shared between checkouts in different folders.
export CCACHE_BASEDIR ?= $(CURDIR)
export CCACHE_NOHASHDIR ?= 1
export CCACHE_SLOPPINESS ?= pch_defines,time_macros

.DEFAULT_GOAL := help
.PHONY: help set-up configure build demo test lint fuzz bench bench-explanations bench-kernels bench-quality clean

help: ## list these targets
	@sed -nE 's/^([a-z-]+):[^#]*## (.*)/  make \1\t\2/p' Makefile | expand -t 22

set-up: ## install what is needed: Debian packages, LibTorch, Python for tests
	@scripts/set-up

configure: set-up
	@cmake --preset release -DATTUNE_LIBTORCH=$(LIBTORCH)

build: configure ## build everything; the program is build/release/attune
	@cmake --build --preset release --parallel $(JOBS)

demo: configure ## train on real reviews, evaluate, predict on texts never seen
	@cmake --build --preset release --parallel $(JOBS) --target attune
	@scripts/demo

test: build ## build and run every test
	@ctest --preset release --parallel $(JOBS) --no-tests=error --output-junit $(CURDIR)/build/release/tests.xml

lint: configure ## check format, code and scripts
	@JOBS=$(JOBS) scripts/lint

fuzz: set-up ## try damaged input under sanitizers: [SECONDS=60] each, [TARGETS="table text"]
	@cmake --preset fuzz -DATTUNE_LIBTORCH=$(LIBTORCH)
	@cmake --build --preset fuzz --parallel $(JOBS)
	@scripts/fuzz $(SECONDS) $(TARGETS)

bench: build ## run the benchmarks
	@ATTUNE_BENCH_DATA="$(DATA)" scripts/bench

# Without a network the rows of onnxruntime are left out; the script and the program say so.
bench-kernels: ## measure the attention kernels beside their peers: [ONLY=additive,onnxruntime] [ROUNDS=7]
	@$(MAKE) --no-print-directory configure >&2
	@cmake --build --preset release --parallel $(JOBS) --target kernels >&2
	@scripts/fetch-onnxruntime >&2 || true
	@build/release/bench/kernels --rounds $(ROUNDS) $(if $(ONLY),--only "$(ONLY)")

# Data that is missing or altered is told before anything is built.
bench-quality: export ATTUNE_BENCH_DATA := $(DATA)
bench-quality: ## measure accuracy on real data: DATA=DIR [SEEDS=5] [SETS=trec6,wdbc]
	@bench/prepare $(SETS) >&2
	@$(MAKE) --no-print-directory configure >&2
	@cmake --build --preset release --parallel $(JOBS) --target attune >&2
	@bench/quality --seeds $(SEEDS) --sets "$(SETS)"

bench-explanations: export ATTUNE_BENCH_DATA := $(DATA)
bench-explanations: ## measure explanations on real data: DATA=DIR [PARTS=faithfulness,audit,masking,truth,time] [SETS=sst2]
	@$(MAKE) --no-print-directory configure >&2
	@cmake --build --preset release --parallel $(JOBS) --target attune >&2
	@bench/explanations $(if $(PARTS),--only "$(PARTS)") $(if $(SETS),--sets "$(SETS)")

clean: ## remove what was built; .deps stays
	rm -rf build
