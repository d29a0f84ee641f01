# The only entry point: `make run` starts the hall, `make test` proves it. Both set up what they need, once.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
UV := 0.13.9
HEADERS := $(shell $(PYTHON) -c "import sysconfig; print(sysconfig.get_path('include'))" 2>/dev/null)/Python.h
ENSUREPIP := $(shell $(PYTHON) -c "import ensurepip; print(ensurepip.__file__)" 2>/dev/null)

.PHONY: help run demo setup test check soak bench docs lock clean

help:
	@echo "make run    start the hall with the shipped services and demo people"
	@echo "make demo   the same with half a year of cases, made the first time"
	@echo "make test   lint, types, layers, and every test"
	@echo "make check  lint, types and layers only"
	@echo "make soak   long tests: fuzzing, kills, restarts, full disks, planted faults"
	@echo "make bench  measure against named peers"
	@echo "make docs   write the reference pages that come from the code"
	@echo "make lock   pin the dependencies anew"

run: setup
	$(BIN)/python run.py

# Where it is broken off, the folder is not there and the next call begins anew.
demo: setup
	@test -d data-demo || { rm -rf data-demo.new && $(BIN)/banshi demo data-demo.new && mv data-demo.new data-demo; }
	$(BIN)/python run.py --data data-demo

setup: $(VENV)/.ready

test: check
	$(BIN)/pytest -n 2 --dist loadfile -m "not soak"

check: $(VENV)/.ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	PYTHONPATH=typings $(BIN)/lint-imports

soak: $(VENV)/.ready-dev
	$(BIN)/pytest -m soak --timeout=3600
	$(BIN)/python tests/faults_in_routes.py

bench: $(VENV)/.ready-dev
	$(BIN)/uv pip install -q --python $(BIN)/python -e ".[bench]"
	@for file in benchmarks/*.py; do echo "== $$file"; $(BIN)/python $$file || exit 1; done

docs: $(VENV)/.ready-dev
	$(BIN)/python docs/generate.py

lock:
	$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header pyproject.toml -o requirements.lock
	$(BIN)/uv pip compile -q --upgrade --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra dev pyproject.toml -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf $(VENV) build dist *.egg-info

# What the hall needs. The C compiler and the Python headers build durable-rules, which ships as source only;
# wkhtmltopdf makes PDFs, in the fonts.
$(VENV)/.ready: requirements.lock pyproject.toml
	$(call packages,$(PYTHON)=python3 $(or $(ENSUREPIP),missing-ensurepip)=python3-venv gcc=gcc /usr/include/stdio.h=libc6-dev $(HEADERS)=python3-dev wkhtmltopdf=wkhtmltopdf /usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc=fonts-noto-cjk)
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Banshi needs Python 3.11 or newer; this is " + sys.version.split()[0])'
	@echo "Making $(VENV) with the pinned packages of requirements.lock …"
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install -q uv==$(UV)
	$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements.lock
	$(BIN)/uv pip install -q --python $(BIN)/python --no-deps -e .
	@touch $@

# What working on it needs besides: linters, test tools, a browser, a second opinion on formulas
# and on BPMN, the other store, Java for ODK Validate.
$(VENV)/.ready-dev: $(VENV)/.ready requirements-dev.lock tests/npm/package-lock.json
	$(call packages,npm=npm /usr/bin/chromium=chromium soffice=libreoffice-calc /usr/lib/postgresql=postgresql pdftotext=poppler-utils java=default-jre-headless)
	$(BIN)/uv pip install -q --python $(BIN)/python --require-hashes -r requirements-dev.lock
	cp tests/npm/package.json tests/npm/package-lock.json $(VENV)
	npm ci --silent --prefix $(VENV) --ignore-scripts --no-audit --no-fund
	@touch $@

# $(call packages,PROBE=PACKAGE …): installs the Debian packages whose probe (a command or a file) is not there.
define packages
@missing=""; \
for pair in $(1); do \
  probe="$${pair%%=*}"; \
  { [ -e "$$probe" ] || command -v "$$probe" >/dev/null 2>&1; } || missing="$$missing $${pair#*=}"; \
done; \
[ -z "$$missing" ] && exit 0; \
command -v apt-get >/dev/null 2>&1 || { echo "No apt-get here. Should a step below fail, install what your system calls:$$missing"; exit 0; }; \
sudo=""; [ "$$(id -u)" = 0 ] || sudo="sudo"; \
echo "Installing system packages:$$missing"; \
$$sudo apt-get update -qq && DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq --no-install-recommends $$missing >/dev/null
endef
