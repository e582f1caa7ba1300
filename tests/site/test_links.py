"""Where the links of the finished pages lead."""

import datetime
import re
import tomllib

import pytest

from helpers.language import LANGUAGES
from tools.addresses import colab_link, repository, site_address
from tools.notebooks import CHAPTERS, chapters
from tools.site.links import broken_links


def test_no_link_leads_nowhere(site):
    base = site_address()
    assert broken_links(site, base) == []


def test_broken_links_are_found(tmp_path):
    (tmp_path / "a.html").write_text('<a href="b.html#here">x</a><h1 id="here"></h1>')
    (tmp_path / "b.html").write_text(
        '<a href="a.html#here">x</a><a href="c.html">y</a><img src="no.svg">'
        '<a href="https://book.test/en/">z</a><a href="https://example.org/">w</a>'
    )
    assert broken_links(tmp_path, "https://book.test/") == [
        "a.html: b.html#here names no place on that page",
        "b.html: c.html leads to no file",
        "b.html: no.svg leads to no file",
        "b.html: https://book.test/en/ leads to no file",
    ]


def test_external_links_are_listed_with_the_day_they_were_opened(site):
    listed = tomllib.loads((CHAPTERS / "links.toml").read_text("utf-8"))
    assert all(isinstance(day, datetime.date) for day in listed.values())
    base = site_address()
    ours = (base, repository(), "https://colab.research.google.com/github/")
    for path in site.glob("*/*.html"):
        for target in re.findall(r'<a [^>]*href="(https?:[^"]+)"', path.read_text("utf-8")):
            assert target.startswith(ours) or target in listed, (path.name, target)


@pytest.mark.parametrize("code", LANGUAGES)
def test_notebook_links_lead_to_the_notebook_of_that_language(site, code):
    assert chapters(code)
    for notebook in chapters(code):
        html = (site / code / f"{notebook.stem}.html").read_text("utf-8")
        assert f'href="{colab_link(repository(), f"{code}/{notebook.name}")}"' in html
        download = re.search(r'href="([^"]+)" download="([^"]+)"', html)
        assert (site / code / download[1]).read_bytes() == notebook.read_bytes()
        assert download[2] == f"{notebook.stem}.{code}.ipynb"
