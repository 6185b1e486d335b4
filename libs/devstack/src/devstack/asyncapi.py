"""docs/asyncapi.yaml: what is published on NATS as an AsyncAPI 3 document, made of the contracts alone.

FastStream's generator knows only what a broker subscribes to or publishes itself; here events are published by the relay, from outboxes.
"""

from typing import Any

import yaml
from pydantic.json_schema import models_json_schema

from common.clock import now, uuid7
from common.contracts.events import Contract
from common.contracts.registry import EVENTS
from common.contracts.values import ORGANIZATION_ID_PATTERN, Audience
from common.envelope import REPUBLISHED, STREAM, Envelope
from devstack.event_examples import EXAMPLES

_REF = "#/components/schemas/{model}"
HEADERS = {
    "ce-specversion": "the version of CloudEvents, 1.0",
    "ce-id": "the event's own id",
    "ce-source": "who published it, /tidings/<service>",
    "ce-type": "tidings.<aggregate>.<event>.v1",
    "ce-subject": "the id of the aggregate, percent-encoded",
    "ce-time": "when it happened",
    "ce-datacontenttype": "application/json",
    "ce-organizationid": "whose it is",
    "ce-sequence": "the aggregate's version: 1, 2, 3 …",
    "content-type": "application/json",
    "Nats-Msg-Id": "the event's own id again, by which the stream drops a message that comes twice within minutes",
    "traceparent": "the W3C trace it belongs to, when there is one",
    "tidings-actor": "who did it and from which address, as JSON, percent-encoded; only for the internal audience",
    REPUBLISHED: "present when it was published before and is sent again",
}
"""Every header of an event, with its meaning."""


def document() -> dict[str, Any]:
    payloads = sorted({contract.payload for contract in EVENTS.values()}, key=lambda model: model.__name__)
    _, definitions = models_json_schema([(model, "serialization") for model in payloads], ref_template=_REF)
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Tidings events",
            "version": "1",
            "description": "Every change of a status page, as CloudEvents 1.0 in NATS binary mode, in one JetStream "
            f"stream, {STREAM}. How to read them without missing or doubling one: subscribing.md.",
        },
        "defaultContentType": "application/json",
        "servers": {
            "nats": {
                "host": "localhost:4222",
                "protocol": "nats",
                "description": "NATS with JetStream, see subscribing.md",
            }
        },
        "channels": {name: _channel(name, contract) for name, contract in EVENTS.items()},
        "operations": {name: _operation(name, contract) for name, contract in EVENTS.items()},
        "components": {
            "messages": {name: _message(name, contract) for name, contract in EVENTS.items()},
            "schemas": {"Headers": _headers(), **_plain(definitions["$defs"])},
        },
    }


def as_yaml() -> str:
    return yaml.safe_dump(document(), sort_keys=False, allow_unicode=True, width=120)


def subject(name: str, contract: Contract) -> str:
    """The subject of an event, with the parts that vary in braces."""
    return f"status.{{organization_id}}.{{audience}}.{contract.service}.{name}"


def _channel(name: str, contract: Contract) -> dict[str, Any]:
    return {
        "address": subject(name, contract),
        "title": name,
        "summary": contract.meaning,
        "messages": {name: {"$ref": f"#/components/messages/{name}"}},
        "parameters": {
            "organization_id": {"description": f"Whose it is: {ORGANIZATION_ID_PATTERN}", "examples": ["acme"]},
            "audience": {
                "description": "Who may read it: the organization's members (internal) or everybody (public).",
                "enum": [audience.value for audience in contract.audiences],
            },
        },
    }


def _operation(name: str, contract: Contract) -> dict[str, Any]:
    return {
        "action": "send",
        "channel": {"$ref": f"#/channels/{name}"},
        "title": f"{contract.service} publishes {name}",
        "tags": [{"name": contract.service}],
        "messages": [{"$ref": f"#/channels/{name}/messages/{name}"}],
    }


def _message(name: str, contract: Contract) -> dict[str, Any]:
    return {
        "name": f"tidings.{name}.v1",
        "title": name,
        "summary": contract.meaning,
        "contentType": "application/json",
        "headers": {"$ref": _REF.format(model="Headers")},
        "payload": {"$ref": _REF.format(model=contract.payload.__name__)},
        "examples": [
            {"name": contract.payload.__name__, "payload": EXAMPLES[contract.payload].model_dump(mode="json")}
        ],
    }


def _headers() -> dict[str, Any]:
    # What the code writes decides which headers there are always.
    always = Envelope(uuid7(), "acme", Audience.PUBLIC, "catalog", "service.created", "id", 1, now(), b"").headers()
    return {
        "type": "object",
        "properties": {name: {"type": "string", "description": meaning} for name, meaning in HEADERS.items()},
        "required": list(always),
    }


def _plain(schema: Any) -> Any:
    """Without the form of `discriminator` that only OpenAPI knows; the `const` of each choice says the same."""
    if isinstance(schema, dict):
        return {
            key: _plain(value)
            for key, value in schema.items()
            if not (key == "discriminator" and isinstance(value, dict))
        }
    return [_plain(value) for value in schema] if isinstance(schema, list) else schema
