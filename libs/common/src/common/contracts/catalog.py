"""What catalog publishes: page settings, layout, services and their status."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from common.contracts.events import Contract, Payload, Tombstone, visibility_events
from common.contracts.values import Audience, ServiceStatus, UtcDatetime, Visibility


class Theme(StrEnum):
    """How the page looks to those whose device has no say in it; `system` follows the device."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class PageLink(Payload):
    label: str
    url: str


class RetiredSlug(Payload):
    """A former slug: reserved for its organization, and redirecting, until `until`."""

    slug: str
    until: UtcDatetime


class PageSettings(Payload):
    """An organization's page. The aggregate's id is the organization's. Its days begin in `time_zone`; it shows `history_days` of them."""

    organization_id: str
    slug: str
    name: str
    description: str
    time_zone: str
    retired_slugs: tuple[RetiredSlug, ...] = ()
    logo_url: str | None = None
    favicon_url: str | None = None
    accent_color: str | None = None
    theme: Theme = Theme.SYSTEM
    support_url: str | None = None
    links: tuple[PageLink, ...] = ()
    search_engines_allowed: bool = True
    history_days: int = 90
    version: int
    created_at: UtcDatetime
    updated_at: UtcDatetime


class ServiceEntry(Payload):
    type: Literal["service"] = "service"
    id: str


class GroupEntry(Payload):
    """A group: its own services in order, then the groups within it. A `collapsed` one shows its services when asked."""

    type: Literal["group"] = "group"
    id: str
    name: str
    entries: tuple[ServiceEntry, ...] = ()
    collapsed: bool = False
    groups: "tuple[GroupEntry, ...]" = ()


LayoutEntry = Annotated[ServiceEntry | GroupEntry, Field(discriminator="type")]


class Layout(Payload):
    """The order of groups and services on the page. The aggregate's id is the organization's.

    Everybody reads it without internal services, and without groups that hold nothing but those.
    """

    entries: tuple[LayoutEntry, ...] = ()
    version: int
    updated_at: UtcDatetime


class Service(Payload):
    """A service. Before `start_date`, a day of the page's time zone, nothing is said about it; None means: since it was created."""

    id: str
    name: str
    description: str
    visibility: Visibility = Visibility.PUBLIC
    start_date: date | None = None
    version: int
    created_at: UtcDatetime
    updated_at: UtcDatetime


@dataclass(frozen=True, slots=True)
class KnownService:
    """What another service needs to know of one: what it is called, who may see it, and whether it still exists."""

    name: str
    visibility: Visibility = Visibility.PUBLIC
    is_deleted: bool = False

    @property
    def is_public(self) -> bool:
        return self.visibility is Visibility.PUBLIC


class Cause(Payload):
    """Why a service is not what people set: an open incident that names it."""

    kind: Literal["incident"] = "incident"
    id: str
    title: str
    status: ServiceStatus
    since: UtcDatetime


class OpenWindow(Payload):
    """A maintenance window that is in progress on a service."""

    id: str
    title: str
    since: UtcDatetime


class ServiceStatusState(Payload):
    """A service's status: `status` is the worst of what people set (`base_status`) and of its causes.

    Maintenance is said beside it and hides nothing: `under_maintenance` while one of its `windows` is in progress. An aggregate of its own (id: the service's), so that an incident never makes an editor's copy of the service stale.
    """

    service_id: str
    status: ServiceStatus
    previous: ServiceStatus
    base_status: ServiceStatus
    causes: tuple[Cause, ...] = ()
    under_maintenance: bool = False
    windows: tuple[OpenWindow, ...] = ()
    changed_at: UtcDatetime
    version: int


class DomainStatus(StrEnum):
    """Where a custom domain stands: asked for, shown to be the organization's, not shown any more, taken from it, or never shown in time."""

    PENDING = "pending"
    PROVED = "proved"
    FAILING = "failing"
    RELEASED = "released"
    EXPIRED = "expired"

    @property
    def is_held(self) -> bool:
        """Whether the organization's page is at it. One organization at a time holds a name."""
        return self in (DomainStatus.PROVED, DomainStatus.FAILING)


class CustomDomain(Payload):
    """A host name of the organization's own, at which its page is while the status is `proved` or `failing`.

    Everybody learns of it once it is proved. `failing_since`: when its record in DNS was first missed; after 7 days of that it is released.
    """

    id: str
    name: str
    status: DomainStatus
    proved_at: UtcDatetime | None
    failing_since: UtcDatetime | None
    version: int
    created_at: UtcDatetime
    updated_at: UtcDatetime


_MEMBERS_ALONE = (Audience.INTERNAL,)

CATALOG_EVENTS = {
    "page_settings.provisioned": Contract("catalog", PageSettings, "An organization has a page from now on."),
    "page_settings.updated": Contract("catalog", PageSettings, "Settings of the page changed."),
    "layout.changed": Contract("catalog", Layout, "Groups or the order of services changed; carries the whole order."),
    "service.created": Contract("catalog", Service, "A service exists from now on."),
    "service.updated": Contract("catalog", Service, "Something that people say of a service changed."),
    "service.deleted": Contract("catalog", Tombstone, "A service is gone from the page."),
    "service.restored": Contract("catalog", Service, "A deleted service is back, as it was."),
    **visibility_events("catalog", "service", Service),
    "service_status.changed": Contract(
        "catalog", ServiceStatusState, "A service's status, base status, causes or open windows changed."
    ),
    "custom_domain.requested": Contract(
        "catalog", CustomDomain, "A host name is asked for; its record in DNS is looked for.", _MEMBERS_ALONE
    ),
    "custom_domain.proved": Contract("catalog", CustomDomain, "The page is at this host name as well from now on."),
    "custom_domain.failing": Contract(
        "catalog", CustomDomain, "The host name's record in DNS was missed; nothing changes for 7 days.", _MEMBERS_ALONE
    ),
    "custom_domain.recovered": Contract("catalog", CustomDomain, "The record is there again.", _MEMBERS_ALONE),
    "custom_domain.released": Contract(
        "catalog", CustomDomain, "The record was missing for 7 days: the page is not at this host name any more."
    ),
    "custom_domain.expired": Contract(
        "catalog", CustomDomain, "The record was not found for 7 days, and is not looked for any more.", _MEMBERS_ALONE
    ),
    "custom_domain.deleted": Contract("catalog", Tombstone, "The organization gave the host name up."),
}
