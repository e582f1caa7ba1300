"""Reading without a network: the service worker, the manifests and the icons of the finished site.

`offline: false` in _config.yml gives a worker that takes back what it has kept on readers' devices.
"""

import html
import json
from pathlib import Path

from helpers.language import LANGUAGES, text
from tools.addresses import configuration
from tools.notebooks import ROOT

ICON_SIZES = (192, 512)
GRID = ((1, 0.35, 0.15), (0.45, 1, 0.3), (0.2, 0.55, 1))  # the favicon's nine squares
BLUE = (29, 79, 145)


def write_worker(staging: Path, version: str) -> None:
    """Write service-worker.js for this version of the site."""
    said = "".join(
        f'<p lang="{language.html}">{html.escape(text("site.not_kept", code))}</p>'
        for code, language in LANGUAGES.items()
    )
    title = html.escape(text("site.title", "en"))
    page = (
        '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width"><title>{title}</title><body><main><h1>{title}</h1>{said}'
    )
    script = (ROOT / "_templates/service-worker.js").read_text("utf-8")
    wanted = configuration().get("offline", True)
    for name, value in (("version", version), ("not_kept", page.replace('"', '\\"'))):
        script = script.replace(f'"{{{name}}}"', f'"{value}"')
    (staging / "service-worker.js").write_text(
        script.replace("{wanted}", json.dumps(bool(wanted))), "utf-8"
    )


def write_manifests(staging: Path) -> None:
    """Write what makes the site installable: a manifest per language, and icons."""
    from PIL import Image, ImageDraw

    icons = [{"src": "../_static/favicon.svg", "sizes": "any", "type": "image/svg+xml"}]
    for size in ICON_SIZES:
        picture = Image.new("RGB", (size, size), BLUE)
        draw = ImageDraw.Draw(picture)
        step = size * 0.2  # the squares stay inside the circle that a device may cut out
        for row, strengths in enumerate(GRID):
            for column, strength in enumerate(strengths):
                x, y = (size / 2 + step * (place - 1.5) for place in (column, row))
                colour = tuple(round(part + (255 - part) * strength) for part in BLUE)
                draw.rectangle((x, y, x + step * 0.86, y + step * 0.86), colour)
        picture.save(staging / f"_static/icon-{size}.png", optimize=True)
        icon = {"src": f"../_static/icon-{size}.png", "sizes": f"{size}x{size}"}
        icons.append(icon | {"type": "image/png", "purpose": "any maskable"})
    for code, language in LANGUAGES.items():
        manifest = {
            "name": text("site.title", code),
            "short_name": text("site.title", code),
            "description": text("site.description", code),
            "lang": language.html,
            "id": f"../{code}/",
            "start_url": "index.html",
            "scope": "../",
            "display": "standalone",
            "background_color": "#ffffff",
            "theme_color": "#ffffff",
            "icons": icons,
        }
        (staging / code / "book.webmanifest").write_text(
            json.dumps(manifest, ensure_ascii=False, indent=1), "utf-8"
        )
