"""The search: from the keyboard, and which page it finds first."""

import json
import re
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from helpers.language import LANGUAGES, text
from tools.notebooks import CHAPTERS
from tools.site.texts import page_sections


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
    dialog.get_by_role("status").get_by_text("☃☃☃").wait_for()
    assert dialog.get_by_role("status").inner_text() == text("site.search_none", code, query="☃☃☃")
    assert not [url for url in requests if not url.startswith((address, "data:"))]


# Terms (their words stand in chapters/glossary.toml) and the chapters that are about them: a
# right first hit is one of these, or the glossary.
TERMS = {
    "dot-product": (1,),
    "softmax": (2,),
    "temperature": (2,),
    "self-attention": (3, 4, 6),
    "context-vector": (3,),
    "query": (5,),
    "projection": (5, 6, 9),
    "variance": (5,),
    "saturation": (5,),
    "parameter": (6,),
    "seed": (6, 7, 13),
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
  const script = document.getElementById("search").dataset.script;
  const { findPages } = await import(new URL(`../_static/${script}`, location.href));
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


# What a reader types -> what the section that Enter leads to must say. Some are mistyped, some
# are parts of longer words.
TYPED = {
    "en": {
        "atention": "attention", "transpoze": "transpose", "sofmax": "softmax",
        "querry": "query", "tempreature": "temperature", "embeding": "embedding",
        "gradeint": "gradient", "drpout": "dropout", "projecton": "projection",
        "mutli-head": "multi-head", "varaince": "variance", "contxt vector": "context vector",
        "masked_fill": "masked_fill", "heatmpa": "heatmap", "causal atention": "causal",
        "permutaton": "permut", "matrx": "matrix", "cross-entropi": "cross-entropy",
        "leak test": "leak", "why divide by the square root": "square root",
    },
    "ja": {
        "アテンシン": "アテンション", "ソフトマクス": "ソフトマックス", "内責": "内積",
        "クエリー": "クエリ", "ヒートマプ": "ヒートマップ", "埋め混み": "埋め込み",
        "ドロップアト": "ドロップアウト", "因果アテンショ": "因果アテンション",
        "マルチヘド": "マルチヘッド", "コンテキストベクタル": "コンテキストベクトル",
        "温渡": "温度", "行列責": "行列積", "テンッル": "テンソル", "トクーン": "トークン",
        "masked_fil": "masked_fill", "己アテンション": "自己アテンション",
        "ストベクトル": "コンテキストベクトル", "softmx": "softmax", "分産": "分散",
        "飽話": "飽和",
    },
    "ko": {
        "어텐숀": "어텐션", "소프트멕스": "소프트맥스", "내젹": "내적", "쿼라": "쿼리",
        "임배딩": "임베딩", "히트멥": "히트맵", "드롭아읏": "드롭아웃", "토근": "토큰",
        "텐셔": "텐서", "행렬 굡": "행렬", "멀티 해드": "멀티 헤드",
        "컨텍스트 벡토": "벡터",
        "가중지": "가중치",
        "제곱굔": "제곱근", "마스쿠": "마스크", "트랜스포며": "트랜스포머",
        "그레이디인트": "그레이디언트", "masked_fil": "masked_fill",
        "softmx": "softmax", "누춣": "누출",
    },
    "zh": {
        "意力": "注意力", "果注意": "因果注意", "注意里": "注意力", "点机": "点积",
        "头注意力": "多头注意力", "下文向量": "上下文向量", "因果注易力": "因果注意力",
        "词源": "词元", "查旬": "查询", "泄陋": "泄漏", "平方跟": "平方根", "热立图": "热力图",
        "梯渡": "梯度", "张亮": "张量", "softmx": "softmax", "masked_fil": "masked_fill",
        "多头注意": "多头注意", "力图": "力图", "矩阵乘": "矩阵乘", "自注意立": "自注意力",
    },
}  # fmt: skip
ANSWER = """async (query) => {
  const script = document.getElementById("search").dataset.script;
  const { answer } = await import(new URL(`../_static/${script}`, location.href));
  return (await answer(query)).best ?? "";
}"""


@pytest.mark.parametrize("code", LANGUAGES)
def test_one_wrong_letter_and_parts_of_words_are_forgiven(page, address, site, code):
    pages = json.loads((site / f"search/{code}.json").read_text("utf-8"))
    said = {
        (page["slug"], name): f"{heading} {text}".lower()
        for page in pages
        for name, heading, text in page["sections"]
    }
    for page_ in pages:  # the top of a page stands for all of it
        said[page_["slug"], ""] = " ".join(f"{h} {t}" for _, h, t in page_["sections"]).lower()
    page.goto(f"{address}{code}/index.html")
    assert len(TYPED[code]) == 20
    wrong = []
    for typed, meant in TYPED[code].items():
        found = urlsplit(page.evaluate(ANSWER, typed))
        if meant not in said.get((Path(found.path).stem, found.fragment), ""):
            wrong.append((typed, meant, found.path, found.fragment))
    assert len(wrong) <= 1, wrong


def test_enter_leads_to_the_best_section_and_arrows_walk(page, address):
    page.goto(f"{address}en/index.html")
    page.keyboard.press("/")
    dialog = page.get_by_role("dialog")
    page.keyboard.type("masked_fill")
    links = dialog.locator("li a")
    links.nth(1).wait_for()
    page.keyboard.press("ArrowDown")
    assert links.nth(0).evaluate("link => link === document.activeElement")
    page.keyboard.press("ArrowDown")
    assert links.nth(1).evaluate("link => link === document.activeElement")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert page.locator("#query").evaluate("field => field === document.activeElement")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"08-causal-attention\.html#\w+"))


def test_results_say_titles_and_formulas_once(page, address, site):
    page.goto(f"{address}en/index.html")
    page.keyboard.press("/")
    for query in ("Softmax", "scaled dot-product", "divide by the square root"):
        page.locator("#query").fill(query)
        dialog = page.get_by_role("dialog")
        dialog.get_by_role("status").get_by_text(query).wait_for()
        for item in dialog.locator("#search > ol > li").all():
            title, *below = item.locator("a").all_text_contents()
            assert title not in below
            assert "\\" not in item.inner_text()  # TeX
    for path in (site / "search").glob("*.json"):
        assert "mathrm" not in path.read_text("utf-8")


def test_what_was_mended_is_said(page, address):
    page.goto(f"{address}ko/index.html")
    page.keyboard.press("/")
    page.keyboard.insert_text("어텐숀")
    status = page.get_by_role("dialog").get_by_role("status")
    status.get_by_text("어텐션").wait_for()
    assert "어텐숀" in status.inner_text()


@pytest.mark.parametrize("page_, sections", [
    ('<article><h1 id="a">A</h1><p>x<script>no</script> y</p><div data-pagefind-ignore><p>no<br>'
     '</p></div><h2 id="b">B <b>c</b></h2><ul><li>p</li></ul></article>', 2),
])  # fmt: skip
def test_sections_of_a_page(page_, sections):
    found = page_sections(page_)
    assert found[0] == ["a", "A", "x y"] and len(found) == sections
    assert found[1][:2] == ["b", "B c"]
