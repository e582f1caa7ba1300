"""The book on paper: each page and the whole book of each language as PDF, from the finished site.

Chromium prints a page with its outline; pypdf joins pages, leads links from chapter to chapter,
numbers the sheets. A page that reads as it did when it was printed is not printed again.
"""

import hashlib
import html
import io
import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import jinja2
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    FloatObject,
    NameObject,
    NullObject,
    StreamObject,
    TextStringObject,
)

from helpers import __version__
from helpers.language import LANGUAGES, text
from tools.addresses import page_address, site_address
from tools.notebooks import ROOT, write
from tools.site import SiteError
from tools.site.contents import caption, parts, slugs
from tools.site.serve import server

STAMPS = "made-from.json"
BOOK = "book"  # the name of the whole book among the pages
LINK = re.compile(r'<a class="pdf" href="(?:\.\./)?pdf/([^"]+)\.pdf"[^>]*>[^<]*</a>\n?')
ARTICLE = re.compile(r"<article\b.*</article>", re.DOTALL)
# Everything is opened, every section can be led to from another chapter, nothing is cut off.
PREPARE = """() => {
  dispatchEvent(new Event("beforeprint"));
  const ends = document.createElement("div");
  ends.style = "position: absolute; width: 1px; height: 1px; overflow: hidden";
  for (const { id } of document.querySelectorAll("article [id]")) {
    const link = document.createElement("a");
    link.href = `#${id}`;
    ends.append(link);
  }
  document.querySelector("article").append(ends);
  for (const frame of document.querySelectorAll(".cell_output *")) {
    const scrolls = /auto|scroll/.test(getComputedStyle(frame).overflowX);
    if (scrolls && frame.scrollWidth > frame.clientWidth + 1) {
      frame.style.zoom = frame.clientWidth / frame.scrollWidth;
    }
  }
}"""
HEADINGS = """() => [...document.querySelectorAll("article :is(h1, h2, h3, h4, h5)")].map((h) => {
  const plain = h.cloneNode(true);
  for (const beside of plain.querySelectorAll(".headerlink, .katex-mathml")) beside.remove();
  return plain.textContent.trim().replace(/\\s+/g, " ");
})"""


def paper_digest(page: Path) -> str:
    """Return a digest of what paper shows of a finished page."""
    said = ARTICLE.search(LINK.sub("", page.read_text("utf-8")))[0]
    whole = hashlib.sha256(said.encode())
    for file in (ROOT / "_static/site.css", ROOT / "_templates/cover.html", Path(__file__)):
        whole.update(file.read_bytes())
    return whole.hexdigest()


def digests(site: Path, pages: list[str]) -> dict[str, str]:
    """Return what every PDF is made from: name (`03-….en`, `book.en`) -> digest."""
    found = {}
    for code in LANGUAGES:
        own = {f"{slug}.{code}": paper_digest(site / code / f"{slug}.html") for slug in pages}
        whole = json.dumps([*own.items(), __version__, site_address()])
        found |= own | {f"{BOOK}.{code}": hashlib.sha256(whole.encode()).hexdigest()}
    return found


def offer(staging: Path, pages: list[str], made: Path) -> None:
    """Put the PDFs that say what the pages say into the site; take the links to others away."""
    known = stamps(made)
    there = {name for name, digest in digests(staging, pages).items() if known.get(name) == digest}
    (staging / "pdf").mkdir()
    for name in there:
        shutil.copy(made / f"{name}.pdf", staging / "pdf")
    for page in staging.rglob("*.html"):
        said = page.read_text("utf-8")
        kept = LINK.sub(lambda found: found[0] if found[1] in there else "", said)
        if kept != said:
            page.write_text(kept, "utf-8")


def stamps(made: Path) -> dict[str, str]:
    """Return what each PDF in a folder was made from."""
    file = made / STAMPS
    return json.loads(file.read_text("utf-8")) if file.exists() else {}


