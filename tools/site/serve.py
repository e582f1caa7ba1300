"""The finished site on localhost, as a real host would serve it.

Ours: http.server alone neither compresses nor has a 404 page of the site's own.
"""

import gzip
import sys
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

COMPRESSED = (".html", ".css", ".js", ".svg", ".json", ".xml", ".txt", ".ipynb", ".webmanifest")


@cache
def compressed(path: Path, modified: int) -> bytes:
    """Return a file's contents, gzipped; `modified` makes a changed file another one."""
    return gzip.compress(path.read_bytes(), 6)


class SiteHandler(SimpleHTTPRequestHandler):
    """Serves a finished site as a real host would: compressed, with its own 404 page."""

    protocol_version = "HTTP/1.1"
    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".js": "text/javascript",
        ".woff2": "font/woff2",
        ".wasm": "application/wasm",
        ".webmanifest": "application/manifest+json",
    }

    def do_GET(self) -> None:
        path = Path(self.translate_path(self.path))
        if path.is_dir() and urlsplit(self.path).path.endswith("/"):
            path = path / "index.html"
        if path.is_dir():
            super().do_GET()  # sends the address with the slash
            return
        status = 200
        if not path.is_file():
            status, path = 404, Path(self.directory) / "404.html"
        body = path.read_bytes()
        self.send_response(status)
        kind = self.guess_type(str(path))
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if "text" in kind else kind)
        self.send_header("Cache-Control", "no-cache")
        if path.suffix in COMPRESSED and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = compressed(path, path.stat().st_mtime_ns)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Stay silent: a reader's page is no news."""


class SiteServer(ThreadingHTTPServer):
    """A server to which a reader who leaves in the middle of a page is no news either."""

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def server(site: Path, port: int = 0) -> SiteServer:
    """Return a server of a finished site on localhost; port 0 takes any free one."""
    return SiteServer(("127.0.0.1", port), partial(SiteHandler, directory=str(site)))
