"""A reader's own plt and sns figures: letters of every script, in scripts and notebooks."""

import os
import re
import subprocess
import sys
from xml.etree import ElementTree

import nbformat
import pytest
from cases import SVG
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

DRAW = """
import matplotlib.pyplot as plt, numpy as np, seaborn as sns
columns, rows = ["あなた", "旅", "东京"], ["나", "你", "B"]
sns.heatmap(np.eye(3), annot=True, xticklabels=columns, yticklabels=rows)
plt.title("次元数 $d_k$ と $\\\\frac{a}{b}$ の比")
plt.savefig("heat.svg")
plt.close()
figure, axes = plt.subplots(layout="constrained")
axes.plot([1, 10, 100], [1, 2, 30], label="점수의 분산")
axes.set(xscale="log", xlabel="词元的数量", ylabel="スコア", title="一行目\\n둘째 줄")
axes.annotate("旋转", (10, 2), rotation=30, ha="right")
axes.legend()
figure.savefig("lines.svg")
figure, axes = plt.subplots()
axes.imshow(np.arange(12).reshape(3, 4))
axes.bar([1, 2], [1, 2], hatch="//", label="막대")
axes.scatter([1, 2], [0, 1], c=[0, 1])
axes.plot([0, 1], [0, 9], rasterized=True)
axes.pcolormesh(np.eye(3), shading="gouraud")
axes.set_title("图像")
figure.savefig("all.svg", bbox_inches="tight")
plt.close("all")
"""
START = "import helpers; helpers.set_language('ja')\n"
WORDS = {
    "heat.svg": {"あなた", "旅", "东京", "나", "你", "次元数 dk と ", " の比", "1"},
    "lines.svg": {"점수의 분산", "词元的数量", "スコア", "一行目", "둘째 줄", "旋转", "102"},
    "all.svg": {"图像"},
}


def clean(**settings) -> dict:
    environment = {k: v for k, v in os.environ.items() if k not in ("MPLBACKEND", "DISPLAY")}
    return {**environment, "PYTHONPATH": os.getcwd(), **settings}


def run(program, folder, **settings):
    """Run a script with warnings as errors; return what it printed."""
    other = os.environ.get("OTHER_MATPLOTLIB")
    if other:
        settings["PYTHONPATH"] = os.pathsep.join([other, os.getcwd()])
    done = subprocess.run(
        [sys.executable, "-c", f"import warnings; warnings.simplefilter('error')\n{program}"],
        cwd=folder, env=clean(**settings), capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return done.stdout


def words_in(svg: str) -> set[str]:
    root = ElementTree.fromstring(svg)
    return {"".join(element.itertext()) for element in root.iter(f"{SVG}text")}


@pytest.mark.parametrize("before", ["", "import matplotlib\n", "import matplotlib.pyplot\n"])
def test_a_script_writes_letters_without_a_warning(tmp_path, before):
    run(before + START + DRAW, tmp_path)
    for name, words in WORDS.items():
        svg = (tmp_path / name).read_text("utf-8")
        assert words <= words_in(svg), name
        assert 'lang="ja"' in svg


def test_what_a_script_wrote_shows_in_a_browser(tmp_path, browser):
    run(START + DRAW, tmp_path)
    page = browser.new_page()
    for name in WORDS:
        page.goto((tmp_path / name).as_uri())
        inside = page.evaluate(
            """() => {
              const box = document.documentElement.getBoundingClientRect();
              return [...document.querySelectorAll('text')].filter(t => {
                const b = t.getBoundingClientRect();
                return b.left < -1 || b.top < -1 || b.right > box.width + 1
                  || b.bottom > box.height + 1;
              }).map(t => t.textContent);
            }"""
        )
        assert inside == [], name
        for picture in page.query_selector_all("image"):
            assert picture.bounding_box()["width"] > 10
    page.close()


def test_show_opens_the_figure_in_the_browser(tmp_path):
    opener = tmp_path / "opener"
    opener.write_text(f'#!/bin/sh\necho "$1" >> {tmp_path}/opened\n')
    opener.chmod(0o755)
    program = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.title('旅')\nplt.show()\n"
    run(START + program, tmp_path, BROWSER=f"{opener} %s", TMPDIR=str(tmp_path))
    opened = (tmp_path / "opened").read_text().strip()
    assert re.fullmatch(r"file://.*/figure-1\.svg", opened)
    with open(opened.removeprefix("file://"), encoding="utf-8") as file:
        assert "旅" in words_in(file.read())


def test_a_backend_that_the_reader_has_chosen_stays(tmp_path):
    ask = "import matplotlib; print(matplotlib.get_backend().lower())"
    choose = "import matplotlib; matplotlib.use('agg')\n"
    assert run(choose + START + ask, tmp_path) == "agg\n"
    assert run(START + choose + ask, tmp_path) == "agg\n"
    assert run(START + ask, tmp_path, MPLBACKEND="pdf") == "pdf\n"
    load = "import sys; print('helpers.figures.svg' in sys.modules, 'matplotlib' in sys.modules)"
    assert run(START + load, tmp_path) == "False False\n"


def test_dots_stay_matplotlibs_own(tmp_path):
    program = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.savefig('x.png')\n"
    run(START + program, tmp_path)
    assert (tmp_path / "x.png").read_bytes().startswith(b"\x89PNG")


NOTEBOOK = [
    START,
    "import matplotlib.pyplot as plt, seaborn as sns\nplt.plot([1, 2]); plt.title('旅 $d_k$');",
    "figure, axes = plt.subplots(); axes.set_xlabel('词元'); plt.show(); print('after')",
    "figure",
    "sns.heatmap([[1, 2]], xticklabels=['나', '너'], annot=True);",
    "%config InlineBackend.figure_formats = ['png']\nplt.plot([1, 2]);",
    "%matplotlib inline\nimport matplotlib; print(matplotlib.get_backend())",
]


@pytest.mark.parametrize("first", ["", "import matplotlib.pyplot as plt; plt.plot([1]);"])
def test_a_notebook_shows_letters(tmp_path, monkeypatch, first):
    monkeypatch.delenv("MPLBACKEND", raising=False)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path))  # no history shared with kernels beside it
    cells = [first] * bool(first) + NOTEBOOK
    notebook = new_notebook(cells=[new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    nbformat.validate(notebook)
    shown = [
        [(output.get("data", {}), output.get("text", "")) for output in cell["outputs"]]
        for cell in notebook.cells
    ][bool(first) :]
    outputs = [output for cell in notebook.cells for output in cell.outputs]
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []

    def svg(number):
        found = [data["image/svg+xml"] for data, _ in shown[number] if "image/svg+xml" in data]
        assert len(found) == 1
        return words_in(found[0])

    assert shown[0] == []
    assert "旅 dk" in svg(1) and "词元" in svg(2) and "词元" in svg(3)
    assert [text for _, text in shown[2]] == ["", "after\n"]
    assert {"나", "너", "1", "2"} <= svg(4)
    # From here on the reader chooses.
    assert ["image/png" in data for data, _ in shown[5]][-1:] == [True]
    assert "inline" in shown[6][-1][1]
