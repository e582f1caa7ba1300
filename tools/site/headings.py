"""A section's id is its cell's, the same in four languages."""

import re

from docutils import nodes
from sphinx.transforms import SphinxTransform

ANCHOR = re.compile(r"<!-- #([\w-]+) -->")


class SectionIds(SphinxTransform):
    """Give each section one id: that in the comment after its heading, or its MyST label."""

    default_priority = 262  # when docutils has propagated targets and sorted ids

    def apply(self, **kwargs: object) -> None:
        slugs = {}
        for section in self.document.findall(nodes.section):
            mark = next((node for node in section[1:] if isinstance(node, nodes.raw)), None)
            found = mark and ANCHOR.fullmatch(mark.astext().strip())
            labels = [n for n in section["names"] if self.document.nametypes.get(n)]
            if found:
                section.remove(mark)
                name = found[1]
            elif labels:
                name = self.document.nameids[labels[0]]
            else:
                continue
            for label, old in list(self.document.nameids.items()):
                if old in section["ids"]:
                    self.document.nameids[label] = name
            section["ids"] = [name]
            self.document.ids[name] = section
            slugs[name] = (section.line or 0, name, section[0].astext())
        self.document.myst_slugs = slugs  # so that links to page#section are resolved and checked
        self.env.metadata[self.env.docname]["myst_slugs"] = slugs