def make_pdfs(site: Path, toc: dict, made: Path, chromium, languages=tuple(LANGUAGES)) -> None:
    """Print into the folder `made` what has changed since it was printed.

    Raises:
        SiteError: there is no font for a language.
    """
    made.mkdir(parents=True, exist_ok=True)
    known, wanted = stamps(made), digests(site, slugs(toc))
    known = {name: digest for name, digest in known.items() if wanted.get(name) == digest}
    changed = [code for code in languages if f"{BOOK}.{code}" not in known]
    for code in changed:
        demand_letters(code)

    def keep(name: str, content: bytes) -> None:
        (made / f"{name}.pdf").write_bytes(content)
        known[name] = wanted[name]
        write(made / STAMPS, json.dumps(known, indent=1))

    running = server(site)
    Thread(target=running.serve_forever, daemon=True).start()
    here = f"http://127.0.0.1:{running.server_port}/"
    tab = chromium.new_page(viewport={"width": 673, "height": 960}, color_scheme="light")
    tab.emulate_media(media="print")
    try:
        for code in changed:
            for name in [f"{slug}.{code}" for slug in slugs(toc)]:
                if name not in known:
                    tab.goto(f"{here}{code}/{name.removesuffix(f'.{code}')}.html")
                    headings = tab.evaluate(HEADINGS)
                    sheets = published(paper(tab, code), headings, here)
                    (made / f"{name}.sheets").write_bytes(sheets)  # without numbers, for the book
                    (made / f"{name}.json").write_text(json.dumps(headings), "utf-8")
                    keep(name, numbered(PdfWriter(clone_from=io.BytesIO(sheets))))
            keep(f"{BOOK}.{code}", book_pdf(tab, code, toc, made))
            print(
                f"  {code}  {len(PdfReader(made / f'{BOOK}.{code}.pdf').pages)} sheets", flush=True
            )
    finally:
        tab.close()
        running.shutdown()


def demand_letters(language: str) -> None:
    """Demand a font that has a language's letters: without one paper shows empty boxes.

    Raises:
        SiteError: fontconfig knows of none.
    """
    tag = LANGUAGES[language].html.lower()
    if shutil.which("fc-list"):
        run = subprocess.run(["fc-list", f":lang={tag}"], capture_output=True, text=True)
        if run.returncode == 0 and not run.stdout.strip():
            raise SiteError(
                f"No font here has the letters of {LANGUAGES[language].name}, and paper would show "
                "boxes. Debian, Ubuntu: apt install fonts-noto-cjk"
            )


def paper(tab, language: str) -> bytes:
    """Return the open page as PDF: A4, an outline of its headings, its title at the foot."""
    tab.evaluate(PREPARE)
    foot = (
        f'<p lang="{LANGUAGES[language].html}" style="margin: 0 16mm; font: 8pt sans-serif; '
        f'color: #566072">{html.escape(tab.title())}</p>'
    )
    return tab.pdf(
        format="A4",
        tagged=True,
        outline=True,
        prefer_css_page_size=True,
        display_header_footer=True,
        header_template="<p></p>",
        footer_template=foot,
    )


def published(sheets: bytes, headings: list[str], here: str) -> bytes:
    """Return a printed page, its outline in full words, its links to the published site."""
    writer = PdfWriter(clone_from=io.BytesIO(sheets))
    named(writer.root_object["/Outlines"], iter(headings))
    for link in links(writer.pages):
        address = str(link.get("/A", {}).get("/URI", ""))
        if address.startswith(here):
            whole = site_address() + address.removeprefix(here)
            link["/A"][NameObject("/URI")] = TextStringObject(whole)
    return written(writer)


def book_pdf(tab, language: str, toc: dict, made: Path) -> bytes:
    """Return the whole book: cover, contents, every page, one outline, links inside the book."""
    printed, headings = {}, {}
    for slug in slugs(toc):
        printed[slug] = PdfReader(made / f"{slug}.{language}.sheets")
        headings[slug] = json.loads((made / f"{slug}.{language}.json").read_text("utf-8"))
    titles = {slug: said[0] for slug, said in headings.items()}
    front_sheets = None
    while True:  # the contents' own length moves what they name
        starts, start = {}, front_sheets or 1
        for slug, reader in printed.items():
            starts[slug] = start
            start += len(reader.pages)
        tab.set_content(front_html(language, toc, titles, starts))
        front = PdfReader(io.BytesIO(paper(tab, language)))
        if len(front.pages) == front_sheets:
            break
        front_sheets = len(front.pages)
    writer = PdfWriter()
    for reader in (front, *printed.values()):
        for sheet in reader.pages:
            writer.add_page(sheet)
    base = f"{site_address()}{language}/"
    places = {}
    for slug, reader in printed.items():
        places[f"{base}{slug}.html"] = goal(writer, starts[slug])
        for name, place in reader.named_destinations.items():
            sheet = starts[slug] + reader.get_destination_page_number(place)
            places[f"{base}{slug}.html#{name.removeprefix('/')}"] = goal(writer, sheet, place.top)
        outline(writer, reader, reader.outline, starts[slug], iter(headings[slug]), number(slug))
    lead(writer.pages[:front_sheets], "", places)
    for slug, reader in printed.items():
        sheets = writer.pages[starts[slug] : starts[slug] + len(reader.pages)]
        lead(sheets, f"{base}{slug}.html", places)
    writer.add_metadata(
        {"/Title": text("site.title", language), "/Author": text("site.author", language)}
    )
    writer.root_object[NameObject("/Lang")] = TextStringObject(LANGUAGES[language].html)
    writer.page_mode = "/UseOutlines"
    return numbered(writer, first=1)


