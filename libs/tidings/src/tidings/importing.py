"""`tidings import`: what a portable file has, brought into the organization of an API key.

Everything goes through the API of the services, so every rule holds and every change has its event. What is there already stays as it is:
the same file twice changes nothing. What was done is noted in `<file>.progress`, so that an interrupted import goes on from there.
"""

import asyncio
import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from common.contracts.values import IncidentStatus, MaintenanceStatus
from common.importing import id_of
from tidings import portable, statuspage
from tidings.access import OperatorError
from tidings.portable import (
    Header,
    IncidentLine,
    LayoutLine,
    Line,
    SeriesLine,
    ServiceLine,
    SettingsLine,
    TemplateLine,
    WindowLine,
)
from tidings.remote import Json, Remote, remote
from tidings.terminal import goes_on, printable, progress, say, waiting

ROUTES = {
    "service": "/api/catalog/v1/imports/services",
    "incident": "/api/incidents/v1/imports/incidents",
    "series": "/api/maintenance/v1/imports/series",
    "window": "/api/maintenance/v1/imports/maintenances",
}
Tell = Callable[[int, int], None]


def import_(
    what: Annotated[str, typer.Argument(metavar="FILE | statuspage", help="An exported file, or the word statuspage.")],
    source: Annotated[
        str | None,
        typer.Argument(metavar="[SOURCE]", help="A Statuspage's address, or a folder or file with what it says."),
    ] = None,
    url: Annotated[str | None, typer.Option(help="Where Tidings is; else TIDINGS_ADDRESS.")] = None,
) -> None:
    """Bring an exported file, or a Statuspage (its public API v2, or saved copies of that), into an organization.

    Needs an admin's API key in TIDINGS_API_KEY: the organization is the key's. Interrupted, type the same again: it goes on. What is
    there already stays as it is.
    """
    if (what == "statuspage") is not (source is not None):
        raise typer.BadParameter("name a FILE, or the word statuspage and a SOURCE", param_hint="FILE")
    with goes_on():
        asyncio.run(_import(what, source, url))


async def _import(what: str, source: str | None, url: str | None) -> None:
    file = Path(what)
    remarks: Sequence[str] = ()
    if source is not None:
        file, remarks = await statuspage.fetch(source)
    header, lines = portable.load(file)
    with progress("Importing") as tell:
        async with remote(url, waiting) as target:
            said = await Importer(target, file, header, lines).run(tell)
    for line in [*said, *remarks]:
        say(printable(line))


