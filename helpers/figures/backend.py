"""The backend that pyplot loads for a reader's own figures: see `plain`.

In a notebook a figure is shown at the end of the cell that drew it, as by Jupyter's inline
backend, with the formats of that backend's own settings; SVG where nothing is set. In a script
`plt.show()` opens the figures in the reader's browser.
"""

import tempfile
import webbrowser
from pathlib import Path

import matplotlib

from helpers.figures.svg import FigureCanvas, FigureManager

__all__ = ["FigureCanvas", "FigureManager", "show"]


def _kernel():
    """Return the shell of the notebook that this runs in, or None."""
    try:
        from IPython import get_ipython
    except ImportError:
        return None
    shell = get_ipython()
    return shell if hasattr(shell, "kernel") else None


def show(*arguments, **options) -> None:
    """Show every open figure, and close it."""
    from matplotlib import pyplot

    try:
        for number in pyplot.get_fignums():
            figure = pyplot.figure(number)
            if _kernel():
                from IPython.display import display

                display(figure)
            else:
                path = Path(tempfile.mkdtemp()) / f"figure-{number}.svg"
                figure.savefig(path)
                if not webbrowser.open(path.as_uri()):
                    print(path)
    finally:
        pyplot.close("all")


def _show_after_the_cell() -> None:
    from matplotlib import pyplot

    ours = matplotlib.get_backend() == f"module://{__name__}"
    if ours and matplotlib.is_interactive() and pyplot.get_fignums():
        show()


def _enter(shell) -> None:
    """Take the part of Jupyter's inline backend in this notebook."""
    from IPython.core.pylabtools import select_figure_formats
    from matplotlib_inline.config import InlineBackend

    settings = InlineBackend.instance(parent=shell)
    settings.shell = shell
    if settings not in shell.configurables:
        shell.configurables.append(settings)
    if settings.figure_formats == {"png"}:  # as Jupyter comes
        settings.figure_formats = {"svg"}
    select_figure_formats(shell, settings.figure_formats, **settings.print_figure_kwargs)
    matplotlib.interactive(True)
    shell.events.register("post_execute", _show_after_the_cell)


if (_shell := _kernel()) is not None:
    _enter(_shell)
