"""The layout: groups, within each other at most five deep, and the order of services in them and beside them.

It keeps naming a service that was deleted while that can be undone, so that it comes back to its place; who replaces the layout cannot name
it, hence it keeps its place where its group remains. The public side has no internal services, and no groups in which
there is no service to be seen, since their names may tell of what is internal: it changes also when a service is deleted, restored, hidden or shown.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from common.contracts import catalog as contract
from common.contracts.catalog import GroupEntry, LayoutEntry, ServiceEntry
from common.contracts.events import DomainEvent
from common.contracts.rules import RuleError

GROUPS_MAX = 200
DEPTH_MAX = 5

Entry = TypeVar("Entry", LayoutEntry, ServiceEntry)


@dataclass(frozen=True)
class PageServices:
    """The ids of an organization's services, in order of creation; of `internal` ones also the deleted."""

    alive: tuple[str, ...]
    restorable: frozenset[str] = frozenset()
    internal: frozenset[str] = frozenset()


@dataclass
class Layout:
    """The order of groups and services. A service that it does not name comes last, in order of creation."""

    organization_id: str
    entries: tuple[LayoutEntry, ...]
    updated_at: datetime
    version: int = 0

    def replace(self, entries: Sequence[LayoutEntry], services: PageServices, now: datetime) -> DomainEvent | None:
        """Put a whole new order in place."""
        _check(entries, services)
        wanted = _with_places_of(services.restorable, self.entries, entries)
        if self.version and wanted == self.entries:
            return None
        self.entries = wanted
        return self._changed(services, now)

    def services_changed(self, before: PageServices, after: PageServices, now: datetime) -> DomainEvent | None:
        """Tell the order anew when everybody sees another one of it."""
        if self._public(before) == self._public(after):
            return None
        return self._changed(after, now)

    def view(self, services: PageServices) -> contract.Layout:
        """The layout as members see it: without deleted services, and with those that were never placed at its end."""
        entries = _only(self.entries, set(services.alive))
        placed = set(_service_ids(entries))
        unplaced = tuple(ServiceEntry(id=id) for id in services.alive if id not in placed)
        return contract.Layout(entries=entries + unplaced, version=self.version, updated_at=self.updated_at)

    def _public(self, services: PageServices) -> tuple[LayoutEntry, ...]:
        seen = set(services.alive) - services.internal
        empty = {group.id for group, _ in _groups(self.entries) if seen.isdisjoint(_service_ids((group,)))}
        return _only(self.entries, seen | services.restorable - services.internal, without=empty)

    def _changed(self, services: PageServices, now: datetime) -> DomainEvent:
        self.version += 1
        self.updated_at = now
        internal, public = (
            contract.Layout(entries=entries, version=self.version, updated_at=now)
            for entries in (self.entries, self._public(services))
        )
        return DomainEvent("layout.changed", self.organization_id, self.version, now, internal, public)


def _check(entries: Sequence[LayoutEntry], services: PageServices) -> None:
    groups = list(_groups(entries))
    if len(groups) > GROUPS_MAX:
        raise RuleError("too-many-groups", "body.entries", f"A page has at most {GROUPS_MAX} groups.")
    if any(depth > DEPTH_MAX for _, depth in groups):
        raise RuleError("too-deep", "body.entries", f"Groups are within each other at most {DEPTH_MAX} deep.")
    named = list(_service_ids(entries))
    for kind, ids in (("service", named), ("group", [group.id for group, _ in groups])):
        if len(ids) != len(set(ids)):
            raise RuleError("named-twice", "body.entries", f"A {kind} is named twice.")
    unknown = sorted(set(named) - set(services.alive))
    if unknown:
        raise RuleError("unknown-service", "body.entries", f"Unknown service: {', '.join(unknown)}")


def _groups(entries: Sequence[LayoutEntry], depth: int = 1) -> Iterator[tuple[GroupEntry, int]]:
    """Every group, at any depth, and how deep it is."""
    for entry in entries:
        if isinstance(entry, GroupEntry):
            yield entry, depth
            yield from _groups(entry.groups, depth + 1)


def _service_ids(entries: Sequence[LayoutEntry]) -> Iterator[str]:
    """Every service that the entries name, in order."""
    for entry in entries:
        if isinstance(entry, GroupEntry):
            yield from (service.id for service in entry.entries)
            yield from _service_ids(entry.groups)
        else:
            yield entry.id


def _only(
    entries: Sequence[LayoutEntry], services: Collection[str], *, without: Collection[str] = ()
) -> tuple[LayoutEntry, ...]:
    """The entries with these services only, and `without` these groups."""
    return tuple(
        _group_of(entry, services, without) if isinstance(entry, GroupEntry) else entry
        for entry in entries
        if (entry.id not in without if isinstance(entry, GroupEntry) else entry.id in services)
    )


def _group_of(group: GroupEntry, services: Collection[str], without: Collection[str]) -> GroupEntry:
    own = tuple(service for service in group.entries if service.id in services)
    inner = tuple(_group_of(inner, services, without) for inner in group.groups if inner.id not in without)
    return group.model_copy(update={"entries": own, "groups": inner})


def _with_places_of(
    kept: Collection[str], before: Sequence[LayoutEntry], after: Sequence[LayoutEntry]
) -> tuple[LayoutEntry, ...]:
    """`after`, and in it those of the `kept` services that `before` names, where their group remains."""
    former = {group.id: group.entries for group, _ in _groups(before)}

    def completed(group: GroupEntry) -> GroupEntry:
        own = _merged(kept, former.get(group.id, ()), group.entries)
        return group.model_copy(update={"entries": own, "groups": tuple(completed(inner) for inner in group.groups)})

    groups_completed = [completed(entry) if isinstance(entry, GroupEntry) else entry for entry in after]
    return _merged(kept, before, groups_completed)


def _merged(kept: Collection[str], before: Sequence[Entry], after: Sequence[Entry]) -> tuple[Entry, ...]:
    """`after` with the `kept` of `before`, each behind what it was behind."""
    merged = list(after)
    place = 0
    for entry in before:
        present = next((number for number, other in enumerate(merged) if other.id == entry.id), None)
        if present is not None:
            place = present + 1
        elif entry.id in kept:
            merged.insert(place, entry)
            place += 1
    return tuple(merged)
