"""Every page as a reader meets it: in a real browser, in four languages, in both themes."""

import re

import pytest
from browsing import THEMES, page_names

from helpers.examples import tokens
from helpers.language import LANGUAGES
from tools.notebooks import TRANSLATIONS, chapters, lagging, read

# Thousands of coloured code tokens take axe most of its time; one of each colour says as much.
ONE_TOKEN_OF_EACH_KIND = """() => {
  const seen = new Set();
  for (const token of document.querySelectorAll(".highlight span:not(.said, .loose)")) {
    const kind = token.className + Boolean(token.closest(".cell_output"));
    if (seen.has(kind)) token.replaceWith(...token.childNodes);
    seen.add(kind);
  }
}"""
# Everything a reader may see or hear, without code, formulas, tokens and titles in emphasis.
WORDS = """() => {
  for (const whole of document.querySelectorAll(".whole")) whole.replaceWith(...whole.childNodes);
  document.body.normalize();
  const found = [document.title];
  const skip = `code, pre, script, style, em, i, cite, .katex, [lang=en], svg text,
    .attention-widget :is(td, th, .trace)`;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    if (!walker.currentNode.parentElement.closest(skip)) found.push(walker.currentNode.textContent);
  }
  for (const element of document.querySelectorAll("*")) {
    for (const name of ["aria-label", "alt", "title", "placeholder"]) {
      if (element.getAttribute(name)) found.push(element.getAttribute(name));
    }
  }
  found.push(...Object.values(document.body.dataset));
  const description = document.querySelector("meta[name=description]");
  return [...found, description.content];
}"""
MOST_BYTES, MOST_REQUESTS = 400_000, 25


def rules_for(name):
    """Return axe's options for a page: contrast takes it longest, and no language has colours."""
    rules = {"color-contrast": {"enabled": name.split("/")[0] not in TRANSLATIONS}}
    return {"resultTypes": ["violations"], "rules": rules}


@pytest.fixture(scope="session")
def visits(site, address, browser):
    """Each page opened once in each theme: what it asked for, said, weighed and broke."""
    from axe_playwright_python.sync_playwright import Axe

    seen = []
    visit = {}
    for theme, viewport in THEMES.items():
        context = browser.new_context(viewport=viewport, color_scheme=theme)
        tab = context.new_page()
        network = context.new_cdp_session(tab)
        network.send("Network.enable")
        network.send("Network.setCacheDisabled", {"cacheDisabled": True})
        network.send("Network.setBypassServiceWorker", {"bypass": True})  # each is a first view
        network.on(
            "Network.requestWillBeSent", lambda e: visit["requests"].append(e["request"]["url"])
        )
        network.on(
            "Network.loadingFinished",
            lambda e: visit.update(bytes=visit["bytes"] + e["encodedDataLength"]),
        )
        tab.on("console", lambda m: visit["console"].append(m.text))
        tab.on("pageerror", lambda e: visit["console"].append(str(e)))
        for name in page_names(site):
            visit.update(page=name, theme=theme, requests=[], console=[], bytes=0)
            tab.goto(address + name, wait_until="load")
            tab.wait_for_timeout(100)  # what a script asks for late
            visit["sideways"] = tab.evaluate("document.documentElement.scrollWidth - innerWidth")
            visit["lang"] = tab.evaluate("document.documentElement.lang")
            visit["ground"] = tab.evaluate("getComputedStyle(document.body).backgroundColor")
            visit["words"] = tab.evaluate(WORDS) if theme == "light" else []
            tab.evaluate(ONE_TOKEN_OF_EACH_KIND)
            visit["axe"] = [
                f"{name} ({theme}): {violation['id']} at {node['target']}"
                for violation in Axe().run(tab, options=rules_for(name)).response["violations"]
                for node in violation["nodes"][:3]
            ]
            seen.append(dict(visit))
        context.close()
    return seen


def test_no_request_to_another_host(visits, address):
    foreign = {
        (visit["page"], url)
        for visit in visits
        for url in visit["requests"]
        if not url.startswith((address, "data:"))
    }
    assert not foreign


def test_nothing_is_refused_or_broken_in_the_console(visits):
    # The page that is not there may say so; nothing else says anything.
    assert not [(v["page"], v["theme"], v["console"]) for v in visits if v["console"]]


def test_weight_of_the_first_view(visits):
    heavy = [
        (v["page"], v["bytes"], len(v["requests"]))
        for v in visits
        if v["bytes"] > MOST_BYTES or len(v["requests"]) > MOST_REQUESTS
    ]
    assert not heavy
    assert min(v["bytes"] for v in visits) > 1000  # bytes were counted


def test_no_axe_violation(visits):
    assert not [line for visit in visits for line in visit["axe"]]


def test_no_page_moves_sideways(visits):
    assert not [(v["page"], v["theme"], v["sideways"]) for v in visits if v["sideways"] > 0]


def test_language_and_ground_of_every_page(visits):
    for visit in visits:
        code = visit["page"].split("/")[0]
        expected = LANGUAGES[code].html if code in LANGUAGES else "en"
        assert visit["lang"] == expected, visit["page"]
    grounds = {theme: {v["ground"] for v in visits if v["theme"] == theme} for theme in THEMES}
    assert grounds["light"] == {"rgb(255, 255, 255)"}
    assert len(grounds["dark"]) == 1 and grounds["dark"] != grounds["light"]


ENGLISH = re.compile(r"[A-Za-z][A-Za-z'’-]*(?:[ ,]+[A-Za-z][A-Za-z'’-]*){2,}")


def english_left(words):
    """Return runs of three English words or more: no names, no tokens, nothing in brackets.

    A list of single words or couples is what a picture's alt says of its tokens.
    """
    found = []
    for said in words:
        for run in ENGLISH.findall(re.sub(r"[(（][^()（）]*[)）]", "", said)):
            if "," in run and all(len(item.split()) <= 2 for item in run.split(",")):
                continue
            plain = [word for word in re.findall(r"[A-Za-z'’-]+", run) if word not in tokens]
            if sum(word[0].islower() and len(word) > 2 for word in plain) >= 2:
                found.append(run)
    return found


def test_no_english_is_left_in_a_translation(visits):
    """A page that waits for its translation says so; its title stands in every list of chapters."""
    pages = [v for v in visits if v["page"].split("/")[0] in ("ja", "ko", "zh") and v["words"]]
    assert pages
    waiting = {
        f"{path.parent.name}/{path.stem}.html": read(path)["cells"][0]["source"].removeprefix("# ")
        for language in TRANSLATIONS
        for path in chapters(language)
        if "untranslated" in lagging(path).values()
    }
    left = [
        (v["page"], run)
        for v in pages
        if v["page"] not in waiting
        for run in english_left(word for word in v["words"] if word not in waiting.values())
    ]
    assert not left


def test_english_left_in_a_translation_is_found():
    assert english_left(["これは We add the two numbers です", "Your, journey, starts"]) == [
        "We add the two numbers"
    ]
    assert not english_left(
        [
            "NaN（not a number）",
            "red cube, blue ball, red star → red cube",
            "Ian Goodfellow, Yoshua Bengio, Aaron Courville",
        ]
    )
