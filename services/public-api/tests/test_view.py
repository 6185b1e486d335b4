"""What visitors see of what is known: order, groups, rollup, and when an incident leaves. Pure functions, no server."""

from datetime import UTC, datetime, timedelta

import pytest

from common.contracts.catalog import Cause, GroupEntry, Layout, PageSettings, Service, ServiceEntry, ServiceStatusState
from common.contracts.incidents import Incident, IncidentUpdate, ServiceIncident
from common.contracts.values import IncidentImpact, IncidentStatus, ServiceStatus
from public_api.view import DESCRIPTIONS, Known, View, build

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OPERATIONAL, DEGRADED, PARTIAL, MAJOR = ServiceStatus
PAGE = PageSettings(
    organization_id="acme",
    slug="acme",
    name="Acme",
    description="",
    time_zone="UTC",
    version=1,
    created_at=NOW,
    updated_at=NOW,
)


def service(id: str, *, age: int = 0) -> Service:
    created_at = NOW - timedelta(days=age)
    return Service(id=id, name=id.upper(), description="", version=1, created_at=created_at, updated_at=created_at)


def state(service_id: str, status: ServiceStatus, *causes: Cause) -> ServiceStatusState:
    return ServiceStatusState(
        service_id=service_id,
        status=status,
        previous=OPERATIONAL,
        base_status=OPERATIONAL,
        causes=causes,
        changed_at=NOW,
        version=1,
    )


def incident(
    id: str = "incident",
    *,
    status: IncidentStatus = IncidentStatus.INVESTIGATING,
    impact: IncidentImpact = IncidentImpact.NONE,
    services: dict[str, ServiceStatus] | None = None,
    messages: tuple[str, ...] = (),
    started_at: datetime = NOW,
    resolved_at: datetime | None = None,
) -> Incident:
    updates = [
        IncidentUpdate(id=message, status=status, message=message, created_at=started_at) for message in messages
    ]
    return Incident(
        id=id,
        title="Trouble",
        description="",
        status=IncidentStatus.RESOLVED if resolved_at else status,
        impact=impact,
        started_at=started_at,
        resolved_at=resolved_at,
        created_at=started_at,
        updated_at=started_at,
        version=1,
        services=tuple(ServiceIncident(service_id=id, status=put) for id, put in (services or {}).items()),
        updates=tuple(updates),
    )


def view(**known: object) -> View:
    return build(Known(PAGE, **known), NOW)  # type: ignore[arg-type] # each test names some of Known's fields


def indicator(**known: object) -> str:
    return str(view(**known).sections["status"]["indicator"])


def test_services_stand_in_the_order_of_the_layout_with_their_groups() -> None:
    group = GroupEntry(id="g", name="Website", entries=(ServiceEntry(id="c"), ServiceEntry(id="a")))
    layout = Layout(entries=(ServiceEntry(id="b"), group), version=1, updated_at=NOW)
    sections = view(layout=layout, services=[service("a"), service("b"), service("c")]).sections
    assert [(row["id"], row["group_id"]) for row in sections["services"]] == [("b", None), ("c", "g"), ("a", "g")]
    assert sections["groups"] == [{"id": "g", "name": "Website"}]


def test_services_that_the_layout_does_not_name_come_last_in_order_of_creation() -> None:
    layout = Layout(entries=(ServiceEntry(id="z"),), version=1, updated_at=NOW)
    services = [service("a", age=1), service("b", age=3), service("z"), service("c", age=1)]
    rows = view(layout=layout, services=services).sections["services"]
    assert [row["id"] for row in rows] == ["z", "b", "a", "c"]


def test_a_deleted_service_is_gone_from_the_layout_and_from_incidents() -> None:
    layout = Layout(entries=(ServiceEntry(id="gone"), ServiceEntry(id="a")), version=1, updated_at=NOW)
    sections = view(
        layout=layout,
        services=[service("a")],
        states=[state("gone", MAJOR)],
        incidents=[incident(services={"gone": MAJOR, "a": DEGRADED})],
    ).sections
    assert [row["id"] for row in sections["services"]] == ["a"]
    assert sections["incidents"][0]["services"] == [{"id": "a", "name": "A", "status": "degraded"}]
    assert sections["status"]["indicator"] == "degraded"


def test_a_page_with_nothing_on_it_is_operational() -> None:
    sections = view().sections
    assert sections["status"] == {"indicator": "operational", "description": "All systems operational"}
    assert (sections["groups"], sections["services"], sections["incidents"]) == ([], [], [])
    assert sections["organization"] == {"slug": "acme", "name": "Acme", "description": "", "time_zone": "UTC"}


