"""The section `uptime`: what its entries say beside the days' characters, and which of them stand from one document to the next."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from common.contracts.catalog import PageSettings, Service
from public_api.days import Day
from public_api.uptime import Uptime
from public_api.view import Known

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
CREATED = NOW - timedelta(days=400)
PAGE = PageSettings(
    organization_id="acme",
    slug="acme",
    name="Acme",
    description="",
    time_zone="UTC",
    history_days=30,
    version=1,
    created_at=CREATED,
    updated_at=CREATED,
)
SHOP = Service(id="s", name="Shop", description="", version=1, created_at=CREATED, updated_at=CREATED)
KNOWN = Known(PAGE, services=[SHOP])
DAYS = {
    date(2026, 11, 21): Day(major_outage=2040, maintenance=60, major_outage_in_maintenance=60, unknown=5),
    date(2026, 11, 20): Day(unknown=86_400),
    date(2026, 11, 1): Day(degraded=1),
    date(2026, 10, 1): Day(partial_outage=7),
}


def section() -> dict[str, Any]:
    return Uptime(KNOWN, None, NOW).section({"s": DAYS}, {"s"})


def test_the_days_shown_say_how_long_a_service_was_not_well_and_how() -> None:
    (entry,) = section()["services"]
    assert entry["seconds"] == {
        "2026-11-01": {"degraded": 1},
        "2026-11-21": {"major_outage": 2040, "maintenance": 60},
    }
    assert list(entry["seconds"]) == ["2026-11-01", "2026-11-21"], "the same bytes, however they were counted"


def test_an_entry_stands_until_something_touches_it_unless_an_older_release_wrote_it() -> None:
    def counted(before: dict[str, Any]) -> dict[str, date]:
        return Uptime(KNOWN, before, NOW).to_be_counted({}, is_due=False, check_starts=False)

    before = section()
    assert counted(before) == {}
    del before["services"][0]["seconds"]
    assert counted(before) == {"s": date(2026, 8, 25)}, "from the first day that is kept"
