# Two commands matter: `make demo` and `make test`. Each sets up what it needs on a machine with Python 3.11+ and no more.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: help demo dev test faults check bench lock sbom audit clean

help:
	@echo "make demo   run the main job on made-up shoppers and show what happened"
	@echo "make dev    the same stack, staying up, with its URLs"
	@echo "make test   run every test"
	@echo "make faults crashes, bad roads, storms, clocks and builds while people come, counted; FERMATA_SEED, docs/faults.md"
	@echo "make check  ruff, mypy strict, import-linter"
	@echo "make bench  measure what it costs, as ratios to baselines of the same run"
	@echo "make sbom   write fermata.cdx.json, the bill of materials"
	@echo "make audit  ask for known weaknesses of what is locked"
	@echo "make lock   write requirements.txt again from pyproject.toml"

# The hashes in requirements.txt decide what is installed; the index is whatever pip is set up to use.
$(READY): requirements.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
		{ echo "Fermata needs Python 3.11 or newer; '$(PYTHON)' is $$($(PYTHON) -V). Try: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@echo "Installing the locked requirements into $(VENV) (once; about a minute)" >&2
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.txt
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

demo: $(READY)
	@$(BIN)/fermata demo

dev: $(READY)
	@$(BIN)/fermata dev

test: $(READY)
	@$(BIN)/pytest --numprocesses 4 --dist loadfile --no-loadscope-reorder $(ARGS)

WHOLE := $(addprefix tests/faults/,test_crash_points.py whole_ills.py whole_clocks.py test_as_foretold.py)

faults: $(READY)
	@FERMATA_CRASHES=$${FERMATA_CRASHES:-200} FERMATA_RUNS=$${FERMATA_RUNS:-1000} FERMATA_SWAPS=$${FERMATA_SWAPS:-10} \
		$(BIN)/pytest -q -s $(or $(ARGS),$(WHOLE))

check: $(READY)
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: $(READY)
	@$(BIN)/fermata bench $(ARGS)

lock: $(READY)
	@$(BIN)/uv --version >/dev/null 2>&1 || $(BIN)/python -m pip install --quiet uv
	@$(BIN)/uv pip compile pyproject.toml --extra stack --extra dev --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-emit-find-links --no-annotate --no-header --quiet --output-file requirements.txt

sbom: $(READY)
	@$(BIN)/python -m deploy.sbom > fermata.cdx.json
	@echo "fermata.cdx.json" >&2

audit: $(READY)
	@$(PYTHON) -m venv $(VENV)/audit
	@$(VENV)/audit/bin/python -m pip install --quiet --disable-pip-version-check pip-audit
	@$(VENV)/audit/bin/pip-audit --strict --disable-pip --require-hashes --requirement requirements.txt

clean:
	rm -rf $(VENV) .fermata .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
