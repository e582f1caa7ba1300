"""The site's commands: `python -m tools.site build|serve`."""

import argparse
import sys

from tools.notebooks import ROOT
from tools.site import SiteError
from tools.site.build import build
from tools.site.serve import server


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", choices=("build", "serve"))
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args()
    try:
        site = build()
    except SiteError as error:
        print(f"\n{error}\n\nThe site was not built. The previous one, if any, is as it was.",
              file=sys.stderr)  # fmt: skip
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. The previous site, if any, is as it was.", file=sys.stderr)
        return 130
    if options.command == "build":
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
