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

from common.contracts.values import IncidentImpact, ServiceStatus
from public_api.pages import Content
from public_api.site import colors
from public_api.site.bars import bars
from public_api.site.markdown import to_html
from public_api.site.shapes import SHAPES, favicon
from public_api.site.times import Times
from public_api.site.words import WORDS, enumeration

NAMED_IN_BANNER = 4
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
_environment.globals.update(words=WORDS, shapes=SHAPES, updates_shown=UPDATES_SHOWN, reload_seconds=RELOAD_SECONDS)
_environment.filters.update(markdown=to_html, enumeration=enumeration)


def make(document: Row, others: Mapping[str, Content]) -> dict[str, Content]:
    """Every page of an organization by its path: its own, and one for each incident and window in its document.

    `others` is what there is beside them, for those who want to be told of changes.
    """
    maintenance = document["maintenance"]
    windows = [*maintenance["in_progress"], *maintenance["upcoming"], *maintenance["completed"]]
    return {
        "": index(
            document, {path: others[path].media_type.partition(";")[0] for path in WORDS["ways"] if path in others}
        ),
        **{f"incidents/{row['id']}": item(document, row) for row in document["incidents"]},
        **{f"maintenance/{row['id']}": item(document, row) for row in windows},
    }


def item(document: Row, row: Row) -> Content:
    """An incident or a window with everything that was said of it."""
    organization = document["organization"]
    return _item(json.dumps(row), json.dumps(organization), document["uptime"]["last_day"][:4])


@lru_cache(maxsize=4096)
def _item(row_json: str, organization_json: str, year: str) -> Content:
    """Kept, because of all incidents and windows of an organization only one changes at a time."""
    row, organization = json.loads(row_json), json.loads(organization_json)
    return _html(
        "item.html",
        organization,
        row=row,
        times=Times(organization["time_zone"], date(int(year), 1, 1)),
        title=WORDS["item_title"].format(title=row["title"], name=organization["name"]),
        summary=row["updates"][0]["message"][:SUMMARY_CHARACTERS] if row["updates"] else row["title"],
        favicon=favicon(_kind(row)),
        as_of=row["updated_at"],
        is_something_open=row["status"] not in _OVER and row["status"] != "scheduled",
    )


def _kind(row: Row) -> str:
    if row["status"] in _OVER:
        return "operational"
    return IncidentImpact(row["impact"]).service_status.value if "impact" in row else "maintenance"


def index(document: Row, updates: Mapping[str, str]) -> Content:
    """What is at the page's own address. `updates` are other ways to be told of changes: media types by path."""
    uptime = document["uptime"]
    times = Times(uptime["time_zone"], date.fromisoformat(uptime["last_day"]))
    incidents, maintenance = document["incidents"], document["maintenance"]
    open_incidents = [incident for incident in incidents if incident["status"] != "resolved"]
    planned = [row for row in maintenance["upcoming"] if times.days_ahead(row["scheduled_start"]) <= DAYS_AHEAD]
    is_something_open = bool(open_incidents or maintenance["in_progress"])
    said = banner(document)
    organization = document["organization"]
    return _html(
        "index.html",
        organization,
        page=document,
        updates=updates,
        times=times,
        banner=said,
        title=WORDS["title"].format(name=organization["name"], state=said["title"]),
        summary=said["text"] or organization["description"] or said["title"],
        favicon=favicon(said["kind"]),
        as_of=_as_of(document),
        open_incidents=open_incidents,
        past_incidents=[incident for incident in incidents if incident["status"] == "resolved"],
        windows=[*maintenance["in_progress"], *planned],
        entries=_tree(document),
        days=_days(uptime, times),
        is_something_open=is_something_open,
        aggregate=f"../../api/public/v1/pages/{organization['slug']}",
    )


