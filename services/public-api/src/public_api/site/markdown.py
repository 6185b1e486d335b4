"""What people write, as HTML that can do no harm: CommonMark without raw HTML, then only a few elements, and no attributes but where links lead and lists begin."""

from functools import lru_cache

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

from public_api import caches

_ELEMENTS = {
    "a", "blockquote", "br", "code", "em", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "strong", "ul",
}  # fmt: skip
_SCHEMES = {"http", "https", "mailto"}
_HEADINGS_ABOVE = 3
"""Headings of the page itself around a text."""

# A picture would be a request to somebody else.
_commonmark = MarkdownIt("commonmark", {"html": False, "breaks": True}).disable("image")


@lru_cache(maxsize=caches.PARTS)
def to_html(text: str) -> Markup:
    """Rendered and sanitised. An organization's texts seldom change from one rendering to the next."""
    tokens = _commonmark.parse(text)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(int(token.tag[1:]) + _HEADINGS_ABOVE, 6)}"
    html = _commonmark.renderer.render(tokens, _commonmark.options, {})
    return Markup(
        nh3.clean(
            html,
            tags=_ELEMENTS,
            attributes={"a": {"href"}, "ol": {"start"}},
            url_schemes=_SCHEMES,
            link_rel="nofollow noopener noreferrer",
        )
    )
