"""docs/events.md: the catalogue of events for people, made of the contracts alone."""

import json
from collections.abc import Iterator
from inspect import cleandoc
from itertools import groupby
from typing import Any

from common.contracts.events import Payload
from common.contracts.registry import EVENTS
from devstack.asyncapi import HEADERS, subject
from devstack.event_examples import EXAMPLES

_INTRODUCTION = """\
# The events of Tidings

Generated from `common.contracts` by `python -m devstack.snapshots`; [asyncapi.yaml](asyncapi.yaml) says the same to programs, and
[subscribing.md](subscribing.md) how to read events without missing or doubling one.

Each event is a CloudEvent 1.0 in NATS binary mode, in the JetStream stream `STATUS`. It carries the whole aggregate after the change, once for
each audience that may see it: `internal` is the organization's members, `public` is everybody. Within v1 fields are only added.
"""


def as_markdown() -> str:
    return "\n".join([_INTRODUCTION, *_events(), *_headers(), *_data()])


def _events() -> Iterator[str]:
    yield "## Events\n"
    for service, events in groupby(EVENTS.items(), key=lambda event: event[1].service):
        yield f"### Of {service}\n"
        yield "| type | audiences | meaning | data |"
        yield "|---|---|---|---|"
        for name, contract in events:
            audiences = ", ".join(contract.audiences)
            yield f"| `{name}` | {audiences} | {contract.meaning} | {_link(contract.payload.__name__)} |"
        yield f"\nSubject: `{subject('<aggregate>.<event>', contract)}`, for example `{_example_subject(name, service)}`.\n"


def _example_subject(name: str, service: str) -> str:
    return f"status.acme.{EVENTS[name].audiences[-1]}.{service}.{name}"


def _headers() -> Iterator[str]:
    yield "## Headers\n"
    yield "| header | meaning |"
    yield "|---|---|"
    for name, meaning in HEADERS.items():
        yield f"| `{name}` | {meaning.replace('<', '&lt;')} |"
    yield ""


def _data() -> Iterator[str]:
    yield "## Data\n"
    for payload in sorted({contract.payload for contract in EVENTS.values()}, key=lambda model: model.__name__):
        schema = payload.model_json_schema(mode="serialization")
        yield from _section("###", payload.__name__, schema, schema.get("$defs", {}))
        carried = ", ".join(f"`{name}`" for name, contract in EVENTS.items() if contract.payload is payload)
        yield f"Carried by {carried}. For example:\n"
        yield f"```json\n{_example(payload)}\n```\n"
        for name, inner in schema.get("$defs", {}).items():
            if "properties" in inner:
                yield from _section("####", f"{payload.__name__}: {name}", inner, schema["$defs"])


def _section(level: str, title: str, schema: dict[str, Any], definitions: dict[str, Any]) -> Iterator[str]:
    yield f"{level} {title}\n"
    if description := schema.get("description"):
        yield f"{cleandoc(description)}\n"
    yield "| field | type | |"
    yield "|---|---|---|"
    for name, field in schema["properties"].items():
        default = "" if name in schema.get("required", []) else f"default `{json.dumps(field.get('default'))}`"
        yield f"| `{name}` | {_type(field, definitions)} | {default} |"
    yield ""


def _type(field: dict[str, Any], definitions: dict[str, Any]) -> str:
    """A JSON Schema in a few words."""
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return _type(definitions[name], definitions) if "enum" in definitions[name] else name
    if choices := field.get("anyOf") or field.get("oneOf"):
        return " or ".join(_type(choice, definitions) for choice in choices)
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return " \\| ".join(f"`{value}`" for value in field["enum"])
    if field["type"] == "array":
        return f"list of {_type(field['items'], definitions)}"
    if field.get("format") == "date-time":
        return "time (RFC 3339, UTC)"
    return str(field["type"])


def _link(name: str) -> str:
    return f"[{name}](#{name.lower()})"


def _example(payload: type[Payload]) -> str:
    return json.dumps(EXAMPLES[payload].model_dump(mode="json"), indent=1, ensure_ascii=False)
