"""What a domain says when something happened: one command, one new version of one aggregate, one event."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict

from common.contracts.values import Audience, UtcDatetime


class Payload(BaseModel):
    """Base of every event's data: immutable, and blind to fields that a later minor version added."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Tombstone(Payload):
    """The data of a `deleted` event: nothing of the entity but its id, so that the public forgets it at once."""

    id: str
    deleted_at: UtcDatetime


@dataclass(frozen=True, slots=True)
class DomainEvent:
    """`type` is `<aggregate>.<what happened>`, `version` the aggregate's new version.

    `internal` is the whole aggregate after it, for the organization's members; None only for what is made from public events
    alone. `public` is what everybody may see of it; None keeps the event among the members.
    """

    type: str
    aggregate_id: str
    version: int
    occurred_at: datetime
    internal: Payload | None
    public: Payload | None

    def for_audiences(self) -> list[tuple[Audience, Payload]]:
        views = ((Audience.INTERNAL, self.internal), (Audience.PUBLIC, self.public))
        return [(audience, payload) for audience, payload in views if payload is not None]


@dataclass(frozen=True, slots=True)
class Contract:
    """An event type that a service publishes, with its payload in this major version, and who may get it."""

    service: str
    payload: type[Payload]
    meaning: str
    audiences: tuple[Audience, ...] = (Audience.INTERNAL, Audience.PUBLIC)

    def schema(self) -> dict[str, Any]:
        return self.payload.model_json_schema(mode="serialization")
