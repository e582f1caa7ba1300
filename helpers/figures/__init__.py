"""The static figures of the chapters, as small SVG images in the reader's language.

One kind a file; seaborn and matplotlib draw them on a canvas that writes text as text (svg.py).
Both libraries are loaded when a figure is drawn, never when this package is imported.

Words passed in code (`title`, `x_label`, `y_label`, the names of series) are keys of
words/label.toml or of the chapter's own labels: "scores" is shown as "scores", "スコア",
"점수" or "得分". A key may carry a value ("temperature=0.5", "head=1"), and short mathematics
is written between dollars ("$d_k$", "$n^2$"). Data (rows, columns, categories, names of
vectors) is shown as it is; `label("scores")` gives the word for a key where data needs one.

What the colour of a heatmap says is true on a light and on a dark page: the stronger the
larger. Text and axes are drawn in the page's own ink.
"""

from helpers.figures.arrows import arrows
from helpers.figures.attention_steps import attention_steps
from helpers.figures.bars import bars
from helpers.figures.heatmap import heatmap, heatmaps
from helpers.figures.lines import lines
from helpers.figures.plain import serve_plain_figures
from helpers.figures.style import COLOURS, DASHES, MARKS, Figure
from helpers.figures.words import label

__all__ = [
    "COLOURS",
    "DASHES",
    "MARKS",
    "Figure",
    "arrows",
    "attention_steps",
    "bars",
    "heatmap",
    "heatmaps",
    "label",
    "lines",
    "serve_plain_figures",
]
