# Each target is one Python command, so that without make you can run it by hand:
#   python3 tools/env.py python -m tools.site build
PYTHON ?= python3
RUN = $(PYTHON) tools/env.py

.PHONY: book serve test sync format clean bench audit
book:    ; @$(RUN) python -m tools.site build
serve:   ; @$(RUN) python -m tools.site serve
test:    ; @$(RUN) python -m pytest --nbval -p tools.kernels -n 2 --dist loadfile
sync:    ; @$(RUN) python -m tools.sync
format:  ; @$(RUN) ruff format . && $(RUN) ruff check --fix .
bench:   ; @$(RUN) python -m tools.bench
audit:   ; @$(RUN) python -m tools.audit
clean:   ; @$(RUN) --clean