def front_html(language: str, toc: dict, titles: dict, starts: dict) -> str:
    """Return the cover and the contents, with the sheet that each page begins on."""
    loader = jinja2.FileSystemLoader(ROOT / "_templates")
    template = jinja2.Environment(loader=loader, autoescape=True).get_template("cover.html")

    def entry(slug: str) -> dict:
        return {
            "href": f"{site_address()}{language}/{slug}.html",
            "number": number(slug),
            "title": titles[slug],
            "sheet": starts[slug] + 1,
        }

    listed = [
        {
            "caption": part.get("caption") and caption(part["caption"], language),
            "pages": [entry(page["file"]) for page in part["chapters"]],
        }
        for part in parts(toc)
    ]
    return template.render(
        t=lambda key, **values: text(f"site.{key}", language, **values),
        html_lang=LANGUAGES[language].html,
        css=(ROOT / "_static/site.css").read_text("utf-8"),
        home=entry(toc["root"]),
        parts=listed,
        address=page_address(site_address(), language, "index"),
        version=__version__,
    )


def number(slug: str) -> str:
    """Return a chapter's number as its title has it, or nothing."""
    found = re.match(r"(\d+)-", slug)
    return str(int(found[1])) if found else ""


def links(sheets) -> Iterator[DictionaryObject]:
    """Give every link on some sheets."""
    for sheet in sheets:
        yield from (reference.get_object() for reference in sheet.get("/Annots", ()))


def goal(writer: PdfWriter, sheet: int, top: float | None = None) -> ArrayObject:
    """Return a place in the book: a sheet, and how far from its lower edge."""
    height = NullObject() if top is None else FloatObject(top)
    zoom = (NameObject("/XYZ"), NullObject(), height, NullObject())
    return ArrayObject([writer.pages[sheet].indirect_reference, *zoom])


def lead(sheets, own: str, places: dict[str, ArrayObject]) -> None:
    """Lead the links on the sheets of the page `own` to their places in the book, if there."""
    for link in links(sheets):
        if name := link.get("/Dest"):
            address = f"{own}#{str(name).removeprefix('/')}"
        else:
            address = str(link.get("/A", {}).get("/URI", ""))
        if place := places.get(address) or places.get(address.partition("#")[0]):
            link.pop("/A", None)
            link[NameObject("/Dest")] = place


def outline(writer, reader, entries, start: int, headings, mark: str = "", parent=None) -> None:
    """Add a page's outline to the book's, in the words of its headings after its number."""
    last = None
    for entry in entries:
        if isinstance(entry, list):
            outline(writer, reader, entry, start, headings, parent=last)
            continue
        sheet = start + reader.get_destination_page_number(entry)
        last = writer.add_outline_item(f"{mark} {next(headings)}".strip(), sheet, parent=parent)
        last.get_object()[NameObject("/Dest")] = goal(writer, sheet, entry.top)
        last.get_object().pop("/A", None)


def named(entry: DictionaryObject, headings: Iterator[str]) -> None:
    """Give what stands below an entry of an outline the words of the page's headings.

    Chromium's own lack the space where a heading's line ends, and say a formula twice.
    """
    below = entry.get("/First")
    while below is not None:
        below = below.get_object()
        below[NameObject("/Title")] = TextStringObject(next(headings))
        named(below, headings)
        below = below.get("/Next")


def numbered(writer: PdfWriter, first: int = 0) -> bytes:
    """Return the PDF with a number at the foot of each sheet from `first` on."""
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    font = writer._add_object(font)
    before = StreamObject()
    before.set_data(b"q\n")
    before = writer._add_object(before)
    for index, sheet in enumerate(writer.pages):
        if index < first:
            continue
        said = str(index + 1)
        place = float(sheet.mediabox.right) - 46 - 4.5 * len(said)  # 16 mm from the edge
        after = StreamObject()
        after.set_data(
            f"\nQ /Artifact BMC q .34 .38 .45 rg BT /SheetNumber 8 Tf {place:.1f} 19.5 Td "
            f"({said}) Tj ET Q EMC".encode()
        )
        contents = sheet["/Contents"].get_object()
        own = contents if isinstance(contents, ArrayObject) else [sheet.raw_get("/Contents")]
        sheet[NameObject("/Contents")] = ArrayObject([before, *own, writer._add_object(after)])
        fonts = sheet["/Resources"].setdefault(NameObject("/Font"), DictionaryObject())
        fonts.get_object()[NameObject("/SheetNumber")] = font
    return written(writer)


def written(writer: PdfWriter) -> bytes:
    """Return a PDF as a file's content."""
    whole = io.BytesIO()
    writer.write(whole)
    return whole.getvalue()
