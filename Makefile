# Every target does its own set-up, in virtual environments inside the clone, once.
#
#   make demo     train two networks on handwritten digits: a perceptron, whose compilation is shown
#                 (DEMO_ARGS="--data DIR --epochs 5"), and a convolutional one (CNN_ARGS="--steps 50")
#   make test     all tests (TEST_ARGS="-k matmul")
#   make browser  the report page and TensorBoard in a headless Chromium (PySide6, 300 MB)
#   make lint     ruff: rules and format
#   make types    mypy, strict on the compiler
#   make bench    the benchmarks, beside TensorFlow and JAX (BENCH_ARGS="--only mlp")
#   make parity   every op against TensorFlow (PARITY_ARGS="--only Tanh")
#   make coverage how much of TensorFlow 1's API there is, by how many public files use it
#   make clean    remove the environments and everything built

.PHONY: demo test browser bench lint types parity coverage clean
.DELETE_ON_ERROR:

# A Python that starts, has venv and pip, and is one of the supported versions.
USABLE := import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3 python; do \
    "$$python" -c '$(USABLE)' >/dev/null 2>&1 && echo "$$python" && break; done)

BIN := .venv/bin
PIP_INSTALL := -m pip install --quiet --disable-pip-version-check

CNN_ARGS ?= --steps 1000

demo: .venv/.core
	$(BIN)/python examples/digits.py $(DEMO_ARGS)
	@echo
	$(BIN)/python examples/deep_mnist.py $(CNN_ARGS)

test: .venv/.test
	$(BIN)/python -m pytest -n auto $(TEST_ARGS)

browser: .venv/.test
	$(BIN)/python $(PIP_INSTALL) --editable '.[test,browser,tensorboard]'
	$(BIN)/python -m pytest -n 0 -k in_browser tests/inspection tests/summaries $(TEST_ARGS)

lint: .venv/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

# mypy sees the package as it is installed, with passes/ inside: a folder of links shows it so.
types: .venv/.dev
	rm -rf build/types && mkdir -p build/types/jitgraph
	ln -s $(addprefix $(CURDIR)/,$(wildcard jitgraph/*) passes) build/types/jitgraph/
	cd build/types && $(CURDIR)/$(BIN)/mypy --config-file $(CURDIR)/pyproject.toml \
	    --python-executable $(CURDIR)/$(BIN)/python --cache-dir $(CURDIR)/.mypy_cache -p jitgraph

bench: .venv/.core .venv-bench/.ready
	$(BIN)/python -m bench --peer tensorflow=.venv-bench/bin/python \
	    --peer jax=.venv-bench/bin/python $(BENCH_ARGS)

parity: .venv/.core .venv-parity/.ready
	$(BIN)/python -m bench.parity --peer .venv-parity/bin/python $(PARITY_ARGS)

coverage: .venv/.core
	$(BIN)/python -m bench.coverage

.venv/.core: pyproject.toml
	@test -n "$(PYTHON)" || { echo "make: no Python 3.11 to 3.13 with venv and pip found;" \
	    "name one: make PYTHON=/path/to/python" >&2; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python $(PIP_INSTALL) --editable .
	touch $@

.venv/.test: .venv/.core
	$(BIN)/python $(PIP_INSTALL) --editable '.[test]'
	touch $@

.venv/.dev: .venv/.core
	$(BIN)/python $(PIP_INSTALL) --editable '.[dev]'
	touch $@

# The peers have environments of their own, so that their pins never touch jitgraph's. The one for
# parity holds TensorFlow alone.
.venv-bench/.ready: pyproject.toml .venv/.core
	test -x .venv-bench/bin/python || $(BIN)/python -m venv .venv-bench
	.venv-bench/bin/python $(PIP_INSTALL) --editable '.[bench]'
	touch $@

.venv-parity/.ready: pyproject.toml .venv/.core
	test -x .venv-parity/bin/python || $(BIN)/python -m venv .venv-parity
	$(BIN)/python -c 'import tomllib; \
	    extras = tomllib.load(open("pyproject.toml", "rb"))["project"]["optional-dependencies"]; \
	    print(*extras["parity"], sep="\n")' > .venv-parity/requirements.txt
	.venv-parity/bin/python $(PIP_INSTALL) --requirement .venv-parity/requirements.txt
	touch $@

clean:
	rm -rf .venv .venv-bench .venv-parity build dist *.egg-info
	rm -rf .cache .pytest_cache .mypy_cache .ruff_cache .hypothesis
