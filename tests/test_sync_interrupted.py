"""sync.py interrupted, with no room, or beside an editor: each file is whole, nothing is lost."""

import errno
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_sync import NAME, add_to, edit
from tools import sync
from tools.notebooks import (
    CHAPTERS,
    ROOT,
    TRANSLATIONS,
    canonical,
    chapters,
    read,
    write,
    write_all,
)
from tools.sync import SyncError, sync_chapter


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_what_a_killed_run_left_is_removed_though_nothing_changes(tmp_path):
    (tmp_path / "one.ipynb").write_text("as it was", "utf-8")
    (tmp_path / ".one.ipynb.draft").write_text("half", "utf-8")
    assert not write(tmp_path / "one.ipynb", "as it was")
    assert list(files(tmp_path)) == ["one.ipynb"]


def test_all_files_are_written_or_none(tmp_path, monkeypatch):
    paths = [tmp_path / name for name in ("one", "two", "three")]
    for path in paths:
        path.write_text("old", "utf-8")
    before, really = files(tmp_path), Path.write_bytes

    def until_it_is_full(path: Path, content: bytes) -> int:
        really(path, content if "three" not in path.name else content[:1])
        if "three" in path.name:
            raise OSError(errno.ENOSPC, "No space left on device")
        return len(content)

    with monkeypatch.context() as patch, pytest.raises(OSError, match="No space"):
        patch.setattr(Path, "write_bytes", until_it_is_full)
        write_all(dict.fromkeys(paths, "new"))
    assert files(tmp_path) == before
    assert write_all(dict.fromkeys(paths, "new")) == paths
    assert set(files(tmp_path).values()) == {b"new"}


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_a_linked_notebook_stays_linked(tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "real").write_text("old", "utf-8")
    (tmp_path / "link").symlink_to("elsewhere/real")
    assert write(tmp_path / "link", "new")
    assert (tmp_path / "link").is_symlink()
    assert files(tmp_path) == {"link": b"new", "elsewhere/real": b"new"}


def test_what_editors_hide_beside_a_chapter_is_none(book):
    before = chapters("ja", book)
    for name in (f".~{NAME}", f"._{NAME}", f".{NAME}.swp", ".ipynb_checkpoints/x.ipynb"):
        (book / "ja" / name).parent.mkdir(exist_ok=True)
        (book / "ja" / name).write_bytes(b"\0")
    assert chapters("ja", book) == before


def test_a_mark_of_the_byte_order_is_no_fault(book):
    path = book / "ja" / NAME
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert canonical(read(path)) == (CHAPTERS / "ja" / NAME).read_text("utf-8")


@pytest.mark.planted
def test_half_a_character_is_named(book):
    edit(book / "ja" / NAME, add_to("scores", " here: \ud83d"))
    with pytest.raises(ValueError, match=r"ja/03-simple.*d83d' is half a character, near .*here"):
        read(book / "ja" / NAME)


@pytest.mark.planted
def test_what_is_saved_while_cells_run_is_kept(book, monkeypatch):
    saved = []

    def run(notebook, path, _):
        if path.parent.name == "zh":
            saved.append(edit(path, add_to("scores", "刚写的。")))
        return notebook

    monkeypatch.setattr(sync, "run", run)
    with pytest.raises(SyncError, match=r"zh/03-.* was saved while its cells ran; run sync again"):
        sync_chapter(book / "en" / NAME, book, "https://github.com/a/b")
    assert [(book / "zh" / NAME).read_bytes()] == saved
    for language in {"en", *TRANSLATIONS} - {"zh"}:
        assert (book / language / NAME).read_bytes() == (CHAPTERS / language / NAME).read_bytes()


INTERRUPTED = """
import sys, time
from pathlib import Path
from tools import sync

def run(*_):
    print("runs", flush=True)
    time.sleep(120)

sync.run, sync.fork_kernels = run, lambda: None
sync.sync.__defaults__ = (Path(sys.argv.pop(1)), *sync.sync.__defaults__[1:])
sync.main()
"""


@pytest.mark.skipif(os.name == "nt", reason="no such signal there")
def test_interrupted_it_ends_at_once_and_says_so(book):
    shutil.copy(ROOT / "README.md", book.parent)
    before = files(book)
    process = subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, str(book), "03"],
        cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    while process.stdout.readline() != "runs\n":
        assert process.poll() is None
    process.send_signal(signal.SIGINT)
    err = process.communicate(timeout=60)[1]
    assert process.returncode == 130 and "Traceback" not in err
    assert "Interrupted. The chapter at work is as it was." in err
    assert files(book) == before
