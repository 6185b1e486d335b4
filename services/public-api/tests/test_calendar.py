"""The calendar of windows: what a calendar program reads in it, and how it is answered."""

import gzip
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Calendar

from common.clock import now, rfc3339
from common.contracts.maintenance import Maintenance, ServiceMaintenance
from common.contracts.values import MaintenanceStatus, Visibility
from devstack.teststack import Service
from public_api.calendar_feed import render
from public_api.items import Names

CALENDAR = "/api/public/v1/pages/acme/maintenance.ics"
START = datetime(2026, 11, 22, 12, 0, 0, 123456, tzinfo=UTC)
Publish = Callable[..., Awaitable[int]]
PageAt = Callable[..., Awaitable[dict[str, Any]]]

WINDOW = Maintenance(
    id="w",
    title="Größe; of, \\ all\nDTEND:20000101T000000Z",
    description="Line one\nline two",
    status=MaintenanceStatus.SCHEDULED,
    visibility=Visibility.PUBLIC,
    scheduled_start=START,
    scheduled_end=START + timedelta(hours=1),
    started_at=None,
    completed_at=None,
    cancelled_at=None,
    starts_by_itself=True,
    completes_by_itself=True,
    reminder_minutes=(),
    series_id=None,
    services=tuple(ServiceMaintenance(service_id=id, name=f"was {id}") for id in ("a", "gone", "hidden")),
    updates=(),
    created_at=START - timedelta(days=1),
    updated_at=START - timedelta(hours=1),
    version=3,
)


def only_event(window: Maintenance) -> Any:
    names = Names({"a": "Checkout"}, {"gone"})
    (event,) = Calendar.from_ical(render("Acme", [window], names)).walk("VEVENT")
    return event


def test_a_planned_window_is_an_event_that_keeps_its_identity() -> None:
    event = only_event(WINDOW)
    whole = START.replace(microsecond=0)
    assert (event["UID"], event["SEQUENCE"], event["STATUS"]) == ("w@tidings", 3, "CONFIRMED")
    assert (event.decoded("DTSTART"), event.decoded("DTEND")) == (whole, whole + timedelta(hours=1))
    assert event.decoded("DTSTAMP") == whole - timedelta(hours=1)
    assert str(event["SUMMARY"]) == WINDOW.title, "text breaks out of no line"
    assert str(event["DESCRIPTION"]) == "Line one\nline two\n\nAffects: Checkout, was gone"


def test_what_began_or_ended_at_another_time_stands_there_and_what_was_called_off_is_struck_out() -> None:
    late = WINDOW.model_copy(update={"status": MaintenanceStatus.COMPLETED, "started_at": START + timedelta(minutes=5)})
    late = late.model_copy(update={"completed_at": START + timedelta(minutes=20)})
    assert only_event(late).decoded("DTSTART").minute == 5
    assert only_event(late).decoded("DTEND").minute == 20
    off = {"status": MaintenanceStatus.CANCELLED, "cancelled_at": START - timedelta(days=1)}
    event = only_event(WINDOW.model_copy(update=off))
    assert event["STATUS"] == "CANCELLED"
    assert event.decoded("DTEND") == START.replace(microsecond=0) + timedelta(hours=1)


def test_every_replica_makes_the_same_bytes() -> None:
    windows = [WINDOW.model_copy(update={"id": str(number)}) for number in range(3)]
    assert render("Acme", windows, Names()) == render("Acme", windows, Names())
    assert render("Acme", [], Names()).endswith("END:VCALENDAR\r\n")


async def test_the_calendar_is_answered_like_the_page_and_follows_windows_and_names(
    public_api: Service, publish: Publish, page_at: PageAt
) -> None:
    def at(days: float) -> dict[str, str]:
        start = now() + timedelta(days=days)
        return {"scheduled_start": rfc3339(start), "scheduled_end": rfc3339(start + timedelta(hours=1))}

    await publish("page_settings.provisioned")
    await publish("service.created", "s", name="Checkout")
    named = {"services": [{"service_id": "s", "name": "former name"}]}
    await publish("maintenance.scheduled", "later", **at(2), **named)
    await publish("maintenance.scheduled", "sooner", **at(1))
    over = {"status": "completed", "started_at": rfc3339(now() - timedelta(days=100))}
    await publish("maintenance.completed", "old", **at(-100), **over, completed_at=rfc3339(now() - timedelta(days=99)))
    await page_at(
        public_api,
        await publish(
            "maintenance.cancelled", "sooner", version=2, **at(1), status="cancelled", cancelled_at=rfc3339(now())
        ),
    )

    response = await public_api.client.get(CALENDAR, headers={"Accept-Encoding": "identity"})
    assert response.headers["content-type"] == "text/calendar; charset=utf-8"
    assert response.headers["access-control-allow-origin"] == "*"
    events = Calendar.from_ical(response.content).walk("VEVENT")
    assert [(event["UID"], event["STATUS"]) for event in events] == [
        ("sooner@tidings", "CANCELLED"),
        ("later@tidings", "CONFIRMED"),
    ]
    assert "Affects: Checkout" in response.text
    async with public_api.client.stream("GET", CALENDAR, headers={"Accept-Encoding": "gzip"}) as zipped:
        body = b"".join([chunk async for chunk in zipped.aiter_raw()])
    assert gzip.decompress(body) == response.content
    tag = response.headers["etag"]
    same = await public_api.client.get(CALENDAR, headers={"If-None-Match": tag, "Accept-Encoding": "identity"})
    assert (same.status_code, same.content) == (304, b"")

    # Neither window nor calendar is about this one, so nobody has to fetch it again.
    await page_at(public_api, await publish("incident.opened", "i"))
    assert (await public_api.client.get(CALENDAR, headers={"Accept-Encoding": "identity"})).headers["etag"] == tag
    await page_at(public_api, await publish("service.hidden", "s", version=2))
    hidden = await public_api.client.get(CALENDAR)
    assert "Affects" not in hidden.text
    assert hidden.headers["etag"] != tag
