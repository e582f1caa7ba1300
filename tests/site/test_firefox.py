"""Every kind of page in Firefox."""

import pytest

from tools.site import firefox

SEARCH = """(async () => {
  const { script } = document.getElementById("search").dataset;
  const { answer } = await import(new URL(`../_static/${script}`, location.href));
  return (await answer("atention")).query;
})()"""
TRACE = """(() => {
  const widget = document.querySelector("attention-explore");
  const before = widget.textContent;
  const cell = widget.querySelectorAll("tbody td")[14];
  cell.focus();
  cell.click();
  return before !== widget.textContent;
})()"""


@pytest.fixture(scope="module")
def here():
    if firefox.firefox() is None:
        pytest.skip(firefox.HOW)


def test_every_kind_of_page_is_sound_in_firefox(here, site, address, verified):
    assert not firefox.faults(site, address)
    verified("pages in Firefox", len(firefox.kinds_of_pages(site)))


def test_search_widgets_and_colours_work_in_firefox(here, address):
    with firefox.tab() as tab:
        tab.open(f"{address}en/03-simple-self-attention.html")
        assert tab.evaluate(SEARCH) == "attention"
        assert tab.evaluate(TRACE) is True
        tab.evaluate("document.querySelector('[data-theme-button]').click()")
        assert tab.evaluate("document.documentElement.dataset.theme") == "light"
        assert not tab.said
