"""What a domain says when something happened: one command, one new version of one aggregate, one event."""

from dataclasses import dataclass, field
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
    """`type` is `<aggregate>.<what happened>`; `data` is the whole aggregate after it, `version` its new version.

    `public` is what everybody may see of it; None keeps the event among the organization's members.
    """

    type: str
    aggregate_id: str
    version: int
    occurred_at: datetime
    data: Payload
    public: Payload | None = field(default=None)

    def for_audiences(self) -> list[tuple[Audience, Payload]]:
        audiences: list[tuple[Audience, Payload]] = [(Audience.INTERNAL, self.data)]
        if self.public is not None:
            audiences.append((Audience.PUBLIC, self.public))
        return audiences


@dataclass(frozen=True, slots=True)
class Contract:
    """An event type that a service publishes, with its payload in this major version."""

    service: str
    payload: type[Payload]
    meaning: str

    def schema(self) -> dict[str, Any]:
        return self.payload.model_json_schema(mode="serialization")
