# `make demo` and `make test` set up whatever they need; see requirements/setup.sh.
.PHONY: demo test check accept lock bench wheels clean

PYTHON := .venv/bin/python

demo:
	@requirements/setup.sh runtime
	@$(PYTHON) -m service.cli demo --out demo

test:
	@requirements/setup.sh dev
	@$(PYTHON) -m pytest -n 2 --dist loadgroup

check:
	@requirements/setup.sh dev
	@.venv/bin/ruff check .
	@.venv/bin/ruff format --check .
	@.venv/bin/mypy
	@.venv/bin/lint-imports

bench:
	@requirements/setup.sh dev
	@$(PYTHON) -m pip install --quiet --require-hashes --no-deps -r requirements/bench.lock
	@$(PYTHON) benchmarks/pairing.py
	@$(PYTHON) benchmarks/timetable.py

# Every promise put to the test for real: `make accept ONLY=crash`, `QUICK=1`, `SEED=7`, and
# `make accept OUT=folder` leaves the table there as acceptance.json and acceptance.md.
accept:
	@requirements/setup.sh dev
	@$(PYTHON) -m benchmarks.accept $(foreach row,$(ONLY),--only $(row)) $(if $(QUICK),--quick) \
		$(if $(SEED),--seed $(SEED)) $(if $(OUT),--out $(OUT))

# For an office without a network: a folder that `pip install --no-index` can use.
wheels:
	@requirements/setup.sh dev
	@$(PYTHON) -m build --wheel --no-isolation --outdir dist/wheels
	@$(PYTHON) -m pip wheel --quiet --require-hashes --no-deps -r requirements/runtime.lock -w dist/wheels

lock:
	@requirements/setup.sh dev
	@requirements/lock.sh

clean:
	rm -rf .venv demo dist build
