"""The book on paper: chapters and the whole, with outline, numbers, links and solutions."""

import io
import os
import shutil
import subprocess

import pytest
from pypdf import PdfReader

from tools.addresses import site_address
from tools.site import SiteError, pdf
from tools.site import browser as browsers
from tools.site.pdf import make_pdfs, offer

SLUGS = ("index", "03-simple-self-attention", "glossary")
TOC = {"root": SLUGS[0], "chapters": [{"file": slug} for slug in SLUGS[1:]]}


@pytest.fixture(scope="module")
def made(site, browser, tmp_path_factory):
    """Chapter 3, the first page and the glossary as a book of their own, in two languages."""
    folder = tmp_path_factory.mktemp("pdf")
    try:
        make_pdfs(site, TOC, folder, browser, ("en", "zh"))
    except SiteError as error:  # no font
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(error))
    return folder


def titles(entries):
    for entry in entries:
        yield from titles(entry) if isinstance(entry, list) else [entry.title]


def said(reader):
    return "\n".join(sheet.extract_text() for sheet in reader.pages)


@pytest.mark.parametrize("code, word", [("en", "Solution"), ("zh", "答案")])
def test_a_chapter_on_paper(made, code, word):
    reader = PdfReader(made / f"03-simple-self-attention.{code}.pdf")
    listed = list(titles(reader.outline))
    assert len(listed) > 10 and len(set(listed)) == len(listed)
    text = said(reader)
    assert word in text and "torch.stack(rows)" in text  # what is closed on the screen
    for number, sheet in enumerate(reader.pages, 1):
        assert sheet.extract_text().rstrip().endswith(str(number))
    targets = {
        str(link.get_object()["/A"]["/URI"])
        for sheet in reader.pages
        for link in sheet.get("/Annots", ())
        if "/A" in link.get_object()
    }
    assert f"{site_address()}{code}/glossary.html#score" in targets
    assert not [target for target in targets if "127.0.0.1" in target]


def test_a_whole_book_on_paper(made):
    reader = PdfReader(made / "book.en.pdf")
    assert reader.metadata.title == "Attention, Step by Step"
    tops = [entry for entry in reader.outline if not isinstance(entry, list)]
    assert [entry.title for entry in tops] == [
        "Attention, Step by Step", "3 Simple self-attention", "Glossary"
    ]  # fmt: skip
    contents = reader.pages[1].extract_text()
    for entry in tops:
        sheet = reader.get_destination_page_number(entry)
        assert str(sheet + 1) in contents
        assert entry.title.split(" ", 1)[-1][:9] in reader.pages[sheet].extract_text()
    places = {
        str(link.get_object().get("/A", {}).get("/URI", "inside"))
        for sheet in reader.pages
        for link in sheet.get("/Annots", ())
    }
    assert "inside" in places  # from chapter to glossary
    assert not [place for place in places if "glossary" in place or "127.0.0.1" in place]


def test_no_sheet_is_half_empty(made):
    """Apart from the last of a chapter: text reaches the lower half of every sheet."""
    if not shutil.which("pdftoppm"):
        pytest.skip("pdftoppm is not here: apt install poppler-utils")
    from PIL import Image

    for path in made.glob("03-*.pdf"):
        for number in range(1, len(PdfReader(path).pages)):
            command = ["pdftoppm", "-gray", "-r", "20", "-f", str(number), "-l", str(number), path]
            sheet = Image.open(io.BytesIO(subprocess.check_output(command)))
            width, height = sheet.size
            body = sheet.crop((0, 0, width, int(height * 0.93))).point(lambda p: 255 * (p < 200))
            assert body.getbbox()[3] > height / 2, (path.name, number)


def test_the_site_offers_the_pdfs_that_say_what_its_pages_say(made, site, tmp_path):
    shutil.copytree(site, tmp_path / "site", ignore=shutil.ignore_patterns("pdf*", "pagefind"))
    chapter = tmp_path / "site/en/03-simple-self-attention.html"
    link = '<a class="pdf" href="../pdf/03-simple-self-attention.en.pdf">PDF</a>'
    page = chapter.read_text("utf-8")
    if link[:30] not in page:
        page = page.replace('<nav class="run"', f'{link}\n<nav class="run"', 1)
    chapter.write_text(page, "utf-8")
    offer(tmp_path / "site", list(SLUGS), made)
    assert (tmp_path / "site/pdf/03-simple-self-attention.en.pdf").exists()
    assert 'class="pdf"' in chapter.read_text("utf-8")
    chapter.write_text(page.replace("Simple self", "Plain self"), "utf-8")
    shutil.rmtree(tmp_path / "site/pdf")
    offer(tmp_path / "site", list(SLUGS), made)
    assert not (tmp_path / "site/pdf/03-simple-self-attention.en.pdf").exists()
    assert 'class="pdf"' not in chapter.read_text("utf-8")


def test_without_a_browser_one_sentence_says_so(monkeypatch):
    monkeypatch.setattr(browsers, "chromium", lambda: None)
    with pytest.raises(SiteError, match="apt install chromium"), browsers.browser():
        pass


def test_without_letters_one_sentence_says_so(monkeypatch):
    monkeypatch.setattr(pdf.shutil, "which", lambda name: name)
    silent = subprocess.CompletedProcess([], 0, stdout="")
    monkeypatch.setattr(pdf.subprocess, "run", lambda *_, **__: silent)
    with pytest.raises(SiteError, match="fonts-noto-cjk"):
        pdf.demand_letters("ja")
