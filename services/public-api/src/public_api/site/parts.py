"""A page as parts: elements with an id, each of which can be replaced by itself in a page that somebody has open. Pure.

While a template renders, a part within another one leaves a mark there instead of its text. So the text of a part is its own alone, and
what changed between two pages is found without looking at elements: a part whose own text is another one is to be replaced, together with
everything in it; where it is the same, the parts in it are looked at.
"""

import re
from collections.abc import Callable, Iterator, Mapping

from markupsafe import Markup

Parts = Mapping[str, str]
"""What is at an address, by element id. "" is everything around the other parts. `<id>?<attribute>` is an attribute of an element, or nothing."""

_MARK = re.compile("\0([^\0]+)\0")


class Collector:
    """Called by a template with every part: `{% call part("banner") %}<section id="banner">…</section>{% endcall %}`."""

    def __init__(self) -> None:
        self.parts: dict[str, str] = {}

    def __call__(self, id: str, caller: Callable[[], str]) -> Markup:
        return self.add(id, caller())

    def add(self, id: str, html: str) -> Markup:
        """A part that was rendered elsewhere, and has none in it."""
        self.parts[id] = str(html)
        # Made from an id of ours, which holds nothing to escape.
        return Markup(f"\0{id}\0")


def whole(parts: Parts, id: str = "") -> str:
    """A part with everything in it."""
    return _MARK.sub(lambda mark: whole(parts, mark[1]), parts[id])


def changed(before: Parts, after: Parts, id: str = "") -> Iterator[str]:
    """The parts within one that are to be replaced, in the order of the page."""
    for inner in _MARK.findall(after[id]):
        if before.get(inner) != after[inner]:
            yield inner
        else:
            yield from changed(before, after, inner)
