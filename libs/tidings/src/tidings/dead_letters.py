"""`tidings dead-letters`: the messages that consumers could not apply and set aside, over all services.

An id is the service's name and the row's number, such as `catalog-3`.
"""

import asyncio
from dataclasses import dataclass
from typing import Annotated, Any

import typer
from rich.table import Table
from rich.text import Text
from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from common.clock import rfc3339
from common.envelope import REPUBLISHED, STREAM
from tidings.access import SERVICES, OperatorError, Service, connection, stream
from tidings.terminal import console, printable, say

PUBLISH_SECONDS = 5.0
_ERROR_SHOWN = 120

app = typer.Typer(help="Messages that consumers could not apply and set aside.", no_args_is_help=True)
Id = Annotated[str, typer.Argument(metavar="ID", help="As `list` shows it, for example catalog-3.")]


@dataclass(frozen=True)
class Place:
    """Where a dead letter is kept."""

    service: Service
    number: int

    @classmethod
    def parse(cls, id: str) -> "Place":
        name, _, number = id.rpartition("-")
        found = next((service for service in SERVICES if service.name == name), None)
        if found is None or not number.isdecimal():
            known = ", ".join(f"{service.name}-1" for service in SERVICES)
            raise typer.BadParameter(f"{id!r} is no id of a dead letter, as {known} are", param_hint="ID")
        return cls(found, int(number))

    def __str__(self) -> str:
        return f"{self.service.name}-{self.number}"


@app.command("list")
def list_() -> None:
    """List them all, the oldest first."""
    letters = asyncio.run(_all())
    if not letters:
        say("There are no dead letters.")
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("ID", "CONSUMER", "WHEN", "SUBJECT", "ERROR"):
        table.add_column(heading, overflow="fold")
    for place, letter in letters:
        cells = (str(place), letter.consumer, rfc3339(letter.parked_at), letter.subject, letter.error[:_ERROR_SHOWN])
        table.add_row(*(Text(printable(cell)) for cell in cells))
    console().print(table)
    say(
        "`tidings dead-letters show ID` shows one whole; `replay ID` sends it again once its cause is mended; `drop ID` forgets it."
    )


@app.command()
def show(id: Id) -> None:
    """Show one whole."""
    place = Place.parse(id)
    letter = asyncio.run(_one(place))
    say(f"id        {place}")
    say(f"consumer  {printable(letter.consumer)}")
    say(f"when      {rfc3339(letter.parked_at)}")
    say(f"position  {letter.epoch}-{letter.stream_offset}")
    say(f"subject   {printable(letter.subject)}")
    for name, value in letter.headers.items():
        say(f"header    {printable(name)}: {printable(value)}")
    say(f"error     {printable(letter.error)}")
    say(f"data      {printable(letter.data)}")


@app.command()
def replay(id: Id) -> None:
    """Publish one again, once its cause is mended, and remove it when the stream has it. Sockets do not get it."""
    place = Place.parse(id)
    offset = asyncio.run(_replay(place))
    say(f"{place} is in the stream again, at offset {offset}, and no dead letter any more.")
    say("Should it fail again, `tidings dead-letters list` shows it under a new id.")


@app.command()
def drop(id: Id, yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False) -> None:
    """Forget one. What it said is lost to its consumer unless a newer version comes."""
    place = Place.parse(id)
    letter = asyncio.run(_one(place))
    if not yes:
        typer.confirm(f"Forget {place}, {printable(letter.subject)}?", abort=True)
    asyncio.run(_drop(place))
    say(f"{place} is forgotten.")


async def _all() -> list[tuple[Place, Row[Any]]]:
    letters = []
    async with connection() as database:
        for service in SERVICES:
            rows = await database.execute(select(service.tables.dead_letter))
            letters += [(Place(service, row.id), row) for row in rows]
    return sorted(letters, key=lambda letter: letter[1].parked_at)


async def _one(place: Place) -> Row[Any]:
    async with connection() as database:
        return await _find(database, place)


async def _replay(place: Place) -> int:
    async with connection() as database, stream() as client:
        letter = await _find(database, place)
        # An id of its own: the stream may still know the old one, and would then store nothing. The same at each try of this one.
        headers = {**letter.headers, REPUBLISHED: "true", "Nats-Msg-Id": f"replay-{place}"}
        js = client.jetstream(timeout=PUBLISH_SECONDS)
        ack = await js.publish(letter.subject, letter.data.encode(), stream=STREAM, headers=headers)
        await _delete(database, place)
        return ack.seq


async def _drop(place: Place) -> None:
    async with connection() as database:
        await _find(database, place)
        await _delete(database, place)


async def _find(database: AsyncConnection, place: Place) -> Row[Any]:
    """The letter, locked until the transaction ends, so that nobody else removes or replays it."""
    table = place.service.tables.dead_letter
    found = (await database.execute(select(table).where(table.c.id == place.number).with_for_update())).one_or_none()
    if found is None:
        raise OperatorError(f"There is no dead letter {place}: `tidings dead-letters list` shows those there are.")
    return found


async def _delete(database: AsyncConnection, place: Place) -> None:
    table = place.service.tables.dead_letter
    await database.execute(table.delete().where(table.c.id == place.number))
