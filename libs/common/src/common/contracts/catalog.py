"""What catalog publishes: page settings, layout, services and their status."""

from typing import Annotated, Literal

from pydantic import Field

from common.contracts.events import Contract, Payload, Tombstone
from common.contracts.values import ServiceStatus, UtcDatetime


class RetiredSlug(Payload):
    """A former slug: reserved for its organization, and redirecting, until `until`."""

    slug: str
    until: UtcDatetime


class PageSettings(Payload):
    """An organization's page. The aggregate's id is the organization's."""

    organization_id: str
    slug: str
    name: str
    description: str
    time_zone: str
    retired_slugs: tuple[RetiredSlug, ...] = ()
    version: int
    created_at: UtcDatetime
    updated_at: UtcDatetime


class ServiceEntry(Payload):
    type: Literal["service"] = "service"
    id: str


class GroupEntry(Payload):
    type: Literal["group"] = "group"
    id: str
    name: str
    entries: tuple[ServiceEntry, ...] = ()


LayoutEntry = Annotated[ServiceEntry | GroupEntry, Field(discriminator="type")]


class Layout(Payload):
    """The order of groups and services on the page. The aggregate's id is the organization's."""

    entries: tuple[LayoutEntry, ...] = ()
    version: int
    updated_at: UtcDatetime


class Service(Payload):
    id: str
    name: str
    description: str
    version: int
    created_at: UtcDatetime
    updated_at: UtcDatetime


class Cause(Payload):
    """Why a service is not what people set: an open incident that names it."""

    kind: Literal["incident"] = "incident"
    id: str
    title: str
    status: ServiceStatus
    since: UtcDatetime


class ServiceStatusState(Payload):
    """A service's status: `status` is the worst of what people set (`base_status`) and of its causes.

    An aggregate of its own (id: the service's), so that an incident never makes an editor's copy of the service stale.
    """

    service_id: str
    status: ServiceStatus
    previous: ServiceStatus
    base_status: ServiceStatus
    causes: tuple[Cause, ...] = ()
    changed_at: UtcDatetime
    version: int


CATALOG_EVENTS = {
    "page_settings.provisioned": Contract("catalog", PageSettings, "An organization has a page from now on."),
    "page_settings.updated": Contract(
        "catalog", PageSettings, "The page's name, slug, description or time zone changed."
    ),
    "layout.changed": Contract("catalog", Layout, "Groups or the order of services changed; carries the whole order."),
    "service.created": Contract("catalog", Service, "A service exists from now on."),
    "service.updated": Contract("catalog", Service, "A service's name or description changed."),
    "service.deleted": Contract("catalog", Tombstone, "A service is gone from the page."),
    "service_status.changed": Contract(
        "catalog", ServiceStatusState, "A service's status, base status or causes changed."
    ),
}
