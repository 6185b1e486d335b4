"""A file that is damaged, or that names what it does not have, is refused whole, and the line is named."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tidings import portable
from tidings.access import OperatorError
from tidings.portable import Header, Line

HEADER = Header(organization="acme", address="acme", exported_at=datetime(2026, 1, 1, tzinfo=UTC))
SERVICE = "01890a5d-ac96-774b-bcce-b302099a8057"


def things() -> list[Line]:
    service = {"external_id": SERVICE, "name": "Website", "created_at": "2026-01-01T00:00:00Z"}
    template = {"name": "x", "title": "x", "services": [{"service_id": SERVICE}]}
    bodies = {"settings": {"name": "Acme", "logo_url": None}, "service": service, "template": template}
    return [portable.parse_thing({"kind": kind, "body": body}) for kind, body in bodies.items()]


@pytest.mark.parametrize("name", ["acme.jsonl", "acme.jsonl.gz"])
def test_what_is_saved_is_loaded(tmp_path: Path, name: str) -> None:
    assert portable.save(tmp_path / name, HEADER, things()) == 3
    assert portable.load(tmp_path / name) == (HEADER, things())
    assert [path.name for path in tmp_path.iterdir()] == [name]


DAMAGE: dict[str, tuple[Callable[[list[str]], list[str]], str]] = {
    "the end is missing": (lambda lines: lines[:-1], "was cut off"),
    "a line is missing": (lambda lines: [*lines[:1], *lines[2:]], "has 2 things, and says that there are 3"),
    "a line is cut off": (lambda lines: [*lines[:2], lines[2][:-9], *lines[3:]], "line 3"),
    "a field is wrong": (
        lambda lines: [*lines[:2], lines[2].replace('"2026-01-01T00:00:00Z"', '"then"'), *lines[3:]],
        "line 3: service.body.created_at",
    ),
    "a kind is unknown": (lambda lines: [lines[0], lines[1].replace("settings", "secrets"), *lines[2:]], "line 2"),
    "another format": (lambda lines: [lines[0].replace("tidings-export", "x"), *lines[1:]], "line 1: format"),
    "a later version": (lambda lines: [lines[0].replace('"version":1', '"version":2'), *lines[1:]], "line 1: version"),
    "a service that it does not have": (
        lambda lines: [*lines[:3], lines[3].replace("01890a5d", "01890a5e"), *lines[4:]],
        "line 4 names a service",
    ),
    "nothing": (lambda lines: [], "is empty"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_file_is_refused_and_the_line_is_named(tmp_path: Path, damage: str) -> None:
    file = tmp_path / "acme.jsonl"
    portable.save(file, HEADER, things())
    change, sentence = DAMAGE[damage]
    file.write_text("\n".join(change(file.read_text().splitlines())))
    with pytest.raises(OperatorError, match=sentence):
        portable.load(file)


def test_what_is_compressed_and_cut_off_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "acme.jsonl.gz"
    portable.save(file, HEADER, things())
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(OperatorError, match="cannot be read"):
        portable.load(file)
