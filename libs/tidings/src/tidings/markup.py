"""HTML that others wrote, as Markdown: what it says, never what it does."""

import re
from html.parser import HTMLParser

_BEFORE = {"br": "\n", "p": "\n\n", "div": "\n\n", "ul": "\n", "ol": "\n", "li": "\n- ", "hr": "\n\n"}
_AROUND = {"b": "**", "strong": "**", "i": "*", "em": "*", "code": "`"}


def plain(text: str) -> str:
    """What HTML says, in Markdown: paragraphs, lists, links and emphasis stay, the rest of it goes, and so do control characters."""
    if re.search(r"</?[a-zA-Z][^>]*>|&[#a-zA-Z0-9]+;", text):
        reader = _Reader()
        reader.feed(text)
        reader.close()
        text = "".join(reader.said)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = "".join(character for character in text if character in "\n\t" or character.isprintable())
    return re.sub(r"\n{3,}", "\n\n", text).strip()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._links: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._silent += 1
        elif tag == "a":
            target = dict(attrs).get("href") or ""
            self._links.append(target if re.match(r"https?://|mailto:", target) else "")
            self.said.append("[" if self._links[-1] else "")
        elif re.fullmatch(r"h[1-6]", tag):
            self.said.append(f"\n\n{'#' * int(tag[1])} ")
        else:
            self.said.append(_AROUND.get(tag) or _BEFORE.get(tag, ""))

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._silent = max(0, self._silent - 1)
        elif tag == "a" and self._links:
            target = self._links.pop()
            self.said.append(f"]({target})" if target else "")
        elif tag in _AROUND:
            self.said.append(_AROUND[tag])
        elif tag in ("p", "div", "ul", "ol") or re.fullmatch(r"h[1-6]", tag):
            self.said.append("\n\n")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.said.append(data)
