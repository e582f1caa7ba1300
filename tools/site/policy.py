"""Which scripts a page may run: the site's own and those of the book's widgets, no other.

A script that somebody wrote into a cell is refused while building, and by the policy once more.
"""

import base64
import hashlib
import re

from sphinx.errors import ExtensionError

from helpers.widgets import scripts
from tools.notebooks import ROOT

# Before the first paint: the theme that the reader chose last, and the mark of a working script.
EARLY_SCRIPT = """\
document.documentElement.dataset.js = "";
try { document.documentElement.dataset.theme = localStorage.getItem("theme") || ""; } catch {}
"""
SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script\s*>", re.DOTALL | re.IGNORECASE)


def file_version(name: str) -> str:
    """Return a short digest of a file in _static, so that browsers keep what has not changed."""
    return hashlib.sha256((ROOT / "_static" / name).read_bytes()).hexdigest()[:8]


def script_policy(*inline: str) -> str:
    """Return a page's Content-Security-Policy: its own host, and these inline scripts."""
    hashes = []
    for script in inline:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        hashes.append(f"'sha256-{digest}'")
    scripts = " ".join(["'self'", "'wasm-unsafe-eval'", *dict.fromkeys(hashes)])
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'"
    )


def widget_scripts(body: str, page: str) -> list[str]:
    """Return the scripts in a page's text, each the exact script of one of the book's widgets.

    Raises:
        ExtensionError: there is another one.
    """
    known = set(scripts().values())
    found = []
    for attributes, script in SCRIPT.findall(body):
        if attributes.strip() or script not in known:
            raise ExtensionError(
                f"{page} has a script that is none of helpers.widgets: {script.strip()[:60]!r}. "
                "If the widget has changed since its output was stored: make sync"
            )
        found.append(script)
    return found
