# make run    set up everything, index corpus/articles if needed, serve the chat page
# make test   set up everything, run all tests, after make check
# make check  set up everything, check style and types: what pre-commit runs, too
# make bench-peers ARTICLES=... QUESTIONS=...   Dateline beside its peers, each in an environment of its own

PYTHON ?= python3
# Without this index (offline, or behind a mirror) the torch of PyPI serves: larger, but the same.
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
TORCH = torch==2.13.0
BIN = .venv/bin
SOURCES = app.py corpus index qa benchmarks tests

.PHONY: run test check setup bench-peers clean
.DELETE_ON_ERROR:

run: .venv/product
	$(BIN)/python app.py

test: .venv/development check
	$(BIN)/python -m pytest

check: .venv/development
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy

setup: .venv/development

bench-peers: .venv/product
	$(BIN)/python -m benchmarks.peers --articles "$(ARTICLES)" --questions "$(QUESTIONS)" --work var/peers

clean:
	rm -rf .venv var

.venv/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "Dateline needs Python 3.11 or newer; name one with: make PYTHON=python3.11"; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null \
		|| { echo "Python's venv is missing; on Debian and Ubuntu: sudo apt install python3-venv"; exit 1; }
	$(PYTHON) -m venv .venv
	touch $@

.venv/torch: .venv/pip
	@$(BIN)/pip install --quiet --retries 0 --timeout 5 --index-url $(TORCH_INDEX) $(TORCH) 2>/dev/null \
		|| echo "PyTorch's index for CPUs is out of reach; taking torch from the usual one."
	$(BIN)/pip install --quiet --constraint constraints.txt $(TORCH)
	touch $@

.venv/product: .venv/torch pyproject.toml constraints.txt
	$(BIN)/pip install --quiet --constraint constraints.txt --editable .
	touch $@

.venv/development: .venv/product
	$(BIN)/pip install --quiet --constraint constraints.txt --editable ".[dev]"
	touch $@
