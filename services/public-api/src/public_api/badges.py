"""Badges: the page's status, or a service's, as a small picture for a README or a dashboard. Pure.

Shape (the page's own), word and colour say the same, so that none of them is needed to understand it. Every text is escaped; nothing is loaded from elsewhere.
"""

import unicodedata
from collections.abc import Mapping
from html import escape
from typing import Any

from public_api.site.outline import banner
from public_api.site.shapes import SHAPES
from public_api.site.words import WORDS
from public_api.xml_text import legible

NAME_MAX = 40
_COLORS = {
    "operational": "#1a7f37",
    "maintenance": "#0969da",
    "degraded": "#946200",
    "partial_outage": "#bc4c00",
    "major_outage": "#cf222e",
    "none": "#59636e",
}
"""Behind the word: white text has a contrast of 4.5 to 1 or more on each."""
_SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="20" role="img" aria-label="{label}">'
    "<title>{label}</title>"
    '<rect width="{width}" height="20" rx="3" fill="#424a53"/>'
    '<path d="M{left} 0h{to_corner}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-{to_corner}z" fill="{color}"/>'
    '<svg x="{shape_at}" y="4" width="12" height="12" viewBox="0 0 24 24" fill="#fff" stroke="{color}" stroke-width="3">'
    "{shape}</svg>"
    '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" aria-hidden="true">'
    '<text x="6" y="14" textLength="{name_width}" lengthAdjust="spacingAndGlyphs">{name}</text>'
    '<text x="{word_at}" y="14" textLength="{word_width}" lengthAdjust="spacingAndGlyphs">{word}</text>'
    "</g></svg>\n"
)


def render(document: Mapping[str, Any]) -> dict[str, str]:
    """Every badge by its path: the page's, and one for each service by its id."""
    said = banner(document)
    badges = {"badge.svg": badge(document["organization"]["name"], said["kind"], said["title"])}
    for service in document["services"]:
        kind = service["status"]
        if kind == "operational" and service["under_maintenance"]:
            kind = "maintenance"
        badges[f"badges/{service['id']}.svg"] = badge(service["name"], kind, WORDS["service_status"][kind])
    return badges


def badge(name: str, kind: str, word: str) -> str:
    """The picture. A long name is cut, and whole in its title."""
    name = legible(name)
    short = name if len(name) <= NAME_MAX else name[: NAME_MAX - 1].rstrip() + "…"
    name_width, word_width = _width(short), _width(word)
    left = 6 + name_width + 6
    right = 6 + 12 + 5 + word_width + 6
    return _SVG.format(
        width=left + right,
        left=left,
        to_corner=right - 3,
        color=_COLORS[kind],
        shape=SHAPES[kind],
        shape_at=left + 6,
        word_at=left + 23,
        name_width=name_width,
        word_width=word_width,
        name=escape(short),
        word=escape(word),
        label=escape(f"{name}: {word}"),
    )


def _width(text: str) -> int:
    """About as wide as Verdana at 11 px sets it; the picture stretches the text to exactly that."""
    return round(sum(_width_of(character) for character in text))


def _width_of(character: str) -> float:
    if unicodedata.combining(character):
        return 0
    if unicodedata.east_asian_width(character) in "WF":
        return 11
    if character in "fijlrtI.,:;'|!()[] ":
        return 4.4
    return 9.5 if character in "mwMW@%" else 8 if character.isupper() else 6.9
