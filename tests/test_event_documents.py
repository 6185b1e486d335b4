"""docs/asyncapi.yaml is a sound AsyncAPI 3 document, and what it says of audiences and headers is what services do.

That both documents are up to date is proven by test_contracts.py.
"""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from jsonschema import Draft7Validator

from common.clock import now, uuid7
from common.contracts.registry import EVENTS
from common.contracts.values import Audience
from common.envelope import Actor, Envelope
from devstack import operating
from devstack.asyncapi import HEADERS
from devstack.fixtures import Sql
from devstack.snapshots import DOCS
from devstack.teststack import SCHEMAS, Stack

DOCUMENT: dict[str, Any] = yaml.safe_load((DOCS / "asyncapi.yaml").read_text())


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"]
        for inner in part.values():
            yield from references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from references(inner)


def resolved(reference: str) -> Any:
    found: Any = DOCUMENT
    for name in reference.removeprefix("#/").split("/"):
        found = found[name]
    return found


def test_every_event_has_a_channel_an_operation_and_a_message() -> None:
    assert DOCUMENT["asyncapi"] == "3.0.0"
    assert (
        set(DOCUMENT["channels"])
        == set(DOCUMENT["operations"])
        == set(DOCUMENT["components"]["messages"])
        == set(EVENTS)
    )


def test_every_reference_leads_somewhere() -> None:
    for reference in references(DOCUMENT):
        assert isinstance(resolved(reference), dict), reference


@pytest.mark.parametrize("name", EVENTS)
def test_an_address_is_a_subject_whose_parameters_are_declared(name: str) -> None:
    channel = DOCUMENT["channels"][name]
    assert set(re.findall(r"{(\w+)}", channel["address"])) == set(channel["parameters"])
    subject = channel["address"].format(organization_id="acme", audience=channel["parameters"]["audience"]["enum"][0])
    service = EVENTS[name].service
    event = Envelope(uuid7(), "acme", EVENTS[name].audiences[0], service, name, "id", 1, now(), b"")
    assert subject == event.subject


@pytest.mark.parametrize("name", EVENTS)
def test_an_example_fits_its_schema(name: str) -> None:
    message = DOCUMENT["components"]["messages"][name]
    schema = {"$ref": message["payload"]["$ref"], "components": DOCUMENT["components"]}
    Draft7Validator.check_schema(resolved(message["payload"]["$ref"]))
    [example] = message["examples"]
    Draft7Validator(schema).validate(example["payload"])


def test_every_header_that_an_event_can_have_is_described() -> None:
    actor, traceparent = Actor(id="u", name="Ann"), "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    full = Envelope(
        uuid7(), "acme", Audience.INTERNAL, "catalog", "service.created", "id", 1, now(), b"", actor, traceparent, True
    )
    assert set(full.headers()) == set(HEADERS) == set(DOCUMENT["components"]["schemas"]["Headers"]["properties"])


async def test_services_publish_to_the_audiences_that_the_contracts_name(stack: Stack, sql: Sql) -> None:
    async with operating.running(stack) as services:
        await services.organization()
        published: dict[str, set[Audience]] = {}
        for schema in SCHEMAS.values():
            for row in await sql(f"SELECT DISTINCT type, audience FROM {schema}.outbox"):
                published.setdefault(row.type, set()).add(Audience(row.audience))
    assert {"incident.opened", "service.created", "page.changed"} <= set(published)
    assert published == {name: set(EVENTS[name].audiences) for name in published}