class Importer:
    def __init__(self, target: Remote, file: Path, header: Header, lines: Sequence[Line]) -> None:
        self._target = target
        self._header = header
        self._lines = lines
        self._file = file
        self._services: dict[UUID, str] = {}
        self._created: dict[str, int] = {}
        self._present: dict[str, int] = {}

    async def run(self, tell: Tell) -> list[str]:
        """Returns what is to be said about it."""
        caller = await self._target.get("/api/catalog/v1/caller")
        if caller["role"] != "admin":
            raise OperatorError("The API key in TIDINGS_API_KEY is not an admin's: only those may import.")
        self._organization: str = caller["organization_id"]
        self._incidents = {
            line.body.external_id: line.body.started_at for line in self._lines if isinstance(line, IncidentLine)
        }
        noted = _Noted(self._file, self._organization)
        is_fresh = not (await self._target.get("/api/catalog/v1/services", limit=1))["items"]
        for done, (number, line) in enumerate(_in_order(self._lines)):
            tell(done, len(self._lines))
            if number in noted.done:
                self._remember(line, noted.done[number])
                continue
            try:
                id = await self._bring(line, is_fresh=is_fresh)
            except OperatorError as error:
                raise OperatorError(
                    f"{self._file}, line {number}: {error} Everything before it is imported."
                ) from error
            self._remember(line, id)
            noted.note(number, id)
        noted.remove()
        return self._summary()

    async def _bring(self, line: Line, *, is_fresh: bool) -> str | None:
        """Returns the id that it has here, where it has one."""
        match line:
            case SettingsLine():
                await self._settings(line, is_fresh=is_fresh)
            case LayoutLine():
                await self._layout(line)
            case TemplateLine():
                await self._template(line)
            case _:
                answer = await self._target.send("POST", ROUTES[line.kind], self._body(line))
                self._count(line, created=answer["created"])
                return str(answer["id"])
        return None

    async def _settings(self, line: SettingsLine, *, is_fresh: bool) -> None:
        """Those of a page that shows nothing yet; whoever has made something of it keeps it."""
        if is_fresh:
            await self._target.send("PATCH", "/api/catalog/v1/page", _plain(line))
        self._count(line, created=is_fresh)

    async def _layout(self, line: LayoutLine) -> None:
        is_fresh = (await self._target.get("/api/catalog/v1/layout"))["version"] == 0
        if is_fresh:
            await self._target.send("PUT", "/api/catalog/v1/layout", self._body(line))
        self._count(line, created=is_fresh)

    async def _template(self, line: TemplateLine) -> None:
        """Nothing but its name says which one it is."""
        names = {item["name"] async for item in self._target.items("/api/incidents/v1/templates")}
        is_new = line.body.name not in names
        if is_new:
            await self._target.send("POST", "/api/incidents/v1/templates", self._body(line))
        self._count(line, created=is_new)

    def _body(self, line: Line) -> Json:
        """What the API is sent: with the ids that things have here."""
        body = self._with_services(_plain(line))
        if isinstance(line, ServiceLine):
            for change in body.get("history", ()):
                if change.get("cause"):
                    old = change["cause"]["id"]
                    began_at = self._incidents.get(old, line.body.created_at)
                    change["cause"]["id"] = str(id_of(self._organization, old, began_at))
        return body

    def _with_services(self, value: object) -> Json:
        renamed = self._renamed(value)
        assert isinstance(renamed, dict)
        return renamed

    def _renamed(self, value: object) -> object:
        """The same with the ids of services here, and without those of groups: new ones are made."""
        if isinstance(value, list):
            return [self._renamed(item) for item in value]
        if not isinstance(value, dict):
            return value
        renamed = {name: self._renamed(item) for name, item in value.items()}
        if "service_id" in value:
            renamed["service_id"] = self._services[UUID(value["service_id"])]
        if value.get("type") == "service":
            renamed["id"] = self._services[UUID(value["id"])]
        if value.get("type") == "group":
            renamed.pop("id", None)
        return renamed

    def _remember(self, line: Line, id: str | None) -> None:
        if isinstance(line, ServiceLine) and id is not None:
            self._services[UUID(line.body.external_id)] = id

    def _count(self, line: Line, *, created: bool) -> None:
        counts = self._created if created else self._present
        counts[line.kind] = counts.get(line.kind, 0) + 1

    def _summary(self) -> list[str]:
        made = ", ".join(f"{count} {kind}" for kind, count in self._created.items()) or "nothing"
        kept = ", ".join(f"{count} {kind}" for kind, count in self._present.items())
        said = [f"Imported into {self._organization}: {made}."]
        if kept:
            said.append(f"Were there already, or deleted since, and stay as they are: {kept}.")
        return [
            *said,
            f"Not in the file: the page's address (it was {self._header.address}), custom domains, members, API keys, the audit log.",
        ]


def _plain(line: Line) -> Json:
    body: Json = line.body.model_dump(mode="json", exclude_unset=True)
    return body


def _in_order(lines: Sequence[Line]) -> Iterator[tuple[int, Line]]:
    """With their numbers in the file. What lasts comes before what is over, so that what is wrong now shows at once."""
    numbered = list(enumerate(lines, 2))
    return iter(sorted(numbered, key=lambda each: (_rank(each[1]), each[0])))


def _rank(line: Line) -> int:
    match line:
        case SettingsLine():
            return 0
        case ServiceLine():
            return 1
        case LayoutLine():
            return 2
        case IncidentLine() if line.body.status is not IncidentStatus.RESOLVED:
            return 3
        case SeriesLine():
            return 4
        case WindowLine() if line.body.status in (MaintenanceStatus.SCHEDULED, MaintenanceStatus.IN_PROGRESS):
            return 5
        case TemplateLine():
            return 6
    return 7


class _Noted:
    """Which lines of the file are done, of an import into this organization, and which ids things got."""

    def __init__(self, file: Path, organization: str) -> None:
        self._path = file.with_name(f"{file.name}.progress")
        about = {"organization": organization, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
        self.done: dict[int, str | None] = {}
        if self._path.exists():
            texts = self._path.read_text(encoding="utf-8").split("\n")[:-1]
            if texts and json.loads(texts[0]) == about:
                self.done = dict(json.loads(text) for text in texts[1:])
        kept = [about, *([number, id] for number, id in self.done.items())]
        with portable.to_be_written(self._path):
            self._path.write_text("".join(f"{json.dumps(line)}\n" for line in kept), encoding="utf-8")

    def note(self, number: int, id: str | None) -> None:
        self.done[number] = id
        with portable.to_be_written(self._path), self._path.open("a", encoding="utf-8") as file:
            file.write(json.dumps([number, id]) + "\n")

    def remove(self) -> None:
        self._path.unlink()
