"""The portable file of an organization: JSON lines, compressed where its name ends in `.gz`.

The first line says what it is, the last how many are between; so a file that was cut off is refused before anything is done with it.
Each of the others is one thing, as the API takes it over: `{"kind": "incident", "body": {…}}`. Within a file things are called by the ids that
they had where they come from.
"""

import gzip
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Annotated, Literal, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from catalog.api.imported import ImportService
from catalog.api.layout import GroupEntry, ReplaceLayout, ServiceEntry
from catalog.api.page import ChangePage
from common.contracts.values import UtcDatetime
from incidents.api.imported import ImportIncident
from incidents.api.template import WriteTemplate
from maintenance.api.imported import ImportSeries, ImportWindow
from tidings.access import OperatorError


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Header(_Strict):
    """Whose file it is: what the organization was called where it comes from."""

    format: Literal["tidings-export"] = "tidings-export"
    version: Literal[1] = 1
    organization: str
    address: str
    exported_at: UtcDatetime


class SettingsLine(_Strict):
    kind: Literal["settings"] = "settings"
    body: ChangePage


class ServiceLine(_Strict):
    kind: Literal["service"] = "service"
    body: ImportService


class LayoutLine(_Strict):
    kind: Literal["layout"] = "layout"
    body: ReplaceLayout


class TemplateLine(_Strict):
    kind: Literal["template"] = "template"
    body: WriteTemplate


class IncidentLine(_Strict):
    kind: Literal["incident"] = "incident"
    body: ImportIncident


class SeriesLine(_Strict):
    kind: Literal["series"] = "series"
    body: ImportSeries


class WindowLine(_Strict):
    kind: Literal["window"] = "window"
    body: ImportWindow


Line = SettingsLine | ServiceLine | LayoutLine | TemplateLine | IncidentLine | SeriesLine | WindowLine
_LINE: TypeAdapter[Line] = TypeAdapter(Annotated[Line, Field(discriminator="kind")])


class End(_Strict):
    end: int


Thing = TypeVar("Thing")


def written(thing: Header | Line | End) -> str:
    """One line of a file. What was not said is not written down: what it means is the API's to say."""
    plain = thing.model_dump(mode="json", exclude_unset=True)
    if isinstance(thing, Header):
        plain = {"format": thing.format, "version": thing.version, **plain}
    elif not isinstance(thing, End):
        plain = {"kind": thing.kind, **plain}
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def parse(text: str) -> Line:
    """Raises ValueError."""
    return _LINE.validate_json(text)


def parse_thing(thing: object) -> Line:
    """Raises ValueError."""
    return _LINE.validate_python(thing)


def save(target: Path, header: Header, lines: Iterable[Line]) -> int:
    """Write a whole file beside the target, then put it in its place. Returns how many things it has."""
    beside = target.with_name(f".{target.name}.new")
    count = 0
    with to_be_written(target):
        with _opened(beside, "wt", compressed=target.suffix == ".gz") as file:
            file.write(written(header) + "\n")
            for line in lines:
                count += 1
                file.write(written(line) + "\n")
            file.write(written(End(end=count)) + "\n")
        beside.replace(target)
    return count


def load(source: Path) -> tuple[Header, list[Line]]:
    """All of a file, checked. Raises OperatorError, which names the line, before anybody has done anything with it."""
    try:
        with _opened(source, "rt", compressed=source.suffix == ".gz") as file:
            texts = [text for text in file.read().split("\n") if text]
    except (OSError, EOFError, UnicodeDecodeError) as error:
        raise OperatorError(f"{source} cannot be read: {error}.") from error
    if not texts:
        raise OperatorError(f"{source} is empty.")
    header = _checked(source, 1, texts[0], Header.model_validate_json)
    last = texts[-1]
    try:
        end = End.model_validate_json(last).end
    except ValidationError:
        raise OperatorError(
            f"{source} was cut off: its last line does not say that it is the end. Export it again."
        ) from None
    if end != len(texts) - 2:
        raise OperatorError(f"{source} is damaged: it has {len(texts) - 2} things, and says that there are {end}.")
    lines = [_checked(source, number, text, parse) for number, text in enumerate(texts[1:-1], 2)]
    _check_references(source, lines)
    return header, lines


def _checked(source: Path, number: int, text: str, read: Callable[[str], Thing]) -> Thing:
    try:
        return read(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        raise OperatorError(f"{source}, line {number}: {where}: {first['msg']}. Nothing was imported.") from None


def services_named(line: Line) -> set[UUID]:
    """The services that a thing names."""
    match line:
        case IncidentLine():
            return line.body.named()
        case LayoutLine():
            return set(_placed(line.body.entries))
        case TemplateLine() | SeriesLine() | WindowLine():
            return {service.service_id for service in line.body.services}
        case _:
            return set()


def _placed(entries: Iterable[ServiceEntry | GroupEntry]) -> Iterator[UUID]:
    for entry in entries:
        if isinstance(entry, ServiceEntry):
            yield entry.id
        else:
            yield from _placed(entry.entries)
            yield from _placed(entry.groups)


def _check_references(source: Path, lines: list[Line]) -> None:
    services = {UUID(line.body.external_id) for line in lines if isinstance(line, ServiceLine)}
    for number, line in enumerate(lines, 2):
        unknown = services_named(line) - services
        if unknown:
            raise OperatorError(f"{source}, line {number} names a service that the file does not have: {min(unknown)}.")


@contextmanager
def to_be_written(path: Path) -> Iterator[None]:
    """Raises OperatorError where a file cannot be written."""
    try:
        yield
    except OSError as error:
        raise OperatorError(f"{path} cannot be written: {error.strerror or error}.") from error


@contextmanager
def _opened(path: Path, mode: Literal["rt", "wt"], *, compressed: bool) -> Iterator[IO[str]]:
    if compressed:
        with gzip.open(path, mode, encoding="utf-8") as packed:
            yield packed
    else:
        with path.open(mode, encoding="utf-8") as plain:
            yield plain
