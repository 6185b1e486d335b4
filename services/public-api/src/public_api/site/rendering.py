"""How a page is made of a template: what every template knows, the style and the organization's colours, and what a browser is allowed to do."""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from importlib.resources import files
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from public_api.pages import Content
from public_api.site import colors
from public_api.site.markdown import to_html
from public_api.site.parts import Collector, Parts, whole
from public_api.site.script import SCRIPT_PATH
from public_api.site.shapes import SHAPES
from public_api.site.words import WORDS, enumeration

UPDATES_SHOWN = 5
DAYS_ON_A_PHONE = 30
RELOAD_SECONDS = 60

Row = Mapping[str, Any]

_STYLE = (files("public_api.site") / "style.css").read_text(encoding="utf-8")
_environment = Environment(
    loader=PackageLoader("public_api.site"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.globals.update(
    words=WORDS,
    shapes=SHAPES,
    script=SCRIPT_PATH,
    script_words={**WORDS["script"], **WORDS["day"]},
    updates_shown=UPDATES_SHOWN,
    reload_seconds=RELOAD_SECONDS,
)
_environment.filters.update(markdown=to_html, enumeration=enumeration)


def html_of(template: str, **values: object) -> str:
    """What is no page by itself."""
    return _environment.get_template(template).render(**values)


def parts_of(template: str, organization: Row, **values: object) -> Parts:
    """A whole page."""
    part = Collector()
    style = Markup(_style(organization))
    text = _environment.get_template(template).render(part=part, style=style, organization=organization, **values)
    return {**part.parts, "": text}


def content(parts: Parts, organization: Row) -> Content:
    """A whole page, to be served."""
    pictures = [organization["logo_url"], organization["favicon_url"]]
    return Content("text/html; charset=utf-8", whole(parts), _headers(_style(organization), pictures))


def _style(organization: Row) -> str:
    """All of it, with the organization's colour, readable by day and by night, and how many of its days a phone shows."""
    wider = max(organization["history_days"] / DAYS_ON_A_PHONE, 1)
    color = organization["accent_color"]
    accents = (
        f"--day:{colors.readable(color, colors.LIGHT)};--night:{colors.readable(color, colors.DARK)};" if color else ""
    )
    return f"{_STYLE}:root{{{accents}--wider:{wider:.4g}}}"


def _headers(style: str, pictures: Iterable[str | None] = ()) -> dict[str, str]:
    """Only this style and our script are obeyed, and nobody is asked for anything but the organization's pictures."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    origins = sorted({_origin(picture) for picture in pictures if picture})
    policy = (
        "default-src 'none'",
        f"style-src 'sha256-{digest}'",
        "script-src 'self'",
        "connect-src 'self'",
        " ".join(["img-src data:", *origins]),
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{quote(parts.netloc, safe=':[]')}"


def plain(words: Mapping[str, str]) -> Content:
    """A page that belongs to no organization: a title and a sentence."""
    text = _environment.get_template("plain.html").render(style=Markup(_STYLE), **words)
    return Content("text/html; charset=utf-8", text, _headers(_STYLE))


def as_json(value: object) -> str:
    """By which a page that says the same is found again."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
