"""The picture that a shared link shows: a page's English title and the book's first map.

Ours: sphinxext-opengraph draws cards of text alone, and would bring its own tags to layout.html.
"""

import re
import textwrap
from pathlib import Path

from helpers.language import text
from tools.notebooks import SOURCE, read


def previews(folder: Path, slugs: list[str], to: Path) -> None:
    """Draw the picture that a shared link shows: a page's English title and the book's first map.

    Titles in English alone, because only matplotlib's own (Latin) font is sure to be there.
    """
    import matplotlib
    from PIL import Image, ImageDraw, ImageFont

    from helpers import pure
    from helpers.examples import inputs

    font = Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans-Bold.ttf"
    rows = pure.attention_weights(inputs.tolist())
    to.mkdir(parents=True)
    for slug in slugs:
        picture = Image.new("RGB", (1200, 630), "#12294a")
        draw = ImageDraw.Draw(picture)
        for i, row in enumerate(rows):
            for j, weight in enumerate(row):
                light = min(1.0, weight * 4)
                x, y = 700 + 72 * j, 100 + 72 * i
                colour = tuple(
                    int(a + (b - a) * light) for a, b in ((18, 143), (41, 188), (74, 255))
                )
                draw.rounded_rectangle((x, y, x + 66, y + 66), 8, fill=colour)
        title = text("site.title", SOURCE)
        draw.text((70, 90), title, fill="#a9c8f5", font=ImageFont.truetype(font, 30))
        name = page_title(folder, slug)
        if name != title:
            size = ImageFont.truetype(font, 56)
            lines = textwrap.fill(name, 17)
            draw.multiline_text((70, 190), lines, fill="white", font=size, spacing=18)
        picture.save(to / f"{slug}.png", optimize=True)


def page_title(folder: Path, slug: str) -> str:
    """Return the English title of a page."""
    notebook = folder / SOURCE / f"{slug}.ipynb"
    if notebook.exists():
        source = "\n".join(cell["source"] for cell in read(notebook)["cells"])
    else:
        source = (folder / SOURCE / f"{slug}.md").read_text("utf-8")
    return re.search(r"^# (.+)$", source, re.MULTILINE)[1].replace("`", "")
