"""The site's commands: `python -m tools.site build|serve|pdf`."""

import argparse
import sys

from tools.notebooks import ROOT
from tools.site import SiteError
from tools.site.browser import browser
from tools.site.build import build
from tools.site.contents import contents
from tools.site.pdf import make_pdfs
from tools.site.serve import server


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=("build", "serve", "pdf"))
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    try:
        site = build()
        if options.command == "pdf":
            print("Printing every page and the whole book, language by language.", flush=True)
            with browser() as chromium:
                make_pdfs(site, contents(ROOT), site.with_name("pdf"), chromium)
            site = build()  # joined anew, with the PDFs and the links to them
    except SiteError as error:
        print(f"\n{error}\n\nThe site was not built. The previous one, if any, is as it was.",
              file=sys.stderr)  # fmt: skip
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. The previous site, if any, is as it was.", file=sys.stderr)
        return 130
    if options.command in ("build", "pdf"):
        place = site.relative_to(ROOT)
        print(f"Open {place}/index.html in a browser, or `make serve` for the search as well.")
        return 0
    with server(site, options.port) as running:
        print(f"Open http://localhost:{running.server_port}/ (Ctrl+C ends it)", flush=True)
        try:
            running.serve_forever()
        except KeyboardInterrupt:
            print()
    return 0


if __name__ == "__main__":
    sys.exit(main())
