"""The four-language site: one subject a file.

    python -m tools.site build    -> _build/site/, untouched unless all four languages succeed
    python -m tools.site pdf      -> the same, with each page and the whole book as PDF
    python -m tools.site serve    -> the same, then http://localhost:8000/

build       the whole build, if anything changed: contents, languages, joining, checking, swapping
contents    the table of contents: parts, pages, and whether every language has them
languages   one Sphinx build per language, side by side

extension   what Sphinx loads; it wires the next seven, which also serve `jupyter-book build .`
sources     before Sphinx reads: notebook cells and Markdown as their page shows them
answers     a field at each exercise, judged in the page; links that open its cell elsewhere
headings    a section's id is its cell's, the same in four languages
glossary    the first use of a term leads to its entry
lines       where a line of prose must not end
formulas    KaTeX, rendered while building
pages       when Sphinx writes: the context of _templates/layout.html, the text of the page

exchange    the finished site takes the old one's place, in one step
policy      which scripts a page may run
above       what stands above the languages: chooser, 404 page, sitemap
previews    the picture that a shared link shows
links       every link of the finished site leads somewhere
known       what the last build read off pages that have not changed
search      Pagefind's index of the finished site
texts       every section's words, with which the search mends a letter
offline     the service worker, manifests and icons: reading without a network
serve       the finished site on localhost
pdf         the finished pages on paper, and the site's links to them
browser     the browser that prints
"""


class SiteError(Exception):
    """Something a person has to mend; the message says what and where."""
