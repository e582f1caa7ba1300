"""What all figures share: colours, marks, one style, and the way to a finished picture."""

import io
import math
from dataclasses import dataclass, field
from functools import wraps

# From seaborn's "colorblind" palette, the orange darkened: each at least 3:1 on white and on
# a dark page. Marks, dashes and fills tell series apart where colour does not.
COLOURS = ["#0173b2", "#d55e00", "#029e73", "#c875b8", "#b87700", "#8c8c8c"]
MARKS = ["o", "s", "^", "D", "v", "P"]
DASHES = ["-", (0, (2.5, 1)), (0, (1, 1)), (0, (3.5, 1, 0.8, 1)), (0, (5, 2)), (0, (1.6, 1.6))]
# Twelve pixels of text stay nine where a figure of this width is shown on a phone.
WIDEST = 430
MARGIN = 6


@dataclass(frozen=True)
class Figure:
    """A drawn figure: its SVG and the words that stand for it (`alt`)."""

    svg: str = field(repr=False)
    alt: str

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"image/svg+xml": self.svg, "text/plain": self.alt}

    def __repr__(self):
        return self.alt


def points(pixels: float) -> float:
    """Pixels of the page in matplotlib's points."""
    return pixels * 0.75


def own_style(draw):
    """Draw with the book's style, whatever settings the reader's notebook has made."""

    @wraps(draw)
    def drawn(*arguments, **options):
        import matplotlib

        from helpers.figures.svg import INK

        with matplotlib.rc_context():
            matplotlib.rcdefaults()
            matplotlib.rcParams.update(
                {
                    "font.size": points(12),
                    "axes.labelsize": points(12),
                    "axes.facecolor": "none",
                    "axes.titlesize": points(13),
                    "axes.titleweight": 600,
                    "axes.titlelocation": "left",
                    "figure.titlesize": points(13),
                    "figure.titleweight": 600,
                    "axes.spines.top": False,
                    "axes.spines.right": False,
                    "axes.linewidth": points(1),
                    "axes.grid": True,
                    "axes.axisbelow": True,
                    "grid.alpha": 0.14,
                    "grid.linewidth": points(1),
                    "xtick.major.size": 0,
                    "ytick.major.size": 0,
                    "xtick.minor.size": 0,
                    "ytick.minor.size": 0,
                    "xtick.major.pad": points(6),
                    "ytick.major.pad": points(6),
                    "legend.frameon": False,
                    "legend.borderpad": 0,
                    "legend.borderaxespad": 0,
                    "legend.handlelength": 2.4,
                    "legend.columnspacing": 1.4,
                    "lines.linewidth": points(2),
                    "lines.markersize": points(6.5),
                    "lines.dash_capstyle": "butt",
                    "lines.solid_capstyle": "round",
                    "path.simplify": False,
                    **dict.fromkeys(
                        [
                            "text.color",
                            "axes.labelcolor",
                            "axes.edgecolor",
                            "xtick.color",
                            "ytick.color",
                            "grid.color",
                        ],
                        INK,
                    ),
                }
            )
            return draw(*arguments, **options)

    return drawn


def sheet(width: float, height: float, layout=None):
    """Return an empty matplotlib figure of so many pixels, without pyplot."""
    from matplotlib.figure import Figure as Sheet

    from helpers.figures.svg import FigureCanvas

    drawing = Sheet(figsize=(width / 96, height / 96), dpi=96, layout=layout)
    FigureCanvas(drawing)
    return drawing


def place(axes, left: float, top: float, width: float, height: float) -> None:
    """Put axes at whole pixels from the top left corner of their figure."""
    wide, high = axes.figure.get_size_inches() * 96
    axes.set_position([left / wide, 1 - (top + height) / high, width / wide, height / high])


def measured(axes) -> tuple[float, float, float, float]:
    """Return how far axes with all their words reach, in pixels: left, top, right, bottom."""
    drawing = axes.figure
    drawing.draw_without_rendering()
    high = drawing.get_size_inches()[1] * 96
    box = axes.get_tightbbox()
    return box.x0, high - box.y1, box.x1, high - box.y0


def finish(drawing, alt: str) -> Figure:
    """Cut the sheet to what was drawn on it, and write it."""
    from matplotlib.transforms import Bbox

    drawing.draw_without_rendering()
    box = drawing.get_tightbbox()  # in inches
    left, bottom = (math.floor(v * 96 - MARGIN + 0.01) / 96 for v in (box.x0, box.y0))
    right, top = (math.ceil(v * 96 + MARGIN - 0.01) / 96 for v in (box.x1, box.y1))
    out = io.BytesIO()
    drawing.canvas.print_figure(
        out,
        format="svg",
        bbox_inches=Bbox([[left, bottom], [right, top]]),
        facecolor="none",
        edgecolor="none",
        metadata={"Title": alt},
    )
    return Figure(out.getvalue().decode("utf-8").strip(), alt)
