"""The page for people: HTML of an organization's document. Pure, and a function of the document alone.

So every replica makes the same bytes, and nothing on a page depends on when it is asked for: "now" is the moment of the last change.
"""

import base64
import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from common.contracts.values import IncidentImpact
from public_api.machines import FEED_TYPES
from public_api.pages import Content
from public_api.site import colors
from public_api.site.bars import bars
from public_api.site.markdown import to_html
from public_api.site.outline import as_of, banner, tree
from public_api.site.parts import Collector, Parts, changed, whole
from public_api.site.script import SCRIPT_PATH
from public_api.site.shapes import SHAPES, favicon
from public_api.site.times import Times
from public_api.site.words import WORDS, enumeration
from public_api.store import PageRecord

UPDATES_SHOWN = 5
DAYS_AHEAD = 7
DAYS_ON_A_PHONE = 30
RELOAD_SECONDS = 60
SUMMARY_CHARACTERS = 200
_OVER = {"resolved", "completed", "cancelled"}

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


def make(document: Row, archive: str) -> dict[str, Content]:
    """Every page of an organization by its path: its own, and one for each incident and window in its document."""
    return {
        "": _content(_index(_json(document), archive), document["organization"]),
        **{path: item(document, row) for path, row in _items(document).items()},
    }


def changes(before: PageRecord | None, after: PageRecord) -> dict[str, str]:
    """What is to be replaced in pages that people have open: HTML by element id. Each page takes what it has."""
    if before is None:
        return {}
    old, new = json.loads(before.document), json.loads(after.document)
    parts = _index(after.document, after.archive)
    shown = _index(before.document, before.archive) if "uptime" in old else {}
    said = _items(old) if shown else {}
    times = _times(new)
    return {id: whole(parts, id) for id in changed(shown, parts)} | {
        path: _whole(path, _json(row), times) for path, row in _items(new).items() if said.get(path) != row
    }


def item(document: Row, row: Row) -> Content:
    """An incident or a window with everything that was said of it."""
    return _item(_path(row), _json(row), _json(document["organization"]), _times(document))


def _items(document: Row) -> dict[str, Row]:
    maintenance = document["maintenance"]
    windows = [*maintenance["in_progress"], *maintenance["upcoming"], *maintenance["completed"]]
    return {_path(row): row for row in [*document["incidents"], *windows]}


def _path(row: Row) -> str:
    """Where people read of an incident or a window, below the page's address. On that page it is an element's id, too."""
    return f"{'incidents' if 'impact' in row else 'maintenance'}/{row['id']}"


def _times(document: Row) -> Times:
    """For what stands when the year does, so that it is not made anew every day."""
    return Times(document["organization"]["time_zone"], date(int(document["uptime"]["last_day"][:4]), 1, 1))


@lru_cache(maxsize=4096)
def _item(path: str, row_json: str, organization_json: str, times: Times) -> Content:
    """Kept, because of all incidents and windows of an organization only one changes at a time."""
    row, organization = json.loads(row_json), json.loads(organization_json)
    parts = _parts(
        "item.html",
        organization,
        home="../",
        path=path,
        whole=Markup(_whole(path, row_json, times)),
        times=times,
        title=WORDS["item_title"].format(title=row["title"], name=organization["name"]),
        summary=row["updates"][0]["message"][:SUMMARY_CHARACTERS] if row["updates"] else row["title"],
        favicon=favicon(_kind(row)),
        as_of=row["updated_at"],
        is_something_open=row["status"] not in _OVER and row["status"] != "scheduled",
    )
    return _content(parts, organization)


@lru_cache(maxsize=4096)
def _whole(path: str, row_json: str, times: Times) -> str:
    """All there is to say of an incident or a window, as an element whose id is its path."""
    return _environment.get_template("whole.html").render(path=path, row=json.loads(row_json), times=times)


def _kind(row: Row) -> str:
    if row["status"] in _OVER:
        return "operational"
    return IncidentImpact(row["impact"]).service_status.value if "impact" in row else "maintenance"


@lru_cache(maxsize=32)
def _index(document_json: str, archive: str) -> Parts:
    """What is at the page's own address. Kept, because a page that changed is asked for by the fold, for what changed, and then to be served."""
    document = json.loads(document_json)
    uptime = document["uptime"]
    times = Times(uptime["time_zone"], date.fromisoformat(uptime["last_day"]))
    incidents, maintenance = document["incidents"], document["maintenance"]
    open_incidents = [incident for incident in incidents if incident["status"] != "resolved"]
    planned = [row for row in maintenance["upcoming"] if times.days_ahead(row["scheduled_start"]) <= DAYS_AHEAD]
    said = banner(document)
    organization = document["organization"]
    return _parts(
        "index.html",
        organization,
        home="",
        page=document,
        updates=WORDS["ways"],
        feeds=FEED_TYPES,
        times=times,
        title=WORDS["title"].format(name=organization["name"], state=said["title"]),
        summary=f"{said['title']}. {said['text']}".strip(),
        favicon=favicon(said["kind"]),
        as_of=as_of(document),
        banner=said,
        open_incidents=open_incidents,
        past_incidents=[incident for incident in incidents if incident["status"] == "resolved"],
        windows=[*maintenance["in_progress"], *planned],
        entries=tree(document),
        days=_days(uptime, times),
        is_something_open=bool(open_incidents or maintenance["in_progress"]),
        aggregate=f"../../api/public/v1/pages/{organization['slug']}",
    )


def _days(uptime: Row, times: Times) -> dict[str, dict[str, Any]]:
    """The bars and the percentage of each service."""
    first = date.fromisoformat(uptime["first_day"])
    return {
        entry["id"]: {"bars": bars(entry["days"], first, times), "percentage": entry["percentage"]}
        for entry in uptime["services"]
    }


def _parts(template: str, organization: Row, **values: object) -> Parts:
    part = Collector()
    style = Markup(_style(organization))
    text = _environment.get_template(template).render(part=part, style=style, organization=organization, **values)
    return {**part.parts, "": text}


def _content(parts: Parts, organization: Row) -> Content:
    pictures = [organization["logo_url"], organization["favicon_url"]]
    return Content("text/html; charset=utf-8", whole(parts), _headers(_style(organization), pictures))


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


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


def _plain(words: Mapping[str, str]) -> Content:
    text = _environment.get_template("plain.html").render(style=Markup(_STYLE), **words)
    return Content("text/html; charset=utf-8", text, _headers(_STYLE))


MISSING = _plain(WORDS["missing"])
NOT_YET = _plain(WORDS["not_yet"])
