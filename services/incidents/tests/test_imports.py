"""What an incident of elsewhere may be: as old as it likes, but never of the future, and never half over. Pure."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from common.clock import uuid7
from common.contracts.incidents import Postmortem
from common.contracts.rules import RuleError
from common.contracts.values import IncidentImpact, IncidentStatus, NamedActor, Visibility
from incidents.domain.incident import Incident
from incidents.domain.timeline import Update

NOW = datetime(2026, 7, 1, 12, tzinfo=UTC)
LONG_AGO = NOW - timedelta(days=2000)
HOUR = timedelta(hours=1)


def said(at: datetime, number: int = 1) -> Update:
    return Update(uuid7(), number, IncidentStatus.MONITORING, "x", at)


def of_elsewhere(**more: Any) -> tuple[Incident, str]:
    """One that was seen while it lasted, long ago, and what is published of it."""
    fields: dict[str, Any] = {
        "id": uuid7(), "title": "x", "description": "", "status": IncidentStatus.RESOLVED, "impact": IncidentImpact.MAJOR,
        "visibility": Visibility.PUBLIC, "services": {}, "known": {}, "started_at": LONG_AGO, "resolved_at": LONG_AGO + HOUR,
        "created_at": LONG_AGO, "updates": [], "postmortem": None, "now": NOW, **more,
    }  # fmt: skip
    incident, event = Incident.of_elsewhere(**fields)
    return incident, event.type


def test_when_it_was_written_down_says_whether_anybody_saw_it_then() -> None:
    seen, told = of_elsewhere()
    assert (seen.payload().is_backfilled, told) == (False, "incident.backfilled")
    assert of_elsewhere(created_at=NOW)[0].payload().is_backfilled
    during, _ = of_elsewhere(created_at=LONG_AGO + HOUR / 2)
    assert (during.created_at, during.is_backfilled) == (LONG_AGO, False)


def test_one_that_lasts_goes_on_here() -> None:
    lasting = {"status": IncidentStatus.IDENTIFIED, "resolved_at": None, "created_at": NOW}
    incident, told = of_elsewhere(**lasting)
    assert (told, incident.is_backfilled) == ("incident.opened", False)
    by = NamedActor(id="u", name="x")
    more: dict[str, Any] = {"status": IncidentStatus.MONITORING, "message": "x", "impact": None, "services": None}
    assert incident.post_update(id=uuid7(), by=by, now=NOW, **more).type == "incident.update_posted"


@pytest.mark.parametrize(
    ("more", "rule"),
    [
        ({"resolved_at": None}, "not-over"),
        ({"status": IncidentStatus.MONITORING}, "not-over"),
        ({"resolved_at": LONG_AGO - HOUR}, "end-not-after-start"),
        ({"resolved_at": NOW + HOUR}, "in-future"),
        ({"created_at": NOW + HOUR}, "in-future"),
        ({"updates": [said(LONG_AGO + HOUR), said(LONG_AGO, 2)]}, "update-out-of-order"),
        ({"updates": [said(NOW + HOUR)]}, "update-out-of-order"),
        (
            {
                "status": IncidentStatus.MONITORING,
                "resolved_at": None,
                "postmortem": Postmortem(body="x", published_at=NOW, updated_at=NOW),
            },
            "not-resolved",
        ),
    ],
)
def test_what_cannot_have_been_is_refused(more: dict[str, Any], rule: str) -> None:
    with pytest.raises(RuleError) as refused:
        of_elsewhere(**more)
    assert refused.value.name == rule
