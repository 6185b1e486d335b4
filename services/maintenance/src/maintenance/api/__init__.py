"""Routes of maintenance: windows, their moves and updates; series."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from common.contracts.catalog import KnownService
from common.contracts.values import Text, Title, Visibility
from common.database import Transaction
from maintenance import store
from maintenance.domain.details import REMINDER_MINUTES_MAX, REMINDERS_MAX, SERVICES_MAX, Details

PREFIX = "/api/maintenance/v1"


class Input(BaseModel):
    """Base of every request body: what is not known is refused, so that a typing error is never half applied."""

    model_config = ConfigDict(extra="forbid")


class AffectedService(Input):
    service_id: UUID


def _each_service_once(services: list[AffectedService]) -> list[AffectedService]:
    if len({service.service_id for service in services}) != len(services):
        raise ValueError("a service is named twice")
    return services


def _each_reminder_once(minutes: list[int]) -> list[int]:
    if len(set(minutes)) != len(minutes):
        raise ValueError("a reminder is named twice")
    return minutes


Services = Annotated[list[AffectedService], Field(max_length=SERVICES_MAX), AfterValidator(_each_service_once)]
ReminderMinutes = Annotated[
    list[Annotated[int, Field(ge=1, le=REMINDER_MINUTES_MAX, strict=True)]],
    Field(max_length=REMINDERS_MAX, description="how many minutes before its start it is to be reminded of"),
    AfterValidator(_each_reminder_once),
]


class GivenDetails(Input):
    """What a new window or series says."""

    title: Title
    description: Text = ""
    visibility: Visibility = Visibility.PUBLIC
    services: Services = []
    starts_by_itself: bool = True
    completes_by_itself: bool = True
    reminder_minutes: ReminderMinutes = [60]

    async def details(self, transaction: Transaction) -> Details:
        """Raises UnknownServicesError."""
        return Details(
            title=self.title,
            description=self.description,
            visibility=self.visibility,
            services=await _required(transaction, self.services),
            starts_by_itself=self.starts_by_itself,
            completes_by_itself=self.completes_by_itself,
            reminder_minutes=tuple(self.reminder_minutes),
        )


class ChangedDetails(Input):
    """What a window or series says from now on, where that is given."""

    title: Title | None = None
    description: Text | None = None
    visibility: Visibility | None = None
    services: Services | None = None
    starts_by_itself: bool | None = None
    completes_by_itself: bool | None = None
    reminder_minutes: ReminderMinutes | None = None

    async def details(self, transaction: Transaction, before: Details) -> Details:
        """Raises UnknownServicesError."""
        services: Mapping[UUID, KnownService] = before.services
        if self.services is not None:
            services = await _required(transaction, self.services, besides=before.services)
        reminders = before.reminder_minutes if self.reminder_minutes is None else tuple(self.reminder_minutes)
        plain = {"title", "description", "visibility", "starts_by_itself", "completes_by_itself"}
        given = {name: value for name in plain if (value := getattr(self, name)) is not None}
        return replace(before, services=services, reminder_minutes=reminders, **given)


async def _required(
    transaction: Transaction, services: list[AffectedService], besides: Collection[UUID] = ()
) -> dict[UUID, KnownService]:
    """The services in the order they were named. Raises UnknownServicesError."""
    ids = [service.service_id for service in services]
    found = await store.KNOWN.require(transaction, ids, besides=besides)
    return {id: found[id] for id in ids}
