"""`tidings events tail`: the events of one organization as they come."""

import asyncio
from contextlib import aclosing, suppress
from typing import Annotated

import typer

from common.clock import rfc3339
from common.contracts.values import Audience
from common.position import Position
from common.stream import Checkpoint, JetStream, Message, Reader
from tidings.access import connection, stream
from tidings.organization import HELP, METAVAR, check, organization_of
from tidings.terminal import printable, say

app = typer.Typer(help="Look at the stream of events.", no_args_is_help=True)


@app.command()
def tail(
    organization: Annotated[str, typer.Argument(metavar=METAVAR, help=HELP)],
    audience: Annotated[Audience, typer.Option(help="Whose view.")] = Audience.INTERNAL,
    since: Annotated[str | None, typer.Option(metavar="POSITION", help="Begin behind it: epoch-offset.")] = None,
) -> None:
    """Print an organization's events as they come, until Ctrl-C: position, time, type, aggregate, version, data."""
    check(organization)
    try:
        after = Checkpoint(Position.parse(since), None) if since is not None else None
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--since") from error
    with suppress(KeyboardInterrupt):
        asyncio.run(_tail(organization, audience, after))


async def _tail(named: str, audience: Audience, after: Checkpoint | None) -> None:
    async with connection() as database:
        subject = f"status.{await organization_of(database, named)}.{audience}.>"
    async with stream() as client:
        reader = Reader(JetStream(client), name="tidings", subject=subject, after=after)
        async with aclosing(reader.batches()) as batches:
            async for batch in batches:
                if batch.restarted is not None and after is not None:
                    typer.echo(f"The stream is another one now; this is {batch.restarted} and on.", err=True)
                for message in batch.messages:
                    say(line(message))


def line(message: Message) -> str:
    """One event, on one line."""
    event = message.event
    data = printable(message.data.decode(errors="backslashreplace"))
    if event is None:
        return f"{message.position}  no event on {printable(message.subject)}: {printable(message.error or '')}  {data}"
    again = "  (published again)" if event.republished else ""
    about = f"{event.type}  {printable(event.aggregate_id)}  version {event.sequence}"
    return f"{message.position}  {rfc3339(event.time)}  {about}{again}  {data}"
