"""What visitors see of what is known: order, groups, rollup, and when an incident leaves. Pure functions, no server."""

from datetime import UTC, datetime, timedelta

import pytest

from common.contracts.catalog import (
    Cause,
    GroupEntry,
    Layout,
    PageLink,
    PageSettings,
    Service,
    ServiceEntry,
    ServiceStatusState,
)
from common.contracts.incidents import Incident, IncidentUpdate, Postmortem, ServiceIncident
from common.contracts.maintenance import Maintenance, ServiceMaintenance
from common.contracts.values import IncidentImpact, IncidentStatus, MaintenanceStatus, ServiceStatus, Visibility
from public_api.view import DESCRIPTIONS, Known, View, build

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
OPERATIONAL, DEGRADED, PARTIAL, MAJOR = ServiceStatus
IN_PROGRESS = MaintenanceStatus.IN_PROGRESS
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
        services=tuple(
            ServiceIncident(service_id=id, status=put, name=f"was {id}") for id, put in (services or {}).items()
        ),
        updates=tuple(updates),
    )


def window(
    status: MaintenanceStatus = MaintenanceStatus.SCHEDULED,
    *,
    id: str = "window",
    start: datetime = NOW,
    began: bool | None = None,
    services: tuple[str, ...] = (),
) -> Maintenance:
    """A window of an hour. It began unless it is planned or was called off, or as `began` says."""
    end = start + timedelta(hours=1)
    if began is None:
        began = status in (IN_PROGRESS, MaintenanceStatus.COMPLETED)
    return Maintenance(
        id=id,
        title="Upgrade",
        description="",
        status=status,
        visibility=Visibility.PUBLIC,
        scheduled_start=start,
        scheduled_end=end,
        started_at=start if began else None,
        completed_at=end if status is MaintenanceStatus.COMPLETED else None,
        cancelled_at=end if status is MaintenanceStatus.CANCELLED else None,
        starts_by_itself=True,
        completes_by_itself=True,
        reminder_minutes=(),
        series_id=None,
        services=tuple(ServiceMaintenance(service_id=id, name=f"was {id}") for id in services),
        updates=(),
        created_at=NOW,
        updated_at=NOW,
        version=1,
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
    assert sections["groups"] == [
        {"id": "g", "name": "Website", "parent_id": None, "collapsed": False, "status": "operational"}
    ]


def test_groups_nest_and_each_is_as_bad_as_the_worst_in_it_at_any_depth() -> None:
    inner = GroupEntry(id="inner", name="Inner", entries=(ServiceEntry(id="c"),), collapsed=True)
    empty = GroupEntry(id="empty", name="Empty")
    outer = GroupEntry(id="outer", name="Outer", entries=(ServiceEntry(id="b"),), groups=(inner, empty))
    layout = Layout(entries=(outer, ServiceEntry(id="a")), version=1, updated_at=NOW)
    services = [service("new"), service("a"), service("b"), service("c")]
    sections = view(layout=layout, services=services, states=[state("c", MAJOR), state("a", DEGRADED)]).sections
    assert [(row["id"], row["group_id"]) for row in sections["services"]] == [
        ("b", "outer"),
        ("c", "inner"),
        ("a", None),
        ("new", None),
    ]
    assert [(row["id"], row["parent_id"], row["collapsed"], row["status"]) for row in sections["groups"]] == [
        ("outer", None, False, "major_outage"),
        ("inner", "outer", True, "major_outage"),
        ("empty", "outer", False, "operational"),
    ]


def test_a_group_of_hidden_services_is_hidden_with_them() -> None:
    secret = GroupEntry(id="secret", name="Secret", entries=(ServiceEntry(id="h"),))
    mixed = GroupEntry(
        id="mixed", name="Mixed", entries=(ServiceEntry(id="h2"), ServiceEntry(id="a")), groups=(secret,)
    )
    layout = Layout(entries=(mixed,), version=1, updated_at=NOW)
    sections = view(layout=layout, services=[service("a")], hidden_services=frozenset({"h", "h2"})).sections
    assert [row["id"] for row in sections["groups"]] == ["mixed"]


def test_services_that_the_layout_does_not_name_come_last_in_order_of_creation() -> None:
    layout = Layout(entries=(ServiceEntry(id="z"),), version=1, updated_at=NOW)
    services = [service("a", age=1), service("b", age=3), service("z"), service("c", age=1)]
    rows = view(layout=layout, services=services).sections["services"]
    assert [row["id"] for row in rows] == ["z", "b", "a", "c"]


def test_incidents_and_windows_name_services_as_they_are_called_now_deleted_ones_as_they_were_and_hidden_ones_never() -> (
    None
):
    layout = Layout(entries=(ServiceEntry(id="gone"), ServiceEntry(id="a")), version=1, updated_at=NOW)
    everything = {"gone": MAJOR, "hidden": MAJOR, "unheard_of": MAJOR, "a": DEGRADED}
    sections = view(
        layout=layout,
        services=[service("a")],
        states=[state("gone", MAJOR), state("hidden", MAJOR)],
        incidents=[incident(services=everything)],
        windows=[window(services=tuple(everything))],
        deleted_services=frozenset({"gone"}),
        hidden_services=frozenset({"hidden"}),
    ).sections
    assert [row["id"] for row in sections["services"]] == ["a"]
    assert sections["incidents"][0]["services"] == [
        {"id": "gone", "name": "was gone", "status": "major_outage"},
        {"id": "a", "name": "A", "status": "degraded"},
    ]
    assert sections["maintenance"]["upcoming"][0]["services"] == [
        {"id": "gone", "name": "was gone"},
        {"id": "a", "name": "A"},
    ]
    assert sections["status"]["indicator"] == "degraded"


def test_a_page_with_nothing_on_it_is_operational() -> None:
    sections = view().sections
    assert sections["status"] == {"indicator": "operational", "description": "All systems operational"}
    assert (sections["groups"], sections["services"], sections["incidents"]) == ([], [], [])
    assert sections["maintenance"] == {"in_progress": [], "upcoming": [], "completed": []}


def test_the_page_carries_its_settings() -> None:
    settings = PAGE.model_copy(
        update={
            "logo_url": "https://acme.test/logo.svg",
            "accent_color": "#aa0033",
            "links": (PageLink(label="Shop", url="https://acme.test"),),
            "search_engines_allowed": False,
            "history_days": 30,
        }
    )
    assert build(Known(settings), NOW).sections["organization"] == {
        "slug": "acme",
        "name": "Acme",
        "description": "",
        "time_zone": "UTC",
        "logo_url": "https://acme.test/logo.svg",
        "favicon_url": None,
        "accent_color": "#aa0033",
        "theme": "system",
        "support_url": None,
        "links": [{"label": "Shop", "url": "https://acme.test"}],
        "search_engines_allowed": False,
        "history_days": 30,
    }


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


def test_causes_say_what_their_incident_is_called_now_and_nothing_of_one_that_is_not_there() -> None:
    causes = [Cause(id=id, title="former", status=MAJOR, since=NOW) for id in ("incident", "hidden")]
    known = {"services": [service("a")], "states": [state("a", MAJOR, *causes)], "incidents": [incident()]}
    assert view(**known).sections["services"][0]["causes"] == [
        {
            "kind": "incident",
            "id": "incident",
            "title": "Trouble",
            "status": "major_outage",
            "since": "2026-11-22T12:00:00Z",
        }
    ]


def test_a_published_postmortem_is_shown_and_a_draft_is_not() -> None:
    draft = Postmortem(body="What we learned", published_at=None, updated_at=NOW)
    published = draft.model_copy(update={"published_at": NOW})
    shown = [
        view(incidents=[incident().model_copy(update={"postmortem": found})]).sections["incidents"][0]["postmortem"]
        for found in (None, draft, published)
    ]
    stamp = "2026-11-22T12:00:00Z"
    assert shown == [None, None, {"body": "What we learned", "published_at": stamp, "updated_at": stamp}]


def test_a_service_is_under_maintenance_as_soon_as_the_window_or_catalog_says_so_and_no_less_broken() -> None:
    window_says = view(services=[service("a"), service("b")], windows=[window(IN_PROGRESS, services=("a",))]).sections
    assert [row["under_maintenance"] for row in window_says["services"]] == [True, False]
    flagged = state("a", MAJOR).model_copy(update={"under_maintenance": True})
    (row,) = view(services=[service("a")], states=[flagged]).sections["services"]
    assert (row["under_maintenance"], row["status"]) == (True, "major_outage")


def test_windows_are_in_progress_upcoming_or_were_completed_lately() -> None:
    hours = [NOW + timedelta(hours=number) for number in range(60)]
    upcoming = [window(id=f"next {number}", start=start) for number, start in enumerate(hours)]
    lately = [
        window(MaintenanceStatus.COMPLETED, id=f"{days} days ago", start=NOW - timedelta(days=days))
        for days in (9, 3, 15)
    ]
    broken_off = window(MaintenanceStatus.CANCELLED, id="broken off", start=NOW - timedelta(days=1), began=True)
    never_was = window(MaintenanceStatus.CANCELLED, id="never was", start=NOW + timedelta(days=1))
    found = view(windows=[*upcoming[::-1], *lately, broken_off, never_was, window(IN_PROGRESS, id="now")]).sections
    shown = {name: [row["id"] for row in rows] for name, rows in found["maintenance"].items()}
    assert shown == {
        "in_progress": ["now"],
        "upcoming": [f"next {number}" for number in range(50)],
        "completed": ["broken off", "3 days ago", "9 days ago"],
    }


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
    assert after.refresh_at == datetime(2026, 11, 23, tzinfo=UTC)


def test_a_quiet_page_is_due_at_its_midnight_and_one_that_is_not_well_every_five_minutes() -> None:
    berlin = PAGE.model_copy(update={"time_zone": "Europe/Berlin"})
    quiet = Known(berlin, services=[service("a")], incidents=[incident()])
    assert build(quiet, NOW).refresh_at == datetime(2026, 11, 22, 23, tzinfo=UTC)
    for going_on in ({"states": [state("a", DEGRADED)]}, {"windows": [window(IN_PROGRESS, services=("a",))]}):
        known = Known(berlin, services=[service("a")], **going_on)
        assert build(known, NOW + timedelta(seconds=61)).refresh_at == NOW + timedelta(minutes=5)


def test_nothing_else_depends_on_the_time_it_is_built_at() -> None:
    known = Known(PAGE, services=[service("a")], incidents=[incident(services={"a": MAJOR}, messages=("hello",))])
    assert build(known, NOW).sections == build(known, NOW + timedelta(days=400)).sections
