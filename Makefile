# Each target is one Python command, so that without make you can run it by hand:
#   python3 tools/env.py python -m tools.site build
PYTHON ?= python3
RUN = $(PYTHON) tools/env.py

TEST = $(RUN) python -m pytest --nbval --nbval-cell-timeout 300 -p tools.kernels -n 2 --dist loadfile

.PHONY: book pdf serve test release sync format clean bench audit
book:    ; @$(RUN) python -m tools.site build
pdf:     ; @$(RUN) python -m tools.site pdf
serve:   ; @$(RUN) python -m tools.site serve
test:    ; @$(TEST)
release: ; @$(TEST) --release
sync:    ; @$(RUN) python -m tools.sync
format:  ; @$(RUN) ruff format . && $(RUN) ruff check --fix .
bench:   ; @$(RUN) python -m tools.bench
audit:   ; @$(RUN) python -m tools.audit
clean:   ; @$(RUN) --clean
