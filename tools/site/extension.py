"""What Sphinx loads: it only wires the files beside it."""

from sphinx.application import Sphinx
from sphinxcontrib import katex

from tools.addresses import repository, site_address
from tools.notebooks import SOURCE
from tools.site.formulas import Formulas
from tools.site.glossary import GlossaryLinks
from tools.site.headings import SectionIds
from tools.site.lines import Lines
from tools.site.pages import page_context, titles_changed
from tools.site.sources import read_source


def prepare(app: Sphinx) -> None:
    """Set what can only be set on the running build."""
    app.builder.search = False  # Pagefind searches the finished pages
    formulas = Formulas()
    katex.render_latex = formulas.render
    app.connect("build-finished", formulas.close)


def configure(app: Sphinx, config) -> None:
    """Read the addresses from _config.yml, the one place where they stand."""
    config.book_repository = repository()
    config.book_address = site_address()
    config.html_baseurl = ""  # the template writes the canonical address itself


def setup(app: Sphinx) -> dict:
    """Register the extension with Sphinx."""
    app.add_config_value("comments_config", {}, "env")  # jupyter-book sets it whoever listens
    app.add_config_value("book_language", SOURCE, "env")
    app.add_config_value("book_site", False, "env")  # one of four builds that make the site
    app.add_config_value("book_repository", "", "env")
    app.add_config_value("book_address", "", "env")
    app.connect("config-inited", configure)
    app.connect("builder-inited", prepare, priority=100)
    app.connect("source-read", read_source)
    app.connect("env-updated", titles_changed)
    app.connect("html-page-context", page_context)
    app.add_transform(SectionIds)
    app.add_transform(GlossaryLinks)
    app.add_transform(Lines)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
