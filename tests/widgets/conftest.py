"""A page with widgets in a real browser."""

import pytest
from showing import SITE, page_of

from helpers import set_language


@pytest.fixture(autouse=True)
def english():
    set_language("en")
    yield
    set_language("en")


@pytest.fixture
def open_page(browser):
    """Give a function that shows widgets on a page; no request and no error may follow."""
    contexts, requests, errors = [], [], []

    def show(*shown, head="", policy=None, html_attributes='data-theme="light"', **options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda line: errors.append(line.text) if line.type == "error" else 0)
        content = page_of(*shown, head=head, html_attributes=html_attributes)

        def answer(route):
            if route.request.url != SITE:
                requests.append(route.request.url)
                return route.abort()
            headers = {"Content-Security-Policy": policy} if policy else {}
            return route.fulfill(body=content, content_type="text/html", headers=headers)

        page.route("**/*", answer)
        page.goto(SITE)
        return page

    yield show
    for context in contexts:
        context.close()
    assert requests == []
    assert errors == []
