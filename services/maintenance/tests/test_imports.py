"""What a window of elsewhere may be: over long ago, but only with the times of the moves that it has made. Pure."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from common.clock import uuid7
from common.contracts.rules import RuleError
from common.contracts.values import MaintenanceStatus, Visibility
from maintenance.domain.details import Details
from maintenance.domain.window import START, Window

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=2000)
HOUR = timedelta(hours=1)
DETAILS = Details(
    title="x",
    description="",
    visibility=Visibility.PUBLIC,
    services={},
    starts_by_itself=True,
    completes_by_itself=True,
    reminder_minutes=(60,),
)


def of_elsewhere(**more: Any) -> tuple[Window, str]:
    """One that is over, and what is published of it."""
    fields: dict[str, Any] = {
        "id": uuid7(), "details": DETAILS, "status": MaintenanceStatus.COMPLETED, "scheduled_start": LONG_AGO,
        "scheduled_end": LONG_AGO + HOUR, "started_at": LONG_AGO, "completed_at": LONG_AGO + HOUR, "cancelled_at": None,
        "created_at": LONG_AGO, "updates": [], "now": NOW, **more,
    }  # fmt: skip
    window, event = Window.of_elsewhere(**fields)
    return window, event.type


def test_one_that_is_over_makes_no_move_and_one_that_is_ahead_makes_all() -> None:
    over, told = of_elsewhere()
    assert (over.due(), told) == ({}, "maintenance.completed")
    ahead = {
        "scheduled_start": NOW + 2 * HOUR,
        "scheduled_end": NOW + 3 * HOUR,
        "started_at": None,
        "completed_at": None,
    }
    window, told = of_elsewhere(status=MaintenanceStatus.SCHEDULED, **ahead)
    assert (window.due(), told) == (
        {"reminder_60": NOW + HOUR, START: NOW + 2 * HOUR},
        "maintenance.scheduled",
    )


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"scheduled_end": LONG_AGO}, "end-not-after-start"),
        ({"completed_at": None}, "times-of-moves"),
        ({"status": MaintenanceStatus.CANCELLED}, "times-of-moves"),
        ({"status": MaintenanceStatus.SCHEDULED}, "times-of-moves"),
        ({"completed_at": NOW + HOUR}, "in-future"),
        ({"created_at": NOW + HOUR}, "in-future"),
    ],
)
def test_what_cannot_have_been_is_refused(more: dict[str, Any], rule: str) -> None:
    with pytest.raises(RuleError) as refused:
        of_elsewhere(**more)
    assert refused.value.name == rule
