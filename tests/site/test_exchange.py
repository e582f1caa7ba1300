"""exchange.py: at every moment the old site or the new one stands, whole."""

import errno
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tools.notebooks import ROOT
from tools.site import SiteError, exchange
from tools.site.build import build
from tools.site.exchange import recover, room, swap

PAGES = 200
SWAPPING = f"""
import itertools, sys
from pathlib import Path
from tools.site.exchange import recover, swap
site, staging = Path(sys.argv[1], "site"), Path(sys.argv[1], "staging")
recover(staging, site)
for number in itertools.count():
    __import__("shutil").rmtree(staging, ignore_errors=True)
    staging.mkdir()
    for page in range({PAGES}):
        (staging / str(page)).write_text(str(number))
    swap(staging, site)
    print(number, flush=True)
"""


def whole(site: Path) -> bool:
    pages = [path.read_text() for path in site.iterdir()]
    return len(pages) == PAGES and len(set(pages)) == 1


@pytest.mark.planted
@pytest.mark.skipif(sys.platform not in ("linux", "darwin"), reason="Linux only: two renames")
def test_killed_at_any_moment_a_whole_site_stands(tmp_path):
    site = tmp_path / "site"
    for _ in range(8):
        process = subprocess.Popen(
            [sys.executable, "-c", SWAPPING, str(tmp_path)],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert process.stdout.readline()
        end = time.monotonic() + random.uniform(0.02, 0.3)
        while time.monotonic() < end:
            assert site.is_dir()  # for somebody who reads while it is exchanged as well
        process.send_signal(signal.SIGKILL)
        process.communicate()
        assert whole(site)


@pytest.mark.parametrize("interrupted", [False, True])
def test_where_folders_cannot_be_exchanged(interrupted, tmp_path, monkeypatch):
    monkeypatch.setattr(exchange, "exchanged", lambda *_: False)
    site, staging = tmp_path / "site", tmp_path / "staging"
    for folder in (site, staging):
        folder.mkdir()
        (folder / "page").write_text(folder.name)
    if interrupted:
        renames = iter([os.replace])
        with monkeypatch.context() as patch:
            patch.setattr(exchange.os, "replace", lambda *pair: next(renames)(*pair))
            with pytest.raises(StopIteration):
                swap(staging, site)
        assert not site.exists()
        recover(staging, site)
    else:
        swap(staging, site)
    assert not staging.exists()
    assert (site / "page").read_text() == ("site" if interrupted else "staging")
    assert not (tmp_path / "site.old").exists()


@pytest.mark.planted
@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EFBIG, errno.EROFS, errno.EACCES])
def test_a_disk_without_room_gets_a_sentence(number, tmp_path, monkeypatch):
    def no_room(*_, **__):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(Path, "mkdir", no_room)
    with pytest.raises(SiteError, match=r"_build could not be written: .*\.$"):
        build(tmp_path)


def test_other_errors_stay_what_they_are(tmp_path):
    with pytest.raises(FileNotFoundError), room(tmp_path):
        (tmp_path / "nothing").read_text()
