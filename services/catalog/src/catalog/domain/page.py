"""The page of an organization: its name, its address (slug) and its time zone; and the layout of groups and services on it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from common.contracts import catalog as contract
from common.contracts.events import DomainEvent
from common.contracts.rules import RuleError
from common.contracts.values import SLUG_PATTERN

RETIRED_SLUG_KEPT = timedelta(days=90)
GROUPS_MAX = 200
RESERVED_SLUGS = frozenset(
    ("app", "www", "api", "admin", "auth", "status", "static", "p", "mail", "realtime"),
)
_SLUG = re.compile(SLUG_PATTERN)


def check_slug(slug: str) -> None:
    if not _SLUG.fullmatch(slug):
        raise RuleError("invalid-slug", "body.slug", "3 to 63 lower case letters, digits and inner hyphens.")


def slug_candidates(slug: str) -> Iterator[str]:
    """The slug itself and then `-2`, `-3` …, leaving out what is reserved and staying within 63 characters."""
    number = 1
    while True:
        suffix = "" if number == 1 else f"-{number}"
        candidate = slug[: 63 - len(suffix)].rstrip("-") + suffix
        if candidate not in RESERVED_SLUGS:
            yield candidate
        number += 1


def check_time_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        raise RuleError("unknown-time-zone", "body.time_zone", "Not the name of an IANA time zone.") from None


@dataclass
class PageSettings:
    organization_id: str
    slug: str
    name: str
    description: str
    time_zone: str
    created_at: datetime
    updated_at: datetime
    version: int = 0
    retired_slugs: dict[str, datetime] = field(default_factory=dict)

    @classmethod
    def provision(
        cls, organization_id: str, *, slug: str, name: str, description: str, time_zone: str, now: datetime
    ) -> tuple["PageSettings", DomainEvent]:
        check_time_zone(time_zone)
        page = cls(organization_id, slug, name, description, time_zone, now, now)
        return page, page._changed("page_settings.provisioned", now)

    def change(
        self, *, slug: str | None, name: str | None, description: str | None, time_zone: str | None, now: datetime
    ) -> DomainEvent | None:
        """Change what is given; a former slug stays reserved and redirects for 90 days. None when nothing changes."""
        before = (self.slug, self.name, self.description, self.time_zone)
        if time_zone is not None:
            check_time_zone(time_zone)
            self.time_zone = time_zone
        self.name = self.name if name is None else name
        self.description = self.description if description is None else description
        self.retired_slugs = {old: until for old, until in self.retired_slugs.items() if until > now}
        if slug is not None and slug != self.slug:
            self.retired_slugs[self.slug] = now + RETIRED_SLUG_KEPT
            self.retired_slugs.pop(slug, None)
            self.slug = slug
        if before == (self.slug, self.name, self.description, self.time_zone):
            return None
        return self._changed("page_settings.updated", now)

    def payload(self) -> contract.PageSettings:
        return contract.PageSettings(
            organization_id=self.organization_id,
            slug=self.slug,
            name=self.name,
            description=self.description,
            time_zone=self.time_zone,
            retired_slugs=tuple(
                contract.RetiredSlug(slug=slug, until=until) for slug, until in sorted(self.retired_slugs.items())
            ),
            version=self.version,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )

    def _changed(self, event_type: str, now: datetime) -> DomainEvent:
        self.version += 1
        self.updated_at = now
        payload = self.payload()
        return DomainEvent(event_type, self.organization_id, self.version, now, payload, payload)


@dataclass
class Layout:
    """The order of groups and services. A service that it does not name comes last, in order of creation."""

    organization_id: str
    entries: tuple[contract.LayoutEntry, ...]
    updated_at: datetime
    version: int = 0

    def replace(
        self, entries: Sequence[contract.LayoutEntry], services: set[UUID], now: datetime
    ) -> DomainEvent | None:
        """Put a whole new order in place. `services` are those that exist."""
        groups = [entry for entry in entries if isinstance(entry, contract.GroupEntry)]
        if len(groups) > GROUPS_MAX:
            raise RuleError("too-many-groups", "body.entries", f"A page has at most {GROUPS_MAX} groups.")
        named = list(service_ids(entries))
        for kind, ids in (("service", named), ("group", [group.id for group in groups])):
            if len(ids) != len(set(ids)):
                raise RuleError("named-twice", "body.entries", f"A {kind} is named twice.")
        unknown = sorted(set(named) - {str(id) for id in services})
        if unknown:
            raise RuleError("unknown-service", "body.entries", f"Unknown service: {', '.join(unknown)}")
        if self.version and tuple(entries) == self.entries:
            return None
        self.entries = tuple(entries)
        self.version += 1
        self.updated_at = now
        payload = self.payload()
        return DomainEvent("layout.changed", self.organization_id, self.version, now, payload, payload)

    def payload(self) -> contract.Layout:
        return contract.Layout(entries=self.entries, version=self.version, updated_at=self.updated_at)


def service_ids(entries: Sequence[contract.LayoutEntry]) -> Iterator[str]:
    """Every service that the entries name, in order."""
    for entry in entries:
        if isinstance(entry, contract.GroupEntry):
            yield from (inner.id for inner in entry.entries)
        else:
            yield entry.id
