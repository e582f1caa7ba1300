"""What the tests of the site share: windows, waiting, and the names of all pages."""

from helpers.language import LANGUAGES

THEMES = {"light": {"width": 1280, "height": 900}, "dark": {"width": 360, "height": 740}}


def until(tab, expression):
    """Wait for an expression to be true (wait_for_function would need the policy to allow eval)."""
    for _ in range(200):
        if tab.evaluate(expression):
            return
        tab.wait_for_timeout(50)
    raise AssertionError(f"never became true: {expression}")


def page_names(site):
    """Every page a reader can open, as a path below the site's address."""
    below = [path for code in LANGUAGES for path in sorted(site.glob(f"{code}/*.html"))]
    return ["index.html", "404.html", *(path.relative_to(site).as_posix() for path in below)]
