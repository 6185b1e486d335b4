"""The aggregated status view of an organization, computed from what is known of it. Pure: the time is an argument.

Overall status is the worst of: the services' statuses, the statuses that open incidents put on their services (so the page is right before
catalog has answered), and the impact of open incidents that touch no service on the page, so that it is never green over an open
critical incident. Maintenance is said beside it and hides nothing. Nothing in it depends on when it is asked for.

What is taken back is gone from everything that repeats it: a cause says the present title of an incident that is there, an incident or a
window names no service that is hidden.
"""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from common.clock import rfc3339
from common.contracts.catalog import CustomDomain, GroupEntry, Layout, PageSettings, Service, ServiceStatusState
from common.contracts.incidents import Incident
from common.contracts.maintenance import Maintenance
from common.contracts.values import IncidentStatus, MaintenanceStatus, ServiceStatus, worst
from public_api.days import beginning_of, day_of
from public_api.items import Names, begins_at, ended_at, incident_view, window_view

INCIDENT_SHOWN = timedelta(days=14)
WINDOW_SHOWN = timedelta(days=14)
UPCOMING_SHOWN = 50
RECOUNT_SECONDS = 300
"""While anything is down or a window is in progress, days are counted on at multiples of it."""

DESCRIPTIONS = {
    ServiceStatus.OPERATIONAL: "All systems operational",
    ServiceStatus.DEGRADED: "Degraded performance",
    ServiceStatus.PARTIAL_OUTAGE: "Partial outage",
    ServiceStatus.MAJOR_OUTAGE: "Major outage",
}


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an organization: the newest version of everything that is alive, in any order."""

    page: PageSettings
    domains: Sequence[CustomDomain] = ()
    layout: Layout | None = None
    services: Sequence[Service] = ()
    states: Sequence[ServiceStatusState] = ()
    incidents: Sequence[Incident] = ()
    windows: Sequence[Maintenance] = ()
    deleted_services: frozenset[str] = frozenset()
    hidden_services: frozenset[str] = frozenset()

    @property
    def names(self) -> Names:
        return Names({service.id: service.name for service in self.services}, self.deleted_services)

    @property
    def going_on(self) -> frozenset[str]:
        """Services whose days change by the mere passing of time: they are not well, or a window is in progress."""
        unwell = {state.service_id for state in self.states if state.status is not ServiceStatus.OPERATIONAL}
        return frozenset(unwell.union(in_maintenance(self.windows)))


@dataclass(frozen=True, slots=True)
class View:
    """`sections` are the top level keys of the aggregate, `domains` the names held, the oldest first, `calendar` and `archive` what is carried beside it. At `refresh_at` it becomes another one by itself."""

    page: PageSettings
    sections: dict[str, Any]
    refresh_at: datetime | None
    domains: tuple[CustomDomain, ...] = ()
    calendar: str = ""
    archive: str = ""


def build(known: Known, now: datetime) -> View:
    """The view at `now`."""
    incidents = [found for found in known.incidents if not _has_left(found.resolved_at, INCIDENT_SHOWN, now)]
    incidents.sort(key=lambda found: (found.started_at, found.id), reverse=True)
    windows = [found for found in known.windows if not _has_left(ended_at(found), WINDOW_SHOWN, now)]

    names = known.names
    layout = known.layout.entries if known.layout else ()
    statuses = _statuses(known, incidents)
    rows = _service_rows(known, incidents, statuses)
    overall = worst([*statuses.values(), *(_by_impact(found, names.present) for found in incidents)])
    sections = {
        "organization": _organization(known.page),
        "status": {"indicator": overall.value, "description": DESCRIPTIONS[overall]},
        "groups": [
            row
            for entry in layout
            if isinstance(entry, GroupEntry)
            for row in _group_rows(entry, None, statuses, known.hidden_services)
        ],
        "services": rows,
        "incidents": [incident_view(found, names) for found in incidents],
        "maintenance": _windows(windows, names),
    }
    domains = sorted(
        (each for each in known.domains if each.status.is_held), key=lambda each: (each.proved_at, each.id)
    )
    return View(known.page, sections, _changes_at(known, incidents, windows, now), tuple(domains))


def in_maintenance(windows: Sequence[Maintenance]) -> set[str]:
    """The services that windows in progress name."""
    return {
        named.service_id
        for window in windows
        if window.status is MaintenanceStatus.IN_PROGRESS
        for named in window.services
    }


def _organization(page: PageSettings) -> dict[str, Any]:
    return {
        "slug": page.slug,
        "name": page.name,
        "description": page.description,
        "time_zone": page.time_zone,
        "logo_url": page.logo_url,
        "favicon_url": page.favicon_url,
        "accent_color": page.accent_color,
        "theme": page.theme.value,
        "support_url": page.support_url,
        "links": [{"label": link.label, "url": link.url} for link in page.links],
        "search_engines_allowed": page.search_engines_allowed,
        "history_days": page.history_days,
    }


def _statuses(known: Known, incidents: Sequence[Incident]) -> dict[str, ServiceStatus]:
    """What each service on the page is like: what catalog says, or worse where an open incident says so."""
    statuses = {service.id: ServiceStatus.OPERATIONAL for service in known.services}
    said = [(state.service_id, state.status) for state in known.states]
    for incident in incidents:
        if incident.status is not IncidentStatus.RESOLVED:
            said += [(named.service_id, named.status) for named in incident.services]
    for id, status in said:
        if id in statuses and status.severity > statuses[id].severity:
            statuses[id] = status
    return statuses


def _service_rows(
    known: Known, incidents: Sequence[Incident], statuses: Mapping[str, ServiceStatus]
) -> list[dict[str, Any]]:
    """Services in the order of the layout; those it does not name come last, in order of creation."""
    by_id = {service.id: service for service in sorted(known.services, key=lambda found: (found.created_at, found.id))}
    order: dict[str, str | None] = {}
    for entry in known.layout.entries if known.layout else ():
        if isinstance(entry, GroupEntry):
            order.update(_places(entry))
        else:
            order[entry.id] = None
    order.update((id, None) for id in by_id if id not in order)
    states = {state.service_id: state for state in known.states}
    titles = {found.id: found.title for found in incidents}
    in_windows = in_maintenance(known.windows)
    rows = []
    for id, group_id in order.items():
        if id not in by_id:
            continue
        service, state = by_id[id], states.get(id)
        start = service.start_date or day_of(service.created_at, ZoneInfo(known.page.time_zone))
        rows.append(
            {
                "id": id,
                "name": service.name,
                "description": service.description,
                "group_id": group_id,
                "status": statuses[id].value,
                "under_maintenance": id in in_windows or (state is not None and state.under_maintenance),
                "start_date": start.isoformat(),
                "causes": _causes(state, titles) if state else [],
            }
        )
    return rows


def _causes(state: ServiceStatusState, titles: Mapping[str, str]) -> list[dict[str, Any]]:
    """Why a service is not well. Catalog's copy of an incident may be older than the incident that is known."""
    return [
        {
            "kind": cause.kind,
            "id": cause.id,
            "title": titles[cause.id],
            "status": cause.status.value,
            "since": rfc3339(cause.since),
        }
        for cause in state.causes
        if cause.id in titles
    ]


