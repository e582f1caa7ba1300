"""The picture that a shared link shows: a page's English title and the book's first map.

Ours: sphinxext-opengraph draws cards of text alone, and would bring its own tags to layout.html.
"""

import hashlib
import re
import shutil
import textwrap
from pathlib import Path

from helpers.language import text
from tools.notebooks import SOURCE, read


def previews(folder: Path, slugs: list[str], to: Path, kept: Path) -> None:
    """Draw the picture that a shared link shows: a page's English title and the book's first map.

    `kept` holds those of the last build; one of the same title is not drawn again.
    Titles in English alone, because only matplotlib's own (Latin) font is sure to be there.
    """
    to.mkdir(parents=True)
    kept.mkdir(exist_ok=True)
    for slug in slugs:
        name = page_title(folder, slug)
        same = kept / f"{hashlib.sha256(name.encode()).hexdigest()[:16]}.png"
        if not same.exists():
            draft = kept / "draft.png"  # so that what is kept is whole
            draw(name, draft)
            draft.replace(same)
        shutil.copy(same, to / f"{slug}.png")


def draw(name: str, to: Path) -> None:
    """Draw the picture of the page called `name`."""
    import matplotlib
    from PIL import Image, ImageDraw, ImageFont

    from helpers import pure
    from helpers.examples import inputs

    font = Path(matplotlib.get_data_path()) / "fonts/ttf/DejaVuSans-Bold.ttf"
    picture = Image.new("RGB", (1200, 630), "#12294a")
    canvas = ImageDraw.Draw(picture)
    for i, row in enumerate(pure.attention_weights(inputs.tolist())):
        for j, weight in enumerate(row):
            light = min(1.0, weight * 4)
            x, y = 700 + 72 * j, 100 + 72 * i
            colour = tuple(int(a + (b - a) * light) for a, b in ((18, 143), (41, 188), (74, 255)))
            canvas.rounded_rectangle((x, y, x + 66, y + 66), 8, fill=colour)
    title = text("site.title", SOURCE)
    canvas.text((70, 90), title, fill="#a9c8f5", font=ImageFont.truetype(font, 30))
    if name != title:
        size = ImageFont.truetype(font, 56)
        lines = textwrap.fill(name, 17)
        canvas.multiline_text((70, 190), lines, fill="white", font=size, spacing=18)
    picture.save(to, optimize=True)


def page_title(folder: Path, slug: str) -> str:
    """Return the English title of a page."""
    notebook = folder / SOURCE / f"{slug}.ipynb"
    if notebook.exists():
        source = "\n".join(cell["source"] for cell in read(notebook)["cells"])
    else:
        source = (folder / SOURCE / f"{slug}.md").read_text("utf-8")
    return re.search(r"^# (.+)$", source, re.MULTILINE)[1].replace("`", "")
