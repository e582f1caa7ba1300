"""The search: from the keyboard, and which page it finds first."""

import tomllib
from pathlib import Path

import pytest

from helpers.language import LANGUAGES, text
from tools.notebooks import CHAPTERS


@pytest.mark.parametrize("code", LANGUAGES)
def test_search_from_the_keyboard(page, address, code):
    requests = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(f"{address}{code}/03-simple-self-attention.html", wait_until="networkidle")
    assert not [url for url in requests if "pagefind" in url]  # loaded when it is wanted
    page.keyboard.press("/")
    dialog = page.get_by_role("dialog", name=text("site.search_prompt", code))
    dialog.wait_for()
    page.keyboard.type("softmax")
    first = dialog.locator("ol > li > a").first
    first.wait_for()
    assert f"/{code}/" in first.get_attribute("href")
    assert dialog.locator("mark").first.is_visible()
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    page.keyboard.press("Control+k")
    page.keyboard.insert_text("☃☃☃")
    page.get_by_role("status").get_by_text("☃☃☃").wait_for()
    assert page.get_by_role("status").inner_text() == text("site.search_none", code, query="☃☃☃")
    assert not [url for url in requests if not url.startswith((address, "data:"))]


# Terms (their words stand in chapters/glossary.toml) and the chapters that are about them: a
# right first hit is one of these, or the glossary.
TERMS = {
    "dot-product": (1,),
    "softmax": (2,),
    "temperature": (2,),
    "self-attention": (3, 4, 6),
    "context-vector": (3,),
    "query": (5, 7),
    "projection": (5, 6, 9),
    "variance": (5,),
    "saturation": (5,),
    "parameter": (6,),
    "seed": (6, 7),
    "attention-map": (7,),
    "heatmap": (3, 7),
    "causal-attention": (8,),
    "mask": (8,),
    "dropout": (8,),
    "buffer": (8,),
    "leak-test": (8,),
    "multi-head-attention": (9,),
    "head": (9,),
}
# Words that stand in these languages inside longer ones, or with particles attached.
INSIDE = {
    "ja": ["ヘッド", "マップ", "コンテキスト", "ベクトル", "テスト"],
    "ko": ["헤드", "행렬", "점수", "토큰", "벡터"],
}
FIRST_HIT = """async (query) => {
  const pages = await findPages(query);
  return pages.length ? (await pages[0].data()).url : "";
}"""


@pytest.mark.parametrize("code", LANGUAGES)
def test_search_finds_the_right_page_first(page, address, site, code):
    glossary = tomllib.loads((CHAPTERS / "glossary.toml").read_text("utf-8"))
    page.goto(f"{address}{code}/index.html")
    wrong = []
    for name, numbers in TERMS.items():
        slug = Path(page.evaluate(FIRST_HIT, glossary[name][code]["term"])).stem
        if slug != "glossary" and not slug.startswith(tuple(f"{n:02}-" for n in numbers)):
            wrong.append((glossary[name][code]["term"], slug))
    for term in INSIDE.get(code, []):
        slug = Path(page.evaluate(FIRST_HIT, term)).stem
        if not slug or term not in (site / code / f"{slug}.html").read_text("utf-8"):
            wrong.append((term, slug))
    assert len(wrong) <= 1, wrong  # 19 of 20