def _places(group: GroupEntry) -> Iterator[tuple[str, str]]:
    """Each service in a group, at any depth, with the group it is in directly."""
    for entry in group.entries:
        yield entry.id, group.id
    for inner in group.groups:
        yield from _places(inner)


def _group_rows(
    group: GroupEntry, parent_id: str | None, statuses: Mapping[str, ServiceStatus], hidden: Container[str]
) -> Iterator[dict[str, Any]]:
    """A group and those within it, in order. One that holds nothing but hidden services is hidden with them."""
    inside = [id for id, _ in _places(group)]
    if inside and all(id in hidden for id in inside):
        return
    yield {
        "id": group.id,
        "name": group.name,
        "parent_id": parent_id,
        "collapsed": group.collapsed,
        "status": worst([statuses[id] for id in inside if id in statuses]).value,
    }
    for inner in group.groups:
        yield from _group_rows(inner, group.id, statuses, hidden)


def _windows(windows: Sequence[Maintenance], names: Names) -> dict[str, Any]:
    """Windows in progress, the next ones, and those that were over lately, newest first.

    One that was called off before it began never took place: it is in the history and the calendar, not on the page.
    """
    by_start = sorted(windows, key=lambda window: (begins_at(window), window.id))
    ended = [(over_at, window) for window in by_start if (over_at := ended_at(window)) and window.started_at]
    ended.sort(key=lambda pair: pair[0], reverse=True)
    scheduled = [window for window in by_start if window.status is MaintenanceStatus.SCHEDULED]
    return {
        "in_progress": [
            window_view(window, names) for window in by_start if window.status is MaintenanceStatus.IN_PROGRESS
        ],
        "upcoming": [window_view(window, names) for window in scheduled[:UPCOMING_SHOWN]],
        "completed": [window_view(window, names) for _, window in ended],
    }


def _by_impact(incident: Incident, on_page: Container[str]) -> ServiceStatus:
    """What an open incident means for the page itself, when no service on the page shows it."""
    shows = any(
        named.service_id in on_page and named.status is not ServiceStatus.OPERATIONAL for named in incident.services
    )
    if incident.status is IncidentStatus.RESOLVED or shows:
        return ServiceStatus.OPERATIONAL
    return incident.impact.service_status


def _changes_at(known: Known, incidents: Sequence[Incident], windows: Sequence[Maintenance], now: datetime) -> datetime:
    """When the view becomes another one: something leaves it, a day ends, or a day that goes badly goes on."""
    zone = ZoneInfo(known.page.time_zone)
    moments = [beginning_of(day_of(now, zone) + timedelta(days=1), zone)]
    moments += [found.resolved_at + INCIDENT_SHOWN for found in incidents if found.resolved_at]
    moments += [ended + WINDOW_SHOWN for window in windows if (ended := ended_at(window))]
    if known.going_on:
        ticks = int(now.timestamp()) // RECOUNT_SECONDS + 1
        moments.append(datetime.fromtimestamp(ticks * RECOUNT_SECONDS, now.tzinfo))
    return min(moments).astimezone(now.tzinfo)


def _has_left(over_at: datetime | None, shown: timedelta, now: datetime) -> bool:
    return over_at is not None and over_at + shown <= now
