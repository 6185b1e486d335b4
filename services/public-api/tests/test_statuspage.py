"""Statuspage's public API v2: the shape of every answer, one answer in full, and what of Tidings becomes what of Statuspage."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from common.envelope import Envelope
from public_api.archive import RECENT, Archive
from public_api.statuspage import render, rollup

ADDRESS = "https://acme.example.org"
GOLDEN = Path(__file__).with_name("statuspage_summary.json")
Event = Callable[..., Envelope]
Told = Callable[..., tuple[dict[str, Any], Archive]]

WORD, NULL, YES_OR_NO = {"type": "string"}, {"type": "null"}, {"type": "boolean"}
WORD_OR_NULL = {"type": ["string", "null"]}
TIME = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(Z|[+-]\d\d:\d\d)$"}
TIME_OR_NULL = {"oneOf": [NULL, TIME]}
STATUSES = ["operational", "degraded_performance", "partial_outage", "major_outage", "under_maintenance"]
INCIDENT_STATUSES = ["investigating", "identified", "monitoring", "resolved", "postmortem"]
WINDOW_STATUSES = ["scheduled", "in_progress", "verifying", "completed"]


def exactly(**properties: object) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def listed(item: object) -> dict[str, Any]:
    return {"type": "array", "items": item}


PAGE = exactly(id=WORD, name=WORD, url=WORD, time_zone=WORD, updated_at=TIME)
ROW = {
    **dict.fromkeys(("id", "name", "page_id"), WORD),
    **dict.fromkeys(("created_at", "updated_at"), TIME),
    **dict.fromkeys(("showcase", "only_show_if_degraded"), YES_OR_NO),
    **dict.fromkeys(("description", "start_date"), WORD_OR_NULL),
    "status": {"enum": STATUSES},
    "position": {"type": "integer"},
}
SERVICE = exactly(**ROW, group={"const": False}, group_id=WORD_OR_NULL)
GROUP = exactly(**ROW, group={"const": True}, group_id=NULL, components=listed(WORD))
COMPONENT = {"oneOf": [SERVICE, GROUP]}
STATUS = exactly(indicator={"enum": ["none", "minor", "major", "critical", "maintenance"]}, description=WORD)


AFFECTED = exactly(code=WORD, name=WORD, old_status={"enum": STATUSES}, new_status={"enum": STATUSES})


def item(statuses: list[str], impacts: list[str], **more: object) -> dict[str, Any]:
    update = exactly(
        **dict.fromkeys(("id", "body", "incident_id"), WORD),
        **dict.fromkeys(("created_at", "updated_at", "display_at"), TIME),
        **dict.fromkeys(("custom_tweet", "tweet_id"), NULL),
        affected_components={"oneOf": [NULL, listed(AFFECTED)]},
        status={"enum": statuses},
        deliver_notifications=YES_OR_NO,
    )
    return exactly(
        **dict.fromkeys(("id", "name", "shortlink", "page_id"), WORD),
        **dict.fromkeys(("created_at", "updated_at", "started_at"), TIME),
        **dict.fromkeys(("monitoring_at", "resolved_at"), TIME_OR_NULL),
        status={"enum": statuses},
        impact={"enum": impacts},
        incident_updates={**listed(update), "minItems": 1},
        components=listed(SERVICE),
        reminder_intervals=NULL,
        **more,
    )


INCIDENTS = listed(item(INCIDENT_STATUSES, ["none", "minor", "major", "critical"]))
WINDOWS = listed(item(WINDOW_STATUSES, ["maintenance"], scheduled_for=TIME, scheduled_until=TIME))
SCHEMAS = {
    "summary": exactly(
        page=PAGE,
        components=listed(COMPONENT),
        incidents=INCIDENTS,
        scheduled_maintenances=WINDOWS,
        status=STATUS,
    ),
    "status": exactly(page=PAGE, status=STATUS),
    "components": exactly(page=PAGE, components=listed(COMPONENT)),
    "incidents": exactly(page=PAGE, incidents=INCIDENTS),
    "incidents/unresolved": exactly(page=PAGE, incidents=INCIDENTS),
    "scheduled-maintenances": exactly(page=PAGE, scheduled_maintenances=WINDOWS),
    "scheduled-maintenances/upcoming": exactly(page=PAGE, scheduled_maintenances=WINDOWS),
    "scheduled-maintenances/active": exactly(page=PAGE, scheduled_maintenances=WINDOWS),
}


def update(id: str, status: str, at: str = "11:00", **more: object) -> dict[str, Any]:
    return {"id": id, "status": status, "message": f"{id}!", "created_at": f"2026-07-01T{at}:00.123456Z", **more}


def did(id: str, old: str, new: str = "operational") -> dict[str, str]:
    return {"service_id": id, "old_status": old, "new_status": new, "name": f"{id} as it was called"}


@pytest.fixture
def world(event: Event) -> list[Envelope]:
    """Everything there is to tell: nested groups, services in every state, incidents and windows in every state."""
    service = {"type": "service"}
    inner = {"type": "group", "id": "db", "name": "Data", "entries": [{**service, "id": "s3"}]}
    front = {"type": "group", "id": "front", "name": "Front", "groups": [inner]}
    front["entries"] = [{**service, "id": "s1"}, {**service, "id": "s2"}]
    named = [
        {"service_id": "s1", "status": "partial_outage", "name": "was"},
        {"service_id": "no", "status": "degraded"},
    ]
    start, end = "2026-07-01T10:00:00Z", "2026-07-01T12:00:00Z"
    resolved = {"status": "resolved", "resolved_at": end}
    postmortem = {"body": "# Why", "published_at": "2026-07-02T08:00:00Z", "updated_at": "2026-07-02T09:00:00Z"}
    in_progress = {"status": "in_progress", "started_at": start, "services": [{"service_id": "s2"}]}
    return [
        event("page_settings.provisioned", name="Acme", time_zone="America/Tijuana"),
        event("layout.changed", entries=[{**service, "id": "s0"}, front]),
        *(event("service.created", f"s{number}", name=f"Service {number}") for number in range(4)),
        event("service_status.changed", "s3", status="degraded", under_maintenance=True),
        event(
            "incident.opened",
            "open",
            status="monitoring",
            impact="major",
            started_at=start,
            services=named,
            updates=[
                update(
                    "u1", "investigating", services=[did("s1", "operational", "major_outage"), did("no", "degraded")]
                ),
                update(
                    "u2", "identified", services=[did("s1", "major_outage", "partial_outage"), did("s3", "degraded")]
                ),
                update("u3", "monitoring", services=[did("s0", "operational")], edited_at=end),
            ],
        ),
        event("incident.resolved", "over", **resolved, started_at=start, updates=[update("u4", "resolved")]),
        event("incident.postmortem_changed", "learned", **resolved, postmortem=postmortem, started_at=start),
        event("maintenance.started", "now", **in_progress, description="We swap disks."),
        event("maintenance.scheduled", "soon"),
        event(
            "maintenance.cancelled", "off", status="cancelled", cancelled_at=end, updates=[update("u5", "cancelled")]
        ),
    ]


def answers_of(told: Told, world: list[Envelope]) -> dict[str, Any]:
    document, archive = told(*world, at=datetime.fromisoformat("2026-07-01T12:30:00Z"))
    made = render(document, archive, ADDRESS)
    return {path.removeprefix("api/v2/").removesuffix(".json"): json.loads(text) for path, text in made.items()}


def test_every_answer_has_the_shape_that_clients_expect(told: Told, world: list[Envelope]) -> None:
    for events in (world, world[:1]):
        answers = answers_of(told, events)
        assert answers.keys() == SCHEMAS.keys()
        for name, answer in answers.items():
            Draft7Validator(SCHEMAS[name]).validate(answer)
            assert list(answer) == list(SCHEMAS[name]["properties"]), "in the order of the captures"


def test_the_summary_is_the_one_that_was_looked_at(told: Told, world: list[Envelope]) -> None:
    assert answers_of(told, world)["summary"] == json.loads(GOLDEN.read_text())


def test_each_list_has_those_it_is_named_for(told: Told, world: list[Envelope]) -> None:
    answers = answers_of(told, world)

    def found(name: str, key: str) -> dict[str, str]:
        return {item["id"]: item["status"] for item in answers[name][key]}

    windows = {"now": "in_progress", "soon": "scheduled", "off": "completed"}
    assert found("incidents", "incidents") == {"open": "monitoring", "over": "resolved", "learned": "postmortem"}
    assert found("incidents/unresolved", "incidents") == {"open": "monitoring"}
    assert found("scheduled-maintenances", "scheduled_maintenances") == windows
    assert found("scheduled-maintenances/upcoming", "scheduled_maintenances") == {"soon": "scheduled"}
    assert found("scheduled-maintenances/active", "scheduled_maintenances") == {"now": "in_progress"}


def test_the_most_recent_are_listed_and_what_is_not_over_however_old_it_is(told: Told, event: Event) -> None:
    over = {"status": "resolved", "resolved_at": "2026-07-01T12:00:00Z"}
    recent = [event("incident.resolved", f"i{number}", **over) for number in range(RECENT + 1)]
    windows = [event("maintenance.completed", f"w{number}", status="completed") for number in range(RECENT)]
    old = [event("incident.opened", "open"), event("maintenance.scheduled", "soon")]
    answers = answers_of(told, [event("page_settings.provisioned"), *recent, *windows, *old])

    def ids(name: str, key: str) -> list[str]:
        return [item["id"] for item in answers[name][key]]

    assert ids("incidents", "incidents") == [f"i{number}" for number in range(RECENT)]
    assert ids("incidents/unresolved", "incidents") == ids("summary", "incidents") == ["open"]
    assert len(ids("scheduled-maintenances", "scheduled_maintenances")) == RECENT
    assert ids("scheduled-maintenances/upcoming", "scheduled_maintenances") == ["soon"]


def test_what_was_learned_and_what_was_said_of_the_whole_are_updates(told: Told, world: list[Envelope]) -> None:
    answers = answers_of(told, world)
    (learned,) = (found for found in answers["incidents"]["incidents"] if found["id"] == "learned")
    assert [(update["status"], update["body"]) for update in learned["incident_updates"]] == [
        ("postmortem", "# Why"),
        ("investigating", ""),
    ]
    (now,) = answers["scheduled-maintenances/active"]["scheduled_maintenances"]
    assert [(update["status"], update["body"]) for update in now["incident_updates"]] == [
        ("scheduled", "We swap disks.")
    ]


def test_updates_list_what_they_did_to_components_in_their_groups_and_name_none_that_is_hidden(
    told: Told, world: list[Envelope]
) -> None:
    found = answers_of(told, world)["incidents"]["incidents"]
    affected = {
        update["id"]: update["affected_components"] and [list(each.values()) for each in update["affected_components"]]
        for item in found
        for update in item["incident_updates"]
    }
    assert affected == {
        "u1": [["s1", "Front - Service 1", "operational", "major_outage"]],
        "u2": [
            ["s1", "Front - Service 1", "major_outage", "partial_outage"],
            ["s3", "Front - Data - Service 3", "degraded_performance", "operational"],
        ],
        "u3": [["s0", "Service 0", "operational", "operational"]],
        "u4": None,
        "learned-postmortem": None,
        "learned-description": None,
    }


@pytest.mark.parametrize(
    ("zone", "said"),
    [
        ("UTC", "2026-11-20T12:00:00.000Z"),
        ("Etc/UTC", "2026-11-20T12:00:00.000Z"),
        ("Europe/London", "2026-11-20T12:00:00.000+00:00"),
        ("Asia/Kathmandu", "2026-11-20T17:45:00.000+05:45"),
    ],
)
def test_times_are_in_the_pages_zone_with_milliseconds(told: Told, event: Event, zone: str, said: str) -> None:
    page = answers_of(told, [event("page_settings.provisioned", time_zone=zone)])["status"]["page"]
    assert page["updated_at"] == said
    assert page["time_zone"] == ("Etc/UTC" if zone == "UTC" else zone)


@pytest.mark.parametrize(
    ("statuses", "indicator", "words"),
    [
        ("", "none", "All Systems Operational"),
        ("o", "none", "All Systems Operational"),
        ("u", "maintenance", "Service Under Maintenance"),
        ("d", "minor", "Partially Degraded Service"),
        ("p", "major", "Partial System Outage"),
        ("m", "critical", "Major System Outage"),
        ("ou", "maintenance", "Service Under Maintenance"),
        ("oud", "minor", "Partially Degraded Service"),
        ("dd", "minor", "Degraded System Service"),
        ("oodp", "minor", "Minor Service Outage"),
        ("pp", "major", "Partial System Outage"),
        ("om", "major", "Partial System Outage"),
        ("mm", "critical", "Major System Outage"),
    ],
)
def test_the_rollup_says_what_statuspage_would(statuses: str, indicator: str, words: str) -> None:
    by_letter = {status[0]: status for status in STATUSES}
    assert rollup([by_letter[letter] for letter in statuses]) == (indicator, words)


def test_the_rollup_is_never_green_over_an_open_incident_that_no_service_shows(told: Told, event: Event) -> None:
    page, service = event("page_settings.provisioned"), event("service.created", "s")
    for impact, indicator in (("none", "none"), ("minor", "minor"), ("major", "major"), ("critical", "critical")):
        opened = event("incident.opened", "i", impact=impact)
        assert answers_of(told, [page, service, opened])["status"]["status"]["indicator"] == indicator
    resolved = event("incident.resolved", "i", impact="critical", status="resolved", resolved_at="2026-07-01T12:00:00Z")
    assert answers_of(told, [page, service, resolved])["status"]["status"]["indicator"] == "none"
