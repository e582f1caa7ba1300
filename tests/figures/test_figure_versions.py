"""Nothing left behind, nothing changing: fresh processes, own settings, other matplotlibs."""

import os
import subprocess
import sys

import pytest

from helpers import examples, figures

PROGRAM = """
import sys, warnings
sys.path.insert(0, "tests/figures")
import helpers.figures
assert not {"matplotlib", "seaborn", "numpy.ma"} & set(sys.modules) - {"numpy.ma"}, "too early"
import matplotlib
warnings.simplefilter("error")
before = dict(matplotlib.rcParams)
from cases import every
from helpers import set_language
import hashlib
words = hashlib.sha256()
for code in ("en", "ja"):
    set_language(code)
    for name, figure in every().items():
        words.update(figure.svg.encode() + figure.alt.encode())
assert dict(matplotlib.rcParams) == before, "rcParams changed"
import matplotlib.pyplot
assert not matplotlib.pyplot.get_fignums(), "a pyplot figure is left"
print(words.hexdigest())
"""


def test_fresh_processes_draw_the_same_without_a_warning_or_a_trace():
    printed = set()
    for seed in ("0", "1"):
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", PROGRAM],
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": seed, "MPLBACKEND": "agg"},
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        printed.add(done.stdout)
    assert len(printed) == 1


def test_the_readers_own_matplotlib_settings_change_nothing():
    import matplotlib

    one = figures.heatmap(examples.inputs, examples.tokens, 3).svg
    line = figures.lines([1, 2], {"loss": [1, 2]}, x_label="step", y_label="loss").svg
    theirs = {"font.size": 30, "lines.linewidth": 9, "savefig.bbox": "tight", "axes.xmargin": 0.4}
    with matplotlib.rc_context(theirs):
        assert figures.heatmap(examples.inputs, examples.tokens, 3).svg == one
        again = figures.lines([1, 2], {"loss": [1, 2]}, x_label="step", y_label="loss").svg
        assert again == line
        assert matplotlib.rcParams["font.size"] == 30


OTHER = os.environ.get("OTHER_MATPLOTLIB")


@pytest.mark.skipif(not OTHER, reason="OTHER_MATPLOTLIB names no folder with another matplotlib")
def test_another_matplotlib_draws_the_same():
    """Compare with a matplotlib in another folder, say the oldest that `helpers` accepts:

    pip install --target /tmp/oldest "matplotlib==3.8.4" "numpy<2" "pandas<3" "pyparsing<3.3"
    OTHER_MATPLOTLIB=/tmp/oldest pytest tests/figures
    """
    printed = set()
    for path in ("", OTHER):
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM],
            capture_output=True,
            text=True,
            env={
                **os.environ,
                "MPLBACKEND": "agg",
                "PYTHONPATH": os.pathsep.join(filter(None, [path, os.environ.get("PYTHONPATH")])),
            },
        )
        assert done.returncode == 0, done.stderr
        printed.add(done.stdout)
    assert len(printed) == 1


def test_what_the_backend_relies_on_is_there_and_public():
    import inspect

    from matplotlib import backend_bases
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.path import Path

    from helpers.figures.svg import FigureCanvas, TextRenderer

    for name, parameters in {
        "draw_path": ["gc", "path", "transform", "rgbFace"],
        "draw_text": ["gc", "x", "y", "s", "prop", "angle", "ismath", "mtext"],
        "draw_image": ["gc", "x", "y", "im", "transform"],
        "draw_gouraud_triangles": ["gc", "triangles_array", "colors_array", "transform"],
        "get_text_width_height_descent": ["s", "prop", "ismath"],
        "points_to_pixels": ["points"],
        "get_canvas_width_height": [],
        "option_scale_image": [],
    }.items():
        for owner in (backend_bases.RendererBase, TextRenderer):
            method = inspect.signature(getattr(owner, name))
            assert [p for p in method.parameters if p != "self"] == parameters, name
    assert issubclass(FigureCanvas, FigureCanvasSVG)
    assert callable(backend_bases.register_backend)
    assert {"clip", "remove_nans", "simplify"} <= set(
        inspect.signature(Path.iter_segments).parameters
    )
