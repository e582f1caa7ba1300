"""Which scripts a page may run: its Content-Security-Policy."""

import base64
import hashlib
import re

from tools.notebooks import ROOT

# Before the first paint: the theme that the reader chose last, and the mark of a working script.
EARLY_SCRIPT = """\
document.documentElement.dataset.js = "";
try { document.documentElement.dataset.theme = localStorage.getItem("theme") || ""; } catch {}
"""
SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)


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
