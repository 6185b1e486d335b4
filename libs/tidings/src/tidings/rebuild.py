"""`tidings rebuild`: make page documents anew from the record, that is from the outboxes of catalog and incidents."""

import asyncio
from typing import Annotated

import typer

import public_api.rebuild
from public_api.rebuild import CannotRebuildError, Rebuilt
from tidings.access import RECORD, database
from tidings.organization import HELP, organization_of
from tidings.terminal import printable, progress, say

OUTBOXES = {service.name: service.tables.outbox for service in RECORD}


def rebuild(
    organization: Annotated[str | None, typer.Argument(metavar="[ORG]", help=f"{HELP} All without it.")] = None,
    after: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Of all, those that follow this one: one that was interrupted says it."),
    ] = None,
) -> None:
    """Make page documents anew from the record, beside the served ones, and replace those that differ.

    Repairs whatever became of what public-api keeps. Services may run meanwhile: every replica takes the new documents over.
    """
    if organization is not None and after is not None:
        raise typer.BadParameter("is for all organizations, not for one", param_hint="--after")
    raise typer.Exit(asyncio.run(_rebuild(organization, after or "")))


async def _rebuild(organization: str | None, after: str) -> int:
    """Returns the exit code."""
    problems = differed = repaired = 0
    async with database() as engine:
        async with engine.connect() as connection:
            if organization is None:
                everybody = await public_api.rebuild.organizations(connection, OUTBOXES)
                chosen = [id for id in everybody if id > after]
            else:
                chosen = [await organization_of(connection, organization)]
        with progress("Rebuilding") as tell:
            for done, id in enumerate(chosen):
                tell(done, len(chosen))
                try:
                    rebuilt = await public_api.rebuild.rebuild(engine, OUTBOXES, id)
                except CannotRebuildError as error:
                    say(f"{printable(id)}: {error}")
                    problems += 1
                    continue
                except BaseException:
                    if done:
                        say(
                            f"{done} of {len(chosen)} are done; the others: tidings rebuild --after {printable(chosen[done - 1])}"
                        )
                    raise
                for line in _lines(rebuilt):
                    say(f"{printable(id)}: {line}")
                problems += len(rebuilt.unreadable)
                repaired += rebuilt.repaired
                differed += rebuilt.page_version is not None
    say(f"{len(chosen)} documents rebuilt: {differed} differed and were replaced, {repaired} entities repaired.")
    return 1 if problems else 0


def _lines(rebuilt: Rebuilt) -> list[str]:
    lines = []
    if rebuilt.page_version is not None:
        lines.append(f"differed, is version {rebuilt.page_version} now; entities repaired: {rebuilt.repaired}")
    elif rebuilt.repaired:
        lines.append(f"entities repaired: {rebuilt.repaired}; the document was right")
    lines += [
        f"cannot be read, so its page keeps what it said before: {printable(event)}" for event in rebuilt.unreadable
    ]
    return lines
