"""Documents of public-api as they might be, and the states in which a page is looked at and tested. Pure.

The parts are for tests of anything that is made of documents: a service, an incident, a window, a document around them.
"""

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
            "first_day": _day(0),
            "last_day": TODAY.isoformat(),
            "services": [_uptime(id, said) for id, said in told.items()],
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


def _day(place: int) -> str:
    return (TODAY - timedelta(days=DAYS - 1 - place)).isoformat()


def _uptime(id: str, days: str) -> Document:
    seconds = {_day(place): _SECONDS[character] for place, character in enumerate(days) if character in _SECONDS}
    known = {"percentage": 99.97, "from": moment(days=90), "to": moment(minutes=2)}
    return {"id": id, "days": days, **known, "seconds": seconds}
