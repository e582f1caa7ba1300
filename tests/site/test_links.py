"""Where the links of the finished pages lead."""

import datetime
import re
import tomllib

import pytest

from helpers.language import LANGUAGES, text
from tools.addresses import reference, repository, runner_links, site_address
from tools.notebooks import CHAPTERS, ROOT, chapters
from tools.site.links import broken_links


def test_no_link_leads_nowhere(site, verified):
    base = site_address()
    assert broken_links(site, base) == []
    pages = [path for path in site.rglob("*.html") if "pagefind" not in path.parts]
    verified("pages of the site", len(pages))
    verified("links on them", sum(path.read_text("utf-8").count("<a ") for path in pages))


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
        for name, link in runner_links(repository(), f"{code}/{notebook.name}").items():
            assert f'href="{link}">{text("site.open_in", code, runner=name)}</a>' in html
        assert f"jupyter lab chapters/{code}/{notebook.name}</pre>" in html
        download = re.search(r'href="([^"]+)" download="([^"]+)"', html)
        assert (site / code / download[1]).read_bytes() == notebook.read_bytes()
        assert download[2] == f"{notebook.stem}.{code}.ipynb"


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_page_leads_to_its_own_source(site, code):
    for path in site.glob(f"{code}/*.html"):
        link = re.search(r'<p class="mend"><a href="([^"]+)"', path.read_text("utf-8"))[1]
        source = ROOT / link.removeprefix(f"{repository()}/edit/main/")
        assert source.is_file() and source.stem == path.stem, link
        assert source.parent.name == code or path.stem == "glossary", link


def test_a_runner_is_one_line(tmp_path):
    config = (ROOT / "_config.yml").read_text("utf-8")
    line = "  Elsewhere: https://run.test/{repository}?file={path}&version={tag}\n"
    (tmp_path / "_config.yml").write_text(
        config.replace("runners:\n", "runners:\n" + line), "utf-8"
    )
    links = runner_links("https://github.com/owner/name", "ja/03-x.ipynb", tmp_path)
    assert list(links) == ["Elsewhere", "Colab"]
    assert links["Elsewhere"] == (
        f"https://run.test/owner/name?file=chapters/ja/03-x.ipynb&version={reference()}"
    )
