"""Routes of incidents: what they share."""

from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, model_validator
from starlette.responses import Response

from common.caller import Caller, Writing
from common.contracts.values import ServiceStatus
from common.errors import not_found
from incidents.domain import SERVICES_MAX
from incidents.domain.incident import Incident
from incidents.store import KNOWN
from incidents.store import incident as store

PREFIX = "/api/incidents/v1"


class Input(BaseModel):
    """Base of every request body: what is not known is refused, so that a typing error is never half applied."""

    model_config = ConfigDict(extra="forbid")


class AffectedService(Input):
    service_id: UUID
    status: ServiceStatus | None = None


Services = Annotated[list[AffectedService], Field(max_length=SERVICES_MAX)]


class NamesServices(Input):
    @model_validator(mode="after")
    def _each_service_once(self) -> "NamesServices":
        ids = [service.service_id for service in getattr(self, "services", None) or []]
        if len(ids) != len(set(ids)):
            raise ValueError("a service is named twice")
        return self


def by_id(services: Sequence[AffectedService]) -> dict[UUID, ServiceStatus | None]:
    return {service.service_id: service.status for service in services}


async def load_for_update(writing: Writing, caller: Caller, incident_id: UUID) -> Incident:
    incident = await store.load(writing.transaction, incident_id, for_update=True)
    if incident is None:
        raise not_found("incident")
    caller.check_version(incident.version)
    return incident


async def know(writing: Writing, incident: Incident, services: Mapping[UUID, ServiceStatus | None] | None) -> None:
    """Have the incident know the services that it is to name: each exists, or was named before."""
    incident.known |= await KNOWN.require(writing.transaction, services or (), besides=incident.services)


def answer(writing: Writing, incident: Incident, status: int) -> Response:
    location = f"{PREFIX}/incidents/{incident.id}" if status == 201 else None
    return writing.answer(status, incident.payload(), etag=incident.version, location=location)
