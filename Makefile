# The tasks. CI runs the same ones. `make up` and `make test` each work first, from a fresh clone.
PYTHON ?= python3
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export AWS_EC2_METADATA_DISABLED := true
# Behind a proxy what runs on this machine is reached without it; programs read one variable or the other.
export NO_PROXY := $(if $(NO_PROXY)$(no_proxy),$(NO_PROXY)$(no_proxy:%=,%)$(shell echo ,))127.0.0.1,localhost,.localhost
export no_proxy := $(NO_PROXY)
# Containers often set it: each of some hundred Python processes would compile the CDK and the tests again.
unexport PYTHONDONTWRITEBYTECODE
VENV := .venv/.ready
NODE := node_modules/.ready
BROWSER := .venv/.browser

.PHONY: up down test check docs snapshots bench mutants lock clean

up: $(VENV) $(NODE) ## local cloud + deploy + the story: who can and cannot do what
	@cognito-app up --try

down: $(VENV) ## stop the local cloud
	@cognito-app down

test: check $(BROWSER) ## everything CI runs
	@.ci/stage "unit tests" pytest -m "not slow" -n auto --maxprocesses 4 --dist loadfile
	@.ci/stage "slow tests: real cdk, real local cloud" pytest -m slow -n 2 --dist loadfile --no-loadscope-reorder

check: $(VENV) $(NODE) ## lint, format, types, licences
	@.ci/stage "ruff" ruff check .
	@.ci/stage "format" ruff format --check .
	@.ci/stage "mypy" mypy
	@.ci/stage "licences" pip-licenses --summary

docs: $(VENV) ## the documentation as a site, in docs/_build; what leads nowhere is an error
	@.ci/docs docs/_build
	@echo "open docs/_build/index.html"

snapshots: $(VENV) $(NODE) ## rewrite the committed templates after a change meant to change them
	@pytest -m "not slow" --snapshot-update

bench: $(VENV) $(NODE) ## time synth, tests, deploys and analysis beside their peers
	@python -m bench

# mutmut is asked for one mutant, makes all, and notes which test calls which function; the rest is faster at once.
# It does not copy changed data files again, so the copies are deleted; found.json has the results.
# One module: python tools/mutants.py evaluator, thereafter.
mutants: $(VENV) ## change one thing at a time in what decides access, and say which changes no test notices
	@find mutants -mindepth 1 -maxdepth 1 ! -name found.json -exec rm -rf {} + 2>/dev/null || true
	@mutmut run constructs_lib.local.emulator.variables.x_substitute__mutmut_1 && python tools/mutants.py

lock: $(VENV) ## rewrite the locks from pyproject.toml and package.json; UPGRADE=--upgrade takes the newest versions
	@.ci/lock $(UPGRADE)

clean: ## remove what the other targets made
	@rm -rf .venv node_modules cdk.out .mypy_cache .ruff_cache .pytest_cache

$(VENV): requirements.lock pyproject.toml .ci/setup
	@.ci/setup python "$(PYTHON)"

$(BROWSER): $(VENV)
	@.ci/setup browser

$(NODE): package-lock.json $(VENV)
	@.ci/setup node
