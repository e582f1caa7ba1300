"""What stands above the languages: chooser, 404 page, sitemap, robots.txt.

The sitemap is ours: sphinx-sitemap writes one build's pages, and this one joins four.
"""

import html
from pathlib import Path

import jinja2

from helpers.language import LANGUAGES, text
from tools.addresses import page_address, repository
from tools.notebooks import ROOT
from tools.site.policy import file_version, script_policy


def root_pages(staging: Path, base: str, slugs: list[str]) -> None:
    """Write what stands above the languages: chooser, 404 page, sitemap, robots.txt."""
    loader = jinja2.FileSystemLoader(ROOT / "_templates")
    templates = jinja2.Environment(loader=loader, autoescape=True, keep_trailing_newline=True)
    templates.globals |= {
        "base": base,
        "languages": LANGUAGES,
        "text": text,
        "policy": script_policy,
        "version_of": file_version,
        "repository": repository(),
        "css": (ROOT / "_static/site.css").read_text("utf-8"),
    }
    for template, name in (("chooser.html", "index.html"), ("404.html", "404.html")):
        (staging / name).write_text(templates.get_template(template).render(), "utf-8")
    entries = [f"<url><loc>{html.escape(base)}</loc></url>"]
    for slug in slugs:
        alternates = "".join(
            f'<xhtml:link rel="alternate" hreflang="{other.html}" '
            f'href="{html.escape(page_address(base, code, slug))}"/>'
            for code, other in LANGUAGES.items()
        )
        entries += [
            f"<url><loc>{html.escape(page_address(base, code, slug))}</loc>{alternates}</url>"
            for code in LANGUAGES
        ]
    sitemap = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:xhtml="http://www.w3.org/1999/xhtml">\n' + "\n".join(entries) + "\n</urlset>\n"
    )
    (staging / "sitemap.xml").write_text(sitemap, "utf-8")
    (staging / "robots.txt").write_text(f"User-agent: *\nAllow: /\nSitemap: {base}sitemap.xml\n")
    (staging / ".nojekyll").touch()  # GitHub Pages would leave out folders that begin with _