@pytest.mark.parametrize("worst", ServiceStatus)
def test_the_page_is_as_bad_as_its_worst_service_and_says_so(worst: ServiceStatus) -> None:
    sections = view(services=[service("a"), service("b")], states=[state("a", worst), state("b", OPERATIONAL)]).sections
    assert sections["status"] == {"indicator": worst.value, "description": DESCRIPTIONS[worst]}


def test_an_open_incident_counts_before_catalog_has_answered() -> None:
    sections = view(services=[service("a")], incidents=[incident(services={"a": PARTIAL})]).sections
    assert sections["status"]["indicator"] == sections["services"][0]["status"] == "partial_outage"
    assert sections["services"][0]["causes"] == []


def test_catalogs_answer_and_incidents_are_combined_by_the_worst() -> None:
    milder, worse = incident("1", services={"a": DEGRADED}), incident("2", services={"a": MAJOR})
    known = {"services": [service("a")], "states": [state("a", PARTIAL)]}
    assert indicator(**known, incidents=[milder]) == "partial_outage"
    assert indicator(**known, incidents=[milder, worse]) == "major_outage"


def test_the_causes_of_a_status_are_shown() -> None:
    cause = Cause(id="i", title="Trouble", status=MAJOR, since=NOW)
    rows = view(services=[service("a")], states=[state("a", MAJOR, cause)]).sections["services"]
    assert rows[0]["causes"] == [
        {"kind": "incident", "id": "i", "title": "Trouble", "status": "major_outage", "since": "2026-11-22T12:00:00Z"}
    ]


@pytest.mark.parametrize(
    ("impact", "expected"),
    [("none", "operational"), ("minor", "degraded"), ("major", "partial_outage"), ("critical", "major_outage")],
)
@pytest.mark.parametrize("services", [{}, {"gone": MAJOR}, {"a": OPERATIONAL}], ids=["none", "deleted", "untouched"])
def test_an_open_incident_that_touches_no_service_on_the_page_speaks_by_its_impact(
    impact: str, expected: str, services: dict[str, ServiceStatus]
) -> None:
    found = incident(impact=IncidentImpact(impact), services=services)
    assert indicator(services=[service("a")], incidents=[found]) == expected


def test_the_impact_does_not_make_worse_what_services_show() -> None:
    found = incident(impact=IncidentImpact.CRITICAL, services={"a": DEGRADED})
    assert indicator(services=[service("a")], incidents=[found]) == "degraded"


@pytest.mark.parametrize("services", [{}, {"a": MAJOR}])
def test_a_resolved_incident_counts_no_more_but_is_shown(services: dict[str, ServiceStatus]) -> None:
    found = incident(impact=IncidentImpact.CRITICAL, services=services, resolved_at=NOW - timedelta(hours=1))
    sections = view(services=[service("a")], incidents=[found]).sections
    assert sections["status"]["indicator"] == sections["services"][0]["status"] == "operational"
    assert [shown["status"] for shown in sections["incidents"]] == ["resolved"]


def test_incidents_and_their_updates_stand_newest_first() -> None:
    older = incident("older", started_at=NOW - timedelta(hours=2), messages=("first", "second"))
    shown = view(incidents=[older, incident("newer")]).sections["incidents"]
    assert [found["id"] for found in shown] == ["newer", "older"]
    assert [update["message"] for update in shown[1]["updates"]] == ["second", "first"]


def test_a_resolved_incident_leaves_after_14_days_and_the_document_knows_when() -> None:
    resolved_at = NOW - timedelta(days=14) + timedelta(seconds=1)
    leaving = incident("leaving", resolved_at=resolved_at)
    found = [leaving, incident("later", resolved_at=NOW), incident("open")]
    known = Known(PAGE, incidents=found)
    before = build(known, NOW)
    assert before.refresh_at == NOW + timedelta(seconds=1)
    after = build(known, before.refresh_at)
    assert [shown["id"] for shown in after.sections["incidents"]] == ["open", "later"]
    assert after.refresh_at == NOW + timedelta(days=14)


def test_a_page_without_resolved_incidents_is_never_due() -> None:
    assert view(services=[service("a")], incidents=[incident()]).refresh_at is None


def test_nothing_else_depends_on_the_time_it_is_built_at() -> None:
    known = Known(PAGE, services=[service("a")], incidents=[incident(services={"a": MAJOR}, messages=("hello",))])
    assert build(known, NOW) == build(known, NOW + timedelta(days=400))
