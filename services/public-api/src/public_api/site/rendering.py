"""How a page is made of a template: what every template knows, the style and the organization's colours, and what a browser is allowed to do."""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from common.clock import rfc3339
from public_api import caches
from public_api.codings import Content
from public_api.site import colors
from public_api.site.markdown import to_html
from public_api.site.parts import Collector, Parts, whole
from public_api.site.script import SCRIPT_PATH
from public_api.site.shapes import SHAPES
from public_api.site.times import Times
from public_api.site.words import WORDS, enumeration

UPDATES_SHOWN = 5
DAYS_ON_A_PHONE = 30
RELOAD_SECONDS = 60

_CONFIRMED = Markup('<p id="confirmed" hidden></p>')
_CARDS = {"incident": "i", "past_incident": "i", "window": "m", "service": "s"}
"""What there are cards of, and what the ids of their elements begin with."""

Row = Mapping[str, Any]

_STYLE = (files("public_api.site") / "style.css").read_text(encoding="utf-8")
_environment = Environment(
    loader=PackageLoader("public_api.site"),
    autoescape=True,
    undefined=StrictUndefined,
    auto_reload=False,
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
    confirmed=_CONFIRMED,
)
_environment.filters.update(markdown=to_html, enumeration=enumeration)


def html_of(template: str, **values: object) -> str:
    """What is no page by itself."""
    return _environment.get_template(template).render(**values)


def parts_of(template: str, organization: Row, *, times: Times, **values: object) -> Parts:
    """A whole page."""
    part = Collector()

    def card(kind: str, row: Row) -> Markup:
        return part.add(f"{_CARDS[kind]}-{row['id']}", card_of(kind, as_json(row), times))

    style = Markup(_style(organization))
    values |= {"organization": organization, "times": times, "style": style, "part": part, "card": card}
    text = html_of(template, **values)
    return {**part.parts, "": text}


@lru_cache(maxsize=caches.PARTS)
def card_of(kind: str, row_json: str, times: Times) -> str:
    """What is told of one thing among others. Kept, because of all there are on a page only few change at a time."""
    return html_of("card.html", kind=kind, row=json.loads(row_json), times=times).strip()


def content(parts: Parts, organization: Row, *, has_form: bool = False, has_script: bool = True) -> Content:
    """A whole page, to be served. Only one that has a form may send it."""
    pictures = [organization["logo_url"], organization["favicon_url"]]
    return Content(
        "text/html; charset=utf-8",
        whole(parts),
        _headers(_style(organization), pictures, forms="'self'" if has_form else "'none'", has_script=has_script),
    )


def doubted(page: Content, since: datetime, time_zone: str) -> Content:
    """A page that says that it may be out of date."""
    moment = Times(time_zone, since.date()).moment(rfc3339(since.replace(microsecond=0)))
    notice = Markup('<p id="confirmed" class="notice">{}</p>').format(
        Markup(WORDS["unconfirmed"]).format(moment=moment)
    )
    return replace(page, text=page.text.replace(_CONFIRMED, notice, 1))


def alone(html: str, organization: Row) -> Content:
    """Something of a page without what is around it, and without the script."""
    pictures = [organization["logo_url"], organization["favicon_url"]]
    style = _style(organization)
    text = html_of("alone.html", html=Markup(html), style=Markup(style), organization=organization)
    return Content("text/html; charset=utf-8", text, _headers(style, pictures, has_script=False))


def _style(organization: Row) -> str:
    """All of it, with the organization's colour, readable by day and by night, and how many of its days a phone shows."""
    wider = max(organization["history_days"] / DAYS_ON_A_PHONE, 1)
    color = organization["accent_color"]
    accents = (
        f"--day:{colors.readable(color, colors.LIGHT)};--night:{colors.readable(color, colors.DARK)};" if color else ""
    )
    return f"{_STYLE}:root{{{accents}--wider:{wider:.4g}}}"


def _headers(
    style: str, pictures: Iterable[str | None] = (), *, forms: str = "'none'", has_script: bool = True
) -> dict[str, str]:
    """Only this style and our script are obeyed, and nobody is asked for anything but the organization's pictures."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    origins = sorted({_origin(picture) for picture in pictures if picture})
    policy = (
        "default-src 'none'",
        f"style-src 'sha256-{digest}'",
        *(("script-src 'self'", "connect-src 'self'") if has_script else ()),
        " ".join(["img-src data:", *origins]),
        "base-uri 'none'",
        f"form-action {forms}",
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


def plain(words: Mapping[str, str], **link: str) -> Content:
    """A page that belongs to no organization: a title, a sentence and perhaps a link."""
    text = html_of("plain.html", style=Markup(_STYLE), **words, **link)
    return Content("text/html; charset=utf-8", text, _headers(_STYLE))


def as_json(value: object) -> str:
    """By which a page that says the same is found again."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
