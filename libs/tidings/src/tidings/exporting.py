"""`tidings export`: everything of an organization in one portable file, over the API.

What is read is written down at once, in `<file>.part`. An export that was interrupted goes on with that: what is in it is not read again.
People do not travel: no members, invitations, API keys, custom domains, audit log, nor what updates said before they were edited.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

from catalog.api.imported import HISTORY_MAX
from common.clock import now
from tidings import portable
from tidings.access import OperatorError
from tidings.portable import Header, Line
from tidings.remote import Json, Remote, remote
from tidings.terminal import goes_on, progress, say, waiting

PART_KEPT = timedelta(days=1)
HISTORY_BYTES = 150 * 1024
"""How much history of one service an import takes in one request, with room for the rest of it."""

_SETTINGS = (
    "name", "description", "time_zone", "logo_url", "favicon_url", "accent_color", "theme", "support_url", "links",
    "search_engines_allowed", "history_days",
)  # fmt: skip
Tell = Callable[[int, int], None]


def export(
    file: Annotated[Path, typer.Argument(help="Where to. With a name that ends in .gz it is compressed.")],
    url: Annotated[str | None, typer.Option(help="Where Tidings is; else TIDINGS_ADDRESS.")] = None,
) -> None:
    """Write everything of an organization into one file: settings, layout, services and their history, templates, incidents, maintenance.

    Needs an admin's API key in TIDINGS_API_KEY: the organization is the key's. Interrupted, type the same again: it goes on.
    """
    with goes_on():
        asyncio.run(_export(file, url))


async def _export(file: Path, url: str | None) -> None:
    with progress("Exporting") as tell:
        async with remote(url, waiting) as source:
            left_out = await write(source, file, tell)
    for line in left_out:
        say(line)


async def write(source: Remote, file: Path, tell: Tell) -> list[str]:
    """Export into a file. Returns what is to be said about it."""
    caller = await source.get("/api/catalog/v1/caller")
    page = await source.get("/api/catalog/v1/page")
    header = Header(organization=caller["organization_id"], address=page["slug"], exported_at=now())
    part = _Part(file.with_name(f"{file.name}.part"), header)
    reading = _Reading(source, part)
    done = 0
    async for line in reading.everything(page):
        done += 1
        tell(done, reading.total)
        part.keep(line)
    count = portable.save(file, part.header, part.lines.values())
    part.remove()
    return [f"{file}: {count} things of {page['name']} ({part.counted()}).", *reading.left_out]


class _Part:
    """What was read so far, also by an export that was interrupted less than a day ago."""

    def __init__(self, path: Path, header: Header) -> None:
        self._path = path
        self.header = header
        self.lines: dict[tuple[str, str], Line] = {}
        self._take_over()
        kept = [self.header, *self.lines.values()]
        with portable.to_be_written(path):
            path.write_text("".join(f"{portable.written(thing)}\n" for thing in kept), encoding="utf-8")

    def _take_over(self) -> None:
        """Complete lines; the last one may have been cut off."""
        if not self._path.exists():
            return
        texts = self._path.read_text(encoding="utf-8", errors="replace").split("\n")[:-1]
        try:
            before = Header.model_validate_json(texts[0])
            is_ours = before.organization == self.header.organization
            if is_ours and before.exported_at > self.header.exported_at - PART_KEPT:
                self.header = before
                self.lines = {key_of(line): line for line in map(portable.parse, texts[1:])}
        except (ValueError, IndexError):
            self.lines = {}

    def has(self, kind: str, id: str) -> Line | None:
        return self.lines.get((kind, id))

    def keep(self, line: Line) -> None:
        key = key_of(line)
        if key not in self.lines:
            self.lines[key] = line
            with portable.to_be_written(self._path), self._path.open("a", encoding="utf-8") as file:
                file.write(portable.written(line) + "\n")

    def counted(self) -> str:
        kinds = [kind for kind, _ in self.lines]
        return ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds))

    def remove(self) -> None:
        self._path.unlink()


def key_of(line: Line) -> tuple[str, str]:
    """What a thing is known by within a file."""
    body = line.body
    return line.kind, str(getattr(body, "external_id", None) or getattr(body, "name", ""))


class _Reading:
    def __init__(self, source: Remote, part: _Part) -> None:
        self._source = source
        self._part = part
        self._services: set[str] = set()
        self._following: set[str] = set()
        self.total = 2
        self.left_out: list[str] = []

    async def everything(self, page: Json) -> AsyncIterator[Line]:
        """Each thing, in an order in which it finds what it names."""
        yield _line("settings", {name: page[name] for name in _SETTINGS})
        services = [item async for item in self._source.items("/api/catalog/v1/services")]
        self._services = {service["id"] for service in services}
        self.total += len(services)
        for service in services:
            yield self._part.has("service", service["id"]) or await self._service(service)
        layout = await self._source.get("/api/catalog/v1/layout")
        yield _line("layout", {"entries": layout["entries"]})
        async for template in self._source.items("/api/incidents/v1/templates"):
            self.total += 1
            yield self._template(template)
        async for incident in self._source.items("/api/incidents/v1/incidents"):
            self.total += 1
            yield self._incident(incident)
        async for series in self._source.items("/api/maintenance/v1/series"):
            self.total += 1
            yield await self._series(series)
        async for window in self._source.items("/api/maintenance/v1/maintenances"):
            if window["id"] not in self._following:
                self.total += 1
                yield self._window(window)

    async def _service(self, service: Json) -> Line:
        names = ("name", "description", "visibility", "start_date", "base_status", "created_at")
        path = f"/api/catalog/v1/services/{service['id']}/history"
        history: list[Json] = []
        size = 0
        async for entry in self._source.items(path, seen_alone="true"):
            if entry["status"] != entry["previous"]:
                change = {name: entry[name] for name in ("status", "changed_at", "changed_by", "cause")}
                size += len(str(change).encode())
                if len(history) == HISTORY_MAX or size > HISTORY_BYTES:
                    self.left_out.append(
                        f"{service['name']}: of its history only the latest {len(history)} changes are in the file."
                    )
                    break
                history.append(change)
        return _line(
            "service",
            {"external_id": service["id"], **{name: service[name] for name in names}, "history": history[::-1]},
        )

    def _template(self, template: Json) -> Line:
        names = ("name", "title", "message", "impact", "status", "visibility")
        services = [
            {"service_id": named["service_id"], "status": named["status"]}
            for named in self._known(template["services"])
        ]
        return _line("template", {**{name: template[name] for name in names}, "services": services})

    def _incident(self, incident: Json) -> Line:
        names = (
            "title", "description", "status", "impact", "visibility", "started_at", "resolved_at", "created_at", "postmortem",
        )  # fmt: skip
        updates = []
        for update in incident["updates"]:
            said = {name: value for name, value in update.items() if name not in ("id", "services")}
            changes = update["services"]
            if changes is not None:
                kinds = ("service_id", "old_status", "new_status")
                said["services"] = [{name: change[name] for name in kinds} for change in self._known(changes)]
            updates.append(said)
        services = [
            {"service_id": named["service_id"], "status": named["status"]}
            for named in self._known(incident["services"])
        ]
        if len(services) < len(incident["services"]):
            self.left_out.append(f"{incident['title']}: it names services that were deleted; they are left out.")
        body = {name: incident[name] for name in names}
        return _line("incident", {"external_id": incident["id"], **body, "services": services, "updates": updates})

    async def _series(self, series: Json) -> Line:
        occurrences = await self._source.get(f"/api/maintenance/v1/series/{series['id']}/occurrences")
        self._following |= set(occurrences["following"])
        names = ("rule", "first_start", "duration_minutes")
        body = {**self._details(series), **{name: series[name] for name in names}}
        return _line("series", {**body, "left_alone": occurrences["left_alone"]})

    def _window(self, window: Json) -> Line:
        names = ("status", "scheduled_start", "scheduled_end", "started_at", "completed_at", "cancelled_at")
        updates = [{name: value for name, value in update.items() if name != "id"} for update in window["updates"]]
        body = {**self._details(window), **{name: window[name] for name in names}}
        return _line("window", {**body, "updates": updates})

    def _details(self, thing: Json) -> Json:
        names = (
            "title", "description", "visibility", "starts_by_itself", "completes_by_itself", "reminder_minutes", "created_at",
        )  # fmt: skip
        services = [{"service_id": named["service_id"]} for named in self._known(thing["services"])]
        return {"external_id": thing["id"], **{name: thing[name] for name in names}, "services": services}

    def _known(self, named: list[Json]) -> list[Json]:
        """Those that were not deleted since."""
        return [service for service in named if service["service_id"] in self._services]


def _line(kind: str, body: dict[str, Any]) -> Line:
    try:
        return portable.parse_thing({"kind": kind, "body": body})
    except ValueError as error:
        raise OperatorError(f"The API answers a {kind} that this version cannot write down: {error}") from error
