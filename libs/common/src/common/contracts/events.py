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
    """The data of `deleted` and `hidden`: nothing of the entity but its id, so that whoever reads it forgets the rest at once."""

    id: str
    deleted_at: UtcDatetime


@dataclass(frozen=True, slots=True)
class DomainEvent:
    """`type` is `<aggregate>.<what happened>`, `version` the aggregate's new version.

    `internal` is the whole aggregate after it, for the organization's members; None only for what is made from public events
    alone. `public` is what everybody may see of it; None keeps the event among the members. Everybody reads it as `public_type`
    where that differs.
    """

    type: str
    aggregate_id: str
    version: int
    occurred_at: datetime
    internal: Payload | None
    public: Payload | None
    public_type: str | None = None

    @classmethod
    def of_change(
        cls,
        type: str,
        aggregate_id: str,
        version: int,
        occurred_at: datetime,
        *,
        internal: Payload,
        public: Payload,
        was_public: bool,
        is_public: bool,
    ) -> "DomainEvent":
        """The event of something that may be internal. Leaving the public is `hidden` there, returning is `shown`."""
        aggregate = type.partition(".")[0]
        if is_public:
            return cls(
                type, aggregate_id, version, occurred_at, internal, public, None if was_public else f"{aggregate}.shown"
            )
        if was_public:
            tombstone = Tombstone(id=aggregate_id, deleted_at=occurred_at)
            return cls(type, aggregate_id, version, occurred_at, internal, tombstone, f"{aggregate}.hidden")
        return cls(type, aggregate_id, version, occurred_at, internal, None)

    @classmethod
    def of_deletion(
        cls, type: str, aggregate_id: str, version: int, occurred_at: datetime, *, was_public: bool
    ) -> "DomainEvent":
        """Who never saw it hears nothing of its end."""
        tombstone = Tombstone(id=aggregate_id, deleted_at=occurred_at)
        return cls(type, aggregate_id, version, occurred_at, tombstone, tombstone if was_public else None)

    def for_audiences(self) -> list[tuple[Audience, str, Payload]]:
        """Each audience that may see it, the type it reads, and what it may see."""
        views = (
            (Audience.INTERNAL, self.type, self.internal),
            (Audience.PUBLIC, self.public_type or self.type, self.public),
        )
        return [(audience, type, payload) for audience, type, payload in views if payload is not None]


@dataclass(frozen=True, slots=True)
class Contract:
    """An event type that a service publishes, with its payload in this major version, and who may get it."""

    service: str
    payload: type[Payload]
    meaning: str
    audiences: tuple[Audience, ...] = (Audience.INTERNAL, Audience.PUBLIC)

    def schema(self) -> dict[str, Any]:
        return self.payload.model_json_schema(mode="serialization")


def visibility_events(service: str, aggregate: str, payload: type[Payload]) -> dict[str, Contract]:
    """The types that only everybody reads: an aggregate leaves the public, and returns to it."""
    return {
        f"{aggregate}.hidden": Contract(
            service, Tombstone, "It is internal from now on: nothing of it may be shown any more.", (Audience.PUBLIC,)
        ),
        f"{aggregate}.shown": Contract(
            service, payload, "It was internal and is public from now on.", (Audience.PUBLIC,)
        ),
    }
