"""Plain matplotlib and seaborn figures of a reader: letters of every script, no font needed."""

import os
import sys

BACKEND = "module://helpers.figures.backend"
# What Jupyter and Colab set where the reader has chosen nothing.
DEFAULTS = ("", "inline", "module://matplotlib_inline.backend_inline")
DEFAULTS += ("module://ipykernel.pylab.backend_inline",)


def serve_plain_figures() -> None:
    """Make `plt.show()`, `savefig("x.svg")` and a notebook's own figures write text as text.

    Called by `helpers.set_language`. It loads nothing: it names the backend for matplotlib to
    load. Where the reader has chosen a backend (`matplotlib.use`, MPLBACKEND), or chooses one
    or a format later (`%matplotlib`, `%config InlineBackend.figure_formats`), that holds.
    Pictures of dots ("x.png") are matplotlib's own and need a font that has the letters.
    """
    chosen = os.environ.get("MPLBACKEND", "")
    if chosen not in (*DEFAULTS, BACKEND):
        return
    if "matplotlib" in sys.modules:
        import matplotlib

        # rcParams["backend"] itself would start a backend where none has been chosen.
        now = dict.get(matplotlib.rcParams, "backend")
        if isinstance(now, str) and now not in DEFAULTS:
            return
        matplotlib.use(BACKEND)
    os.environ["MPLBACKEND"] = BACKEND