def banner(document: Row) -> dict[str, Any]:
    """Whether it is down, and what: the kind, and the sentences."""
    unwell = [service for service in document["services"] if service["status"] != "operational"]
    unwell.sort(key=lambda service: -ServiceStatus(service["status"]).severity)
    in_window = [service["name"] for service in document["services"] if service["under_maintenance"]]
    kind = document["status"]["indicator"]
    if kind == "operational" and not document["services"]:
        kind = "none"
    elif kind == "operational" and document["maintenance"]["in_progress"]:
        kind = "maintenance"
    said = []
    if unwell:
        names = enumeration([service["name"] for service in unwell], NAMED_IN_BANNER)
        said.append(WORDS["affected"].format(names=names))
    if in_window:
        said.append(WORDS["in_window"].format(names=enumeration(in_window, NAMED_IN_BANNER)))
    if kind == "maintenance":
        said.append(WORDS["else_well"])
    return {"kind": kind, "title": WORDS["banner"][kind], "text": " ".join(said)}


def _as_of(document: Row) -> str:
    """When something about the document changed last; what was counted since then did not change it."""
    maintenance = document["maintenance"]
    windows = [*maintenance["in_progress"], *maintenance["upcoming"], *maintenance["completed"]]
    moments = [row["updated_at"] for row in [*document["incidents"], *windows]]
    moments += [entry["to"] for entry in document["uptime"]["services"]]
    moments += [cause["since"] for service in document["services"] for cause in service["causes"]]
    return max(moments, default="")


def _tree(document: Row) -> list[dict[str, Any]]:
    """Services and groups in order: a group holds its services, then its groups."""
    groups = {
        group["id"]: {**group, "services": [], "groups": [], "is_open": False, "shown": group["status"]}
        for group in document["groups"]
    }
    top: list[dict[str, Any]] = []
    for service in document["services"]:
        shown = service["status"]
        if shown == "operational" and service["under_maintenance"]:
            shown = "maintenance"
        row = {**service, "shown": shown}
        group = groups.get(service["group_id"])
        (group["services"] if group else top).append(row)
    for group in groups.values():
        parent = groups.get(group["parent_id"])
        (parent["groups"] if parent else top).append(group)
    for group in reversed(groups.values()):
        inside = [row["shown"] for row in (*group["services"], *group["groups"])]
        if group["shown"] == "operational" and "maintenance" in inside:
            group["shown"] = "maintenance"
        group["is_open"] = not group["collapsed"] and group["shown"] != "operational"
    place = {service["id"]: number for number, service in enumerate(document["services"])}
    return sorted(top, key=lambda row: _place(row, place))


def _place(row: Row, place: Mapping[str, int]) -> int:
    """A group stands where its first service does; one without any comes last."""
    inside = [_place(inner, place) for inner in (*row.get("services", ()), *row.get("groups", ()))]
    return min(inside, default=place.get(row["id"], len(place)))


def _days(uptime: Row, times: Times) -> dict[str, dict[str, Any]]:
    """The bars and the percentage of each service."""
    first = date.fromisoformat(uptime["first_day"])
    return {
        entry["id"]: {"bars": bars(entry["days"], first, times), "percentage": entry["percentage"]}
        for entry in uptime["services"]
    }


def _html(template: str, organization: Row, **values: object) -> Content:
    style = Markup(_STYLE + _own_style(organization))
    text = _environment.get_template(template).render(style=style, organization=organization, **values)
    pictures = [organization["logo_url"], organization["favicon_url"]]
    return Content("text/html; charset=utf-8", text, _headers(style, pictures))


def _own_style(organization: Row) -> str:
    """The organization's colour, readable by day and by night, and how many of its days a phone shows."""
    wider = max(organization["history_days"] / DAYS_ON_A_PHONE, 1)
    color = organization["accent_color"]
    accents = (
        f"--day:{colors.readable(color, colors.LIGHT)};--night:{colors.readable(color, colors.DARK)};" if color else ""
    )
    return f":root{{{accents}--wider:{wider:.4g}}}"


def _headers(style: str, pictures: Iterable[str | None] = ()) -> dict[str, str]:
    """Only this style is obeyed, no script at all, and nobody is asked for anything but the organization's pictures."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    origins = sorted({_origin(picture) for picture in pictures if picture})
    policy = (
        "default-src 'none'",
        f"style-src 'sha256-{digest}'",
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
