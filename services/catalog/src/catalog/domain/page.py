"""The page of an organization: its settings and its address (slug)."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from common.contracts import catalog as contract
from common.contracts.catalog import PageLink, Theme
from common.contracts.events import DomainEvent
from common.contracts.rules import RuleError
from common.contracts.values import SLUG_PATTERN

RETIRED_SLUG_KEPT = timedelta(days=90)
RESERVED_SLUGS = frozenset(
    {
        *("app", "www", "api", "admin", "auth", "status", "static", "p", "mail", "realtime"),
        # Paths of the console, where an organization is at /<slug>.
        *("sign-in", "sign-up", "reset", "invitation", "first-admin", "organizations"),
    }
)
_SLUG = re.compile(SLUG_PATTERN)


def check_slug(slug: str) -> None:
    if not _SLUG.fullmatch(slug):
        raise RuleError("invalid-slug", "body.slug", "3 to 63 lower case letters, digits and inner hyphens.")


def slug_of(*texts: str | None) -> str:
    """The first of the texts that is a slug or can be made one. Organizations of other issuers are called all kinds of things, and each
    of them gets a page."""
    for text in texts:
        letters = unicodedata.normalize("NFKD", text or "").encode("ascii", "ignore").decode().lower()
        slug = re.sub(r"[^a-z0-9-]+", "-", letters).strip("-")[:63].rstrip("-")
        if _SLUG.fullmatch(slug):
            return slug
    return "page"


def slug_candidates(slug: str) -> Iterator[str]:
    """The slug itself and then `-2`, `-3` …, leaving out what is reserved and staying within 63 characters."""
    number = 1
    while True:
        suffix = "" if number == 1 else f"-{number}"
        candidate = slug[: 63 - len(suffix)].rstrip("-") + suffix
        if candidate not in RESERVED_SLUGS:
            yield candidate
        number += 1


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What people set of a page, besides its address. Refuses a time zone that does not exist."""

    name: str
    description: str = ""
    time_zone: str = "UTC"
    logo_url: str | None = None
    favicon_url: str | None = None
    accent_color: str | None = None
    theme: Theme = Theme.SYSTEM
    support_url: str | None = None
    links: tuple[PageLink, ...] = ()
    search_engines_allowed: bool = True
    history_days: int = 90

    def __post_init__(self) -> None:
        try:
            ZoneInfo(self.time_zone)
        except (KeyError, ValueError, OSError):
            raise RuleError("unknown-time-zone", "body.time_zone", "Not the name of an IANA time zone.") from None


@dataclass
class Page:
    organization_id: str
    slug: str
    settings: Settings
    created_at: datetime
    updated_at: datetime
    version: int = 0
    retired_slugs: dict[str, datetime] = field(default_factory=dict)

    @classmethod
    def provision(
        cls, organization_id: str, *, slug: str, settings: Settings, now: datetime
    ) -> tuple["Page", DomainEvent]:
        page = cls(organization_id, slug, settings, now, now)
        return page, page._changed("page_settings.provisioned", now)

    def change(self, *, slug: str, settings: Settings, now: datetime) -> DomainEvent | None:
        """Have these settings; a former slug stays reserved and redirects for 90 days. None when nothing changes."""
        before = (self.slug, self.settings)
        self.settings = settings
        self.retired_slugs = {old: until for old, until in self.retired_slugs.items() if until > now}
        if slug != self.slug:
            self.retired_slugs[self.slug] = now + RETIRED_SLUG_KEPT
            self.retired_slugs.pop(slug, None)
            self.slug = slug
        return None if before == (self.slug, self.settings) else self._changed("page_settings.updated", now)

    def payload(self) -> contract.PageSettings:
        return contract.PageSettings(
            organization_id=self.organization_id,
            slug=self.slug,
            **asdict(self.settings),
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
