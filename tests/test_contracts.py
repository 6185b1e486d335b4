"""What others rely on: no event loses or retypes a field, and what is generated from the code and committed is up to date."""

import json
from copy import deepcopy
from typing import Any

import pytest

from common.contracts.registry import EVENTS
from devstack.snapshots import CONTRACTS, ROOT, snapshots

Schema = dict[str, Any]
COMMAND = "python -m devstack.snapshots"


def losses(old: Schema, new: Schema) -> list[str]:
    """Where a reader of `old` would not find in `new` what it expects. What is only added is no loss."""

    compared: set[tuple[object, object]] = set()

    def compare(before: Schema, after: Schema, where: str) -> list[str]:
        if "$ref" in before:
            types = (before["$ref"], after.get("$ref"))
            if types in compared:
                return []  # which a type that holds itself comes to in the end
            compared.add(types)
        before, after = _resolved(old, before), _resolved(new, after)
        # A value more in an enum is a loss too: readers refuse a value they do not know.
        found = [
            f"{where}: another {key}"
            for key in ("type", "format", "enum", "const")
            if before.get(key) != after.get(key)
        ]
        found += [
            f"{where}.{name}: may be missing"
            for name in set(before.get("required", [])) - set(after.get("required", []))
        ]
        for name, field in before.get("properties", {}).items():
            if name in after.get("properties", {}):
                found += compare(field, after["properties"][name], f"{where}.{name}")
            else:
                found.append(f"{where}.{name}: gone")
        if "items" in before:
            found += compare(before["items"], after.get("items", {}), f"{where}[]")
        for key in ("anyOf", "oneOf"):
            choices, now = before.get(key, []), after.get(key, [])
            if len(choices) != len(now):
                found.append(f"{where}: another {key}")
            for one, other in zip(choices, now, strict=False):
                found += compare(one, other, where)
        return found

    return compare(old, new, "data")


def _resolved(document: Schema, schema: Schema) -> Schema:
    reference = schema.get("$ref")
    if reference is None:
        return schema
    definition: Schema = document["$defs"][str(reference).removeprefix("#/$defs/")]
    return definition


def committed(name: str) -> Schema:
    schema: Schema = json.loads((CONTRACTS / f"{name}.v1.json").read_text())
    return schema


@pytest.mark.parametrize("name", sorted(path.name.removesuffix(".v1.json") for path in CONTRACTS.glob("*.json")))
def test_an_event_loses_and_retypes_nothing(name: str) -> None:
    assert name in EVENTS, "an event others subscribe to is gone"
    assert losses(committed(name), EVENTS[name].schema()) == [], "publish a .v2 beside it instead"


def test_what_is_generated_is_committed_as_the_code_has_it() -> None:
    outdated = [
        str(path.relative_to(ROOT))
        for path, content in snapshots().items()
        if not path.exists() or path.read_text() != content
    ]
    assert outdated == [], f"run `{COMMAND}` and commit what it writes"


def test_generating_twice_gives_the_same() -> None:
    assert snapshots() == snapshots()


def _without(schema: Schema, *path: str) -> Schema:
    changed = deepcopy(schema)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    del inner[path[-1]]
    return changed


def _with(schema: Schema, value: object, *path: str) -> Schema:
    changed = deepcopy(schema)
    inner = changed
    for key in path[:-1]:
        inner = inner[key]
    inner[path[-1]] = value
    return changed


INCIDENT = EVENTS["incident.opened"].schema()
UPDATE = ("$defs", "IncidentUpdate", "properties")


@pytest.mark.parametrize(
    ("changed", "loss"),
    [
        (_without(INCIDENT, "properties", "title"), "data.title: gone"),
        (_with(INCIDENT, {"type": "integer"}, "properties", "title"), "data.title: another type"),
        (_without(INCIDENT, *UPDATE, "message"), "data.updates[].message: gone"),
        (_with(INCIDENT, {"type": "string"}, *UPDATE, "edited_at"), "data.updates[].edited_at: another type"),
        (_with(INCIDENT, ["open"], "$defs", "IncidentStatus", "enum"), "data.status: another enum"),
        (_with(INCIDENT, ["id"], "required"), "data.title: may be missing"),
    ],
    ids=["field gone", "field retyped", "inner field gone", "inner field retyped", "enum changed", "field optional"],
)
def test_a_loss_is_noticed(changed: Schema, loss: str) -> None:
    assert loss in losses(INCIDENT, changed)


def test_an_additional_field_is_no_loss() -> None:
    assert losses(INCIDENT, _with(INCIDENT, {"type": "string"}, "properties", "postmortem_url")) == []
