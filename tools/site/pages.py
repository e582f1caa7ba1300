"""When Sphinx writes a page: what _templates/layout.html shows."""

import html
import json
import re
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

from helpers.language import LANGUAGES, text
from tools.addresses import configuration, page_address, runner_links, source_link
from tools.notebooks import SOURCE
from tools.site.answers import FIELD, page_words
from tools.site.cells import named_parts, wrapped_lines
from tools.site.contents import caption
from tools.site.glossary import with_chapters, with_definitions
from tools.site.policy import (
    EARLY_SCRIPT,
    SCRIPT,
    file_version,
    script_policy,
    widget_scripts,
)

# Of all code tokens, those that _static/site.css gives no colour: thousands on a long page.
COLOURED = r"k[ncdr]?|ow|s[12adieb]?|m[ifbh]|c[1m]?|n[fcdb]|bp|fm"
# In a translation: an English word, a variable or a title, which is slanted and does not shout.
LATIN_EMPHASIS = re.compile(r"<(em|i|cite)>([^<>\u2e80-\uffff]*[A-Za-z][^<>\u2e80-\uffff]*)</\1>")
PLAIN_TOKEN = re.compile(rf'<span class="(?!(?:{COLOURED})")[^"]*">([^<]*)</span>')


def titles_changed(app: Sphinx, env) -> list[str]:
    """Return every page when a title or the order has changed: each page lists the chapters.

    Return the glossary when a chapter uses other terms: it leads back to them.
    """
    now = [(name, env.titles[name].astext()) for name in chapter_names(env)]
    before, env.book_titles = getattr(env, "book_titles", None), now
    terms = [env.metadata[name].get("terms") for name in chapter_names(env)]
    terms_before, env.book_terms = getattr(env, "book_terms", None), terms
    if now != before:
        return sorted(env.found_docs)
    return ["glossary"] if terms != terms_before and "glossary" in env.found_docs else []


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


def page_body(body: str, language: str) -> str:
    """Return a page's text: anchors on headings, wide tables in a frame, each script once."""
    link = html.escape(text("site.link_here", language), quote=True)
    body = re.sub(r'<section( class="[^"]*")? id="([^"]+)">\s*<h([1-6])>',
                  r'<section\1>\n<h\3 id="\2">', body)  # fmt: skip
    body = re.sub(
        r"<pre>.*?</pre>", lambda code: PLAIN_TOKEN.sub(r"\1", code[0]), body, flags=re.DOTALL
    )
    body = named_parts(wrapped_lines(body), language)
    body = re.sub(r"<h([12]) id=", r'<h\1 data-pagefind-weight="10" id=', body)
    body = re.sub(
        r'<a class="headerlink" href="([^"]+)"[^>]*>',
        rf'<a class="headerlink" href="\1" aria-label="{link}" data-pagefind-ignore>',
        body,
    )
    if language != SOURCE:
        body = LATIN_EMPHASIS.sub(r'<\1 lang="en">\2</\1>', body)
    # A formula once: as it is seen, not as it is spoken as well.
    body = body.replace('class="katex-mathml"', 'class="katex-mathml" data-pagefind-ignore')
    body = re.sub(r'<summary aria-label="[^"]*">', "<summary>", body)
    body = re.sub(r'(<table class="docutils.*?</table>)', r'<div class="wide">\1</div>', body,
                  flags=re.DOTALL)  # fmt: skip
    seen = set()

    def once(found: re.Match) -> str:
        new = found[0] not in seen
        seen.add(found[0])
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
    body = with_definitions(page_body(context["body"], language), language)
    if slug == "glossary":
        chapters = [
            entry(name) | {"terms": env.metadata[name]["terms"]}
            for name in chapter_names(env)
            if env.metadata[name].get("terms")
        ]
        body = with_chapters(body, chapters, language)
    static = "../_static/" if config.book_site else context["pathto"]("_static/", 1)
    name = f"chapters/{language}/{source.name}"
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
        "parts": [
            {
                "caption": part.caption and caption(part.caption, language),
                "chapters": [entry(name) for name in part.items],
            }
            for part in env.external_site_map.root.subtrees
        ],
        "previous_page": entry(order[place - 1]) if place > 0 else None,
        "next_page": entry(order[place + 1]) if place + 1 < len(order) else None,
        "number": number_of(pagename),
        "sections": sections,
        "title_and_text": re.split(r"(?<=</h1>)", body, maxsplit=1),
        "has_math": any(doctree.findall(lambda n: isinstance(n, nodes.math | nodes.math_block))),
        "has_terms": 'data-definition="' in body,
        "answer_words": page_words(language) if FIELD in body else None,
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
        "runners": runner_links(config.book_repository, f"{language}/{source.name}")
        if is_notebook
        else {},
        "notebook": name,
        "mend": source_link(config.book_repository, language, source.name),
        "download": context["pathto"](f"_sources/{context['sourcename']}", 1)
        if is_notebook
        else None,
        "repository": config.book_repository,
        "early_script": EARLY_SCRIPT,
        "policy": script_policy(EARLY_SCRIPT, *widget_scripts(body, name)),
        "version_of": file_version,
        "offline": configuration().get("offline", True),
        "search_script": f"./search.js?v={file_version('search.js')}",  # beside site.js
    }
    context["description"] = (
        text("site.description", language) if place == 0 else description(doctree, title, language)
    )
    context["structured_data"] = structured_data(context, context["number"])
