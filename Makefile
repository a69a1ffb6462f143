# make run    set up everything, index corpus/articles if needed, serve the chat page
# make test   set up everything, run all tests, after make check
# make check  set up everything, check style and types: what pre-commit runs, too
# make audit  look for published vulnerabilities of what is installed; skipped where the advisories are out of reach
# make sbom   list what is installed, as var/sbom.json (CycloneDX)
# make lock   write the hashes of constraints.txt anew
# make bench-peers ARTICLES=... QUESTIONS=...   Dateline beside its peers, each in an environment of its own

PYTHON ?= python3
# How many processes run the tests.
WORKERS ?= 2
# Without this index (offline, or behind a mirror) the torch of PyPI serves: larger, but the same.
TORCH_INDEX ?= https://download.pytorch.org/whl/cpu
TORCH = torch==2.13.0
# Else each of the many processes that the tests start would compile all modules again.
unexport PYTHONDONTWRITEBYTECODE
BIN = .venv/bin
SOURCES = app.py corpus index qa benchmarks tests

.PHONY: run test check setup audit sbom lock bench-peers clean
.DELETE_ON_ERROR:

run: .venv/product
	$(BIN)/python app.py

test: .venv/development check
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile

check: .venv/development
	$(BIN)/ruff check $(SOURCES)
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/mypy

setup: .venv/development

audit: .venv/pip
	.ci/audit

sbom: .venv/product .venv/tools
	mkdir -p var
	.venv/tools/bin/cyclonedx-py environment $(BIN)/python --pyproject pyproject.toml --output-file var/sbom.json

lock: .venv/tools
	.ci/lock

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

# PyTorch's own index may rebuild its wheels, so that what comes from there has a version, but no hash of ours.
.venv/torch: .venv/pip hashes/torch.txt
	@$(BIN)/pip install --quiet --retries 0 --timeout 5 --no-deps --index-url $(TORCH_INDEX) $(TORCH) 2>/dev/null \
		|| { echo "PyTorch's index for CPUs is out of reach; taking torch from the usual one."; \
		$(BIN)/pip install --quiet --require-hashes --no-deps --requirement hashes/torch.txt; }
	touch $@

.venv/product: .venv/torch pyproject.toml hashes/product.txt
	$(BIN)/pip install --quiet --require-hashes --no-deps --requirement hashes/product.txt
	$(BIN)/pip install --quiet --no-deps --no-build-isolation --editable .
	touch $@

.venv/development: .venv/product constraints.txt
	$(BIN)/pip install --quiet --constraint constraints.txt --no-build-isolation --editable ".[dev]"
	touch $@

.venv/tools: .venv/pip
	$(PYTHON) -m venv $@
	$@/bin/pip install --quiet pip-audit==2.10.1 cyclonedx-bom==7.5.0 uv==0.13.8
	touch $@
