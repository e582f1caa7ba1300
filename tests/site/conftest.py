"""The finished site, served, and a page to open it in."""

from threading import Thread

import pytest

from tools.notebooks import ROOT
from tools.site.build import build
from tools.site.serve import server


@pytest.fixture(scope="session")
def site():
    """The finished site; built now unless it is up to date."""
    return build(ROOT)


@pytest.fixture(scope="session")
def address(site):
    running = server(site)
    Thread(target=running.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}/"
    running.shutdown()


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    yield context.new_page()
    context.close()
