"""`tidings republish`: send recorded events that the stream does not hold once more. The relays do so too, by themselves, while they run."""

import asyncio
from collections.abc import Callable
from typing import Annotated

import typer

import common.outbox
from common.outbox_table import OutboxTable
from tidings.access import RECORD, Service, database, publisher
from tidings.terminal import progress, say

_NAMES = [service.name for service in RECORD]


def republish(
    service: Annotated[str | None, typer.Option(metavar="NAME", help="Only what this service recorded.")] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Also what the stream seems to hold. Harmless: readers skip what they know.")
    ] = False,
) -> None:
    """Publish recorded events again that the stream has lost, in their old order. Sockets do not get them."""
    if service is not None and service not in _NAMES:
        raise typer.BadParameter(f"choose from {', '.join(_NAMES)}", param_hint="--service")
    for chosen in RECORD:
        if service in (None, chosen.name):
            with progress(f"Republishing {chosen.name}") as tell:
                sent = asyncio.run(_republish(chosen, everything, tell))
            say(f"{chosen.name}: {sent} events published again")


async def _republish(service: Service, everything: bool, tell: Callable[[int, int], None]) -> int:
    async with database() as engine, publisher() as bus:
        outbox = OutboxTable(engine, service.tables.outbox, service.name)
        return await common.outbox.republish(outbox, bus, everything=everything, progress=tell)
