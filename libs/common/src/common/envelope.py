"""An event on its way: CloudEvents 1.0 in NATS binary mode (attributes are `ce-` headers, the payload is the JSON data).

Subject: `status.<organization_id>.<audience>.<service>.<aggregate>.<event>`. The organization's id is a legal subject token because
tokens with any other id are refused at the door.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from urllib.parse import quote, unquote
from uuid import UUID

from pydantic import ValidationError

from common.clock import rfc3339
from common.contracts.events import Payload
from common.contracts.registry import EVENTS
from common.contracts.values import ORGANIZATION_ID_PATTERN, Audience, NamedActor

STREAM = "STATUS"
SUBJECTS = "status.>"
REPUBLISHED = "tidings-republished"
SEQUENCE_MAX = 2**31 - 1  # what the tables hold

_ORGANIZATION_ID = re.compile(ORGANIZATION_ID_PATTERN)
# CloudEvents, NATS binding: printable ASCII except space, quote and percent goes as it is, the rest percent-encoded.
_HEADER_SAFE = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"%')


class MalformedEventError(Exception):
    """A message that is no event of Tidings, and never will be however often it is delivered."""


class Actor(NamedActor):
    """With the address it came from, which only the audit shows."""

    address: str | None = None

    def named(self) -> NamedActor:
        """Without it, to be kept where other members read it."""
        return NamedActor(id=self.id, name=self.name)


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event for one audience. `type` is `<aggregate>.<event>`, `sequence` the aggregate's version, `data` the JSON payload."""

    id: UUID
    organization_id: str
    audience: Audience
    service: str
    type: str
    aggregate_id: str
    sequence: int
    time: datetime
    data: bytes
    actor: Actor | None = None
    traceparent: str | None = None
    republished: bool = False

    @property
    def aggregate(self) -> str:
        return self.type.partition(".")[0]

    @property
    def subject(self) -> str:
        return f"status.{self.organization_id}.{self.audience}.{self.service}.{self.type}"

    def headers(self) -> dict[str, str]:
        headers = {
            "Nats-Msg-Id": str(self.id),
            "content-type": "application/json",
            "ce-specversion": "1.0",
            "ce-id": str(self.id),
            "ce-source": f"/tidings/{self.service}",
            "ce-type": f"tidings.{self.type}.v1",
            "ce-subject": quote(self.aggregate_id, safe=_HEADER_SAFE),
            "ce-time": rfc3339(self.time),
            "ce-datacontenttype": "application/json",
            "ce-organizationid": self.organization_id,
            "ce-sequence": str(self.sequence),
        }
        if self.actor is not None and self.audience is Audience.INTERNAL:
            headers["tidings-actor"] = quote(self.actor.model_dump_json(), safe=_HEADER_SAFE)
        if self.traceparent is not None:
            headers["traceparent"] = self.traceparent
        if self.republished:
            headers[REPUBLISHED] = "true"
        return headers

    @classmethod
    def read(cls, subject: str, headers: Mapping[str, str] | None, data: bytes) -> Self:
        """The event in a message. Raises MalformedEventError."""
        tokens = subject.split(".")
        if len(tokens) != 6 or tokens[0] != "status" or not _ORGANIZATION_ID.match(tokens[1]):
            raise MalformedEventError(f"no subject of an event: {subject}")
        attributes = {name.lower(): value for name, value in (headers or {}).items()}
        event_type = f"{tokens[4]}.{tokens[5]}"
        try:
            if attributes["ce-type"] != f"tidings.{event_type}.v1":
                raise MalformedEventError(f"type {attributes['ce-type']} on subject {subject}")
            if attributes["ce-organizationid"] != tokens[1]:
                raise MalformedEventError(f"organization {attributes['ce-organizationid']} on subject {subject}")
            actor = attributes.get("tidings-actor")
            return cls(
                id=UUID(attributes["ce-id"]),
                organization_id=tokens[1],
                audience=Audience(tokens[2]),
                service=tokens[3],
                type=event_type,
                aggregate_id=unquote(attributes["ce-subject"]),
                sequence=_sequence(attributes["ce-sequence"]),
                time=_time(attributes["ce-time"]),
                data=data,
                actor=Actor.model_validate_json(unquote(actor)) if actor is not None else None,
                traceparent=attributes.get("traceparent"),
                republished=REPUBLISHED in attributes,
            )
        except KeyError as error:
            raise MalformedEventError(f"attribute {error} is missing") from error
        except ValueError as error:
            raise MalformedEventError(str(error)) from error

    def payload(self) -> Payload:
        """The data as its contract describes it. Raises MalformedEventError for an unknown type or data that does not fit."""
        contract = EVENTS.get(self.type)
        if contract is None:
            raise MalformedEventError(f"unknown event type {self.type}")
        try:
            return contract.payload.model_validate_json(self.data)
        except ValidationError as error:
            raise MalformedEventError(f"data of {self.type} does not fit its contract: {error}") from error


def _sequence(text: str) -> int:
    sequence = int(text)
    if not 0 < sequence <= SEQUENCE_MAX:
        raise ValueError(f"sequence {sequence} is no version")
    return sequence


def _time(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"time {text} has no time zone")
    return moment
