"""Documents of public-api as they might be, and the states in which a page is looked at and tested. Pure.

The parts are for tests of anything that is made of documents: a service, an incident, a window, a document around them.
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

NOW = datetime(2026, 11, 22, 12, 2, tzinfo=UTC)
TODAY = date(2026, 11, 22)
ZONE = "Europe/Berlin"
DAYS = 90
_SECONDS = {
    "1": {"degraded": 4200},
    "2": {"partial_outage": 1740, "degraded": 300},
    "3": {"major_outage": 2040, "degraded": 300},
    "m": {"maintenance": 3600},
}
"""What a day of each character was like."""

Document = dict[str, Any]


def moment(**before: float) -> str:
    return (NOW - timedelta(**before)).isoformat().replace("+00:00", "Z")


def service(number: int, group: str | None = None, status: str = "operational", **fields: Any) -> Document:
    named = {"id": f"s{number}", "name": f"Service {number}", "description": "", "group_id": group, "status": status}
    return {**named, "under_maintenance": False, "start_date": "2026-01-01", "causes": [], **fields}


def group(id: str, name: str, parent: str | None = None, status: str = "operational", **fields: Any) -> Document:
    return {"id": id, "name": name, "parent_id": parent, "collapsed": False, "status": status, **fields}


def incident(number: int, status: str = "investigating", **fields: Any) -> Document:
    said = [
        ("monitoring", "A fix is in place. We watch **error rates** for another hour before we close this.", 5),
        ("identified", "The cause is a full connection pool in the payment gateway of our provider in Frankfurt.", 25),
        ("investigating", "Some customers cannot pay by card. Carts are kept; please try again later.", 45),
    ]
    updates = [
        {"id": f"u{number}-{at}", "status": state, "message": text, "created_at": moment(minutes=at), "edited_at": None}
        for state, text, at in said
    ]
    return {
        "id": f"i{number}",
        "title": f"Card payments fail for some customers ({number})",
        "description": "",
        "status": status,
        "impact": "major",
        "started_at": moment(minutes=45),
        "resolved_at": moment(minutes=1) if status == "resolved" else None,
        "updated_at": moment(minutes=5),
        "services": [{"id": f"s{number}", "name": f"Service {number}", "status": "partial_outage"}],
        "updates": updates,
        "postmortem": None,
        **fields,
    }


def window(status: str = "scheduled", **fields: Any) -> Document:
    return {
        "id": "w",
        "title": "Database upgrade",
        "description": "Reading works throughout. Writing pauses for about *two minutes*.",
        "status": status,
        "scheduled_start": moment(days=-2),
        "scheduled_end": moment(days=-2, hours=-1),
        "started_at": None,
        "completed_at": None,
        "cancelled_at": None,
        "updated_at": moment(days=3),
        "services": [{"id": "s3", "name": "Service 3"}],
        "updates": [],
        **fields,
    }


def document(
    services: list[Document] | None = None,
    organization: Document | None = None,
    *,
    maintenance: Mapping[str, list[Document]] | None = None,
    days: Mapping[str, str] | None = None,
    status: str = "operational",
    **fields: Any,
) -> Document:
    """An aggregate. `days` are those of services that were not well on all of them; `fields` are keys of the top level."""
    services = [service(number) for number in range(3)] if services is None else services
    told = {row["id"]: "0" * DAYS for row in services} | dict(days or {})
    shown = (organization or {}).get("history_days", DAYS)
    return {
        "organization": {
            "slug": "acme",
            "name": "Acme",
            "description": "Everything for the home.",
            "time_zone": ZONE,
            "logo_url": None,
            "favicon_url": None,
            "accent_color": None,
            "theme": "system",
            "support_url": None,
            "links": [],
            "search_engines_allowed": True,
            "history_days": DAYS,
            **(organization or {}),
        },
        "status": {"indicator": status, "description": status},
        "groups": [],
        "services": services,
        "incidents": [],
        "maintenance": {"in_progress": [], "upcoming": [], "completed": [], **(maintenance or {})},
        "uptime": {
            "rule": {"weights": {"major_outage": 1.0, "partial_outage": 0.3, "degraded": 0.0}},
            "time_zone": ZONE,
            "first_day": _day(DAYS - shown),
            "last_day": TODAY.isoformat(),
            "services": [_uptime(id, said, shown) for id, said in told.items()],
        },
        "page_version": 7,
        "position": "abcdefghijkl-7",
        **fields,
    }


def busy() -> Document:
    """20 services in nested groups with 90 days each, 2 incidents and a window."""
    groups = [
        group("shop", "Shop", status="partial_outage"),
        group("pay", "Payments", "shop", "partial_outage"),
        group("back", "Back office", collapsed=True),
    ]
    places = ["shop"] * 7 + ["pay"] * 6 + ["back"] * 5 + [None] * 2
    unwell = {0: "partial_outage", 1: "degraded"}
    services = [service(number, place, unwell.get(number, "operational")) for number, place in enumerate(places)]
    days = {
        f"s{number}": "." * number + ("0" * 13 + "123m0"[number % 5]) * 6 + "0" * (6 - number % 6)
        for number in range(20)
    }
    return document(
        services,
        groups=groups,
        status="partial_outage",
        incidents=[incident(0), incident(1)],
        maintenance={"upcoming": [window()]},
        days={id: said[-DAYS:].rjust(DAYS, ".") for id, said in days.items()},
    )


def states() -> dict[str, Document]:
    """Documents of every state a page may be in, by the slug that each is at."""
    made = {
        "all-well": _all_well(),
        "minor": _minor(),
        "major": _major(),
        "maintenance": _maintenance(),
        "empty": document([], {"description": ""}),
        "nested": _nested(),
        "branded": _branded(),
    }
    for slug, state in made.items():
        state["organization"]["slug"] = slug
    return made


def archive(document: Document) -> str:
    """What is kept beside a document (public_api.archive), as far as it can be told from that."""
    windows = [row for rows in document["maintenance"].values() for row in rows]
    began = moment(days=300)
    dates = {"created_at": began, "updated_at": began}
    services = {row["id"]: dates for row in document["services"]}
    lines = [
        {
            "organization_id": document["organization"]["slug"],
            **dates,
            "layout_updated_at": began,
            "services": services,
        },
        [{**row, "created_at": row["started_at"]} for row in document["incidents"]],
        [{**row, "created_at": row["updated_at"]} for row in windows],
        {row["id"]: _changes(row["status"]) for row in document["services"]},
    ]
    return "\n".join(json.dumps(line, separators=(",", ":")) for line in lines)


def _changes(status: str) -> list[Document]:
    """A bad day three weeks ago, and what holds now."""
    back = [
        {"at": moment(days=20, hours=3), "status": "operational"},
        {"at": moment(days=20, hours=4), "status": "degraded"},
    ]
    return back if status == "operational" else [{"at": moment(minutes=45), "status": status}, *back]


def _shop(**status: str) -> list[Document]:
    """The services of a shop; some have another status than operational, or are in `maintenance`."""
    rows = [
        ("website", "Website", None, "What customers see first: catalogue, search and product pages."),
        ("checkout", "Checkout", None, ""),
        ("cards", "Card payments", "payments", "Visa, Mastercard and American Express."),
        ("transfers", "Bank transfers", "payments", ""),
        ("invoices", "Invoices", "payments", ""),
        ("api", "REST API", "developers", "Version 3, and version 2 until the end of next year."),
        ("webhooks", "Webhooks", "developers", ""),
        ("console", "Merchant console", None, ""),
    ]
    return [
        service(
            number,
            place,
            "operational" if (said := status.get(id, "operational")) == "maintenance" else said,
            id=id,
            name=name,
            description=text,
            under_maintenance=said == "maintenance",
        )
        for number, (id, name, place, text) in enumerate(rows)
    ]


def _shop_groups(payments: str = "operational", developers: str = "operational") -> list[Document]:
    return [group("payments", "Payments", status=payments), group("developers", "For developers", status=developers)]


_SHOP_DAYS = {
    "website": "0" * 69 + "1" + "0" * 20,
    "cards": "0" * 40 + "23" + "0" * 47 + "2",
    "api": "." * 30 + "0" * 39 + "1" + "0" * 10 + "m" + "0" * 9,
}


def _says(id: str, status: str, message: str, **before: float) -> Document:
    return {"id": id, "status": status, "message": message, "created_at": moment(**before), "edited_at": None}


def _past() -> Document:
    """An incident of last week, with a postmortem."""
    body = "## What happened\n\nA certificate of our provider ran out.\n\n1. It was renewed by hand.\n2. It is watched now."
    return incident(
        8,
        "resolved",
        title="Slow product pages",
        impact="minor",
        started_at=moment(days=6, hours=2),
        resolved_at=moment(days=6),
        updated_at=moment(days=5),
        services=[{"id": "website", "name": "Website", "status": "degraded"}],
        updates=[
            _says("p3", "resolved", "Pages load as fast as ever.", days=6),
            _says("p2", "identified", "A cache was full; we are emptying it.", days=6, hours=1),
            _says("p1", "investigating", "Product pages take up to ten seconds.", days=6, hours=2),
        ],
        postmortem={"body": body, "published_at": moment(days=5), "updated_at": moment(days=5)},
    )


def _all_well() -> Document:
    return document(_shop(), groups=_shop_groups(), incidents=[_past()], days=_SHOP_DAYS)


def _minor() -> Document:
    slow = incident(
        1,
        "monitoring",
        title="Webhooks arrive late",
        impact="minor",
        services=[{"id": "webhooks", "name": "Webhooks", "status": "degraded"}],
        updates=[
            _says("m2", "monitoring", "We added workers. Webhooks arrive within a minute again.", minutes=5),
            _says("m1", "investigating", "Webhooks arrive up to twenty minutes late. None is lost.", minutes=45),
        ],
    )
    return document(
        _shop(webhooks="degraded"),
        groups=_shop_groups(developers="degraded"),
        status="degraded",
        incidents=[slow, _past()],
        days={**_SHOP_DAYS, "webhooks": "0" * 89 + "1"},
    )


def _major() -> Document:
    """Two incidents, one with a long history, and a window that is planned."""
    cards = incident(
        0,
        title="Card payments fail",
        impact="critical",
        services=[
            {"id": "cards", "name": "Card payments", "status": "major_outage"},
            {"id": "checkout", "name": "Checkout", "status": "partial_outage"},
        ],
    )
    earlier = [
        _says(f"e{hours}", "investigating", f"Number {hours}: we are still looking.", hours=hours)
        for hours in range(2, 6)
    ]
    return document(
        _shop(cards="major_outage", checkout="partial_outage", api="degraded", invoices="maintenance"),
        groups=_shop_groups("major_outage", "degraded"),
        status="major_outage",
        incidents=[
            {**cards, "updates": [*cards["updates"], *earlier]},
            incident(
                1,
                "identified",
                title="The API answers slowly",
                impact="minor",
                services=[{"id": "api", "name": "REST API", "status": "degraded"}],
            ),
            _past(),
        ],
        maintenance={"upcoming": [window(services=[{"id": "console", "name": "Merchant console"}])]},
        days={**_SHOP_DAYS, "cards": "0" * 40 + "23" + "0" * 47 + "3", "checkout": "0" * 89 + "2"},
    )


def _maintenance() -> Document:
    running = window(
        "in_progress",
        id="now",
        title="Moving the merchant console to a new data centre",
        scheduled_start=moment(minutes=30),
        scheduled_end=moment(hours=-2),
        started_at=moment(minutes=30),
        services=[{"id": "console", "name": "Merchant console"}],
        updates=[_says("n1", "in_progress", "We have begun. The console can be read, not changed.", minutes=30)],
    )
    return document(
        _shop(console="maintenance"),
        groups=_shop_groups(),
        maintenance={"in_progress": [running], "upcoming": [window()]},
        days={**_SHOP_DAYS, "console": "0" * 89 + "m"},
    )


def _nested() -> Document:
    """60 services in groups within groups, some with names that are hard to fit."""
    groups = [
        group("eu", "Europe", status="partial_outage"),
        group("eu-1", "Frankfurt am Main, availability zones one to three", "eu", "partial_outage"),
        group("eu-1-db", "Databases", "eu-1", "partial_outage"),
        group("us", "North America"),
        group("us-1", "Virginia", "us"),
        group("asia", "Asia and the Pacific", collapsed=True),
    ]
    places = [groups[number % len(groups)]["id"] for number in range(54)] + [None] * 6
    services = [service(number, place) for number, place in enumerate(sorted(places, key=str))]
    unwell = next(row for row in services if row["group_id"] == "eu-1-db")
    unwell |= {"status": "partial_outage", "name": "Donaudampfschifffahrtsgesellschaftskapitänsdatenbank"}
    days = {row["id"]: ("0" * 17 + "0123m"[number % 5]) * 5 for number, row in enumerate(services)}
    affected = [{"id": unwell["id"], "name": unwell["name"], "status": "partial_outage"}]
    return document(
        services,
        groups=groups,
        status="partial_outage",
        incidents=[incident(0, title="Writing to one database fails", services=affected)],
        days=days,
    )


def _branded() -> Document:
    """With everything that an organization can set, but pictures from elsewhere."""
    links = [
        {"label": "Terms of service", "url": "https://acme.example/terms"},
        {"label": "Blog", "url": "https://acme.example/blog"},
    ]
    chosen = {"name": "Acme Größe & Söhne", "accent_color": "#ffee00", "theme": "dark", "links": links}
    return document(
        _shop(),
        {**chosen, "support_url": "https://acme.example/support", "search_engines_allowed": False, "history_days": 30},
        groups=_shop_groups(),
        days=_SHOP_DAYS,
    )


def _day(place: int) -> str:
    return (TODAY - timedelta(days=DAYS - 1 - place)).isoformat()


def _uptime(id: str, days: str, shown: int) -> Document:
    first = DAYS - shown
    seconds = {_day(place): _SECONDS[day] for place, day in enumerate(days) if day in _SECONDS and place >= first}
    known = {"percentage": 99.97, "from": moment(days=shown), "to": moment(minutes=2)}
    return {"id": id, "days": days[first:], **known, "seconds": seconds}
