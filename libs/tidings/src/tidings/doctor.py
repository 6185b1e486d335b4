"""`tidings doctor`: checks everything that Tidings depends on, says what is wrong and what to do, one line each."""

import asyncio
from contextlib import suppress

import typer

from tidings import database_checks, stream_checks
from tidings.access import OperatorError, database, stream
from tidings.findings import Finding
from tidings.terminal import printable, say


def doctor() -> None:
    """Check databases, migrations, outboxes, dead letters, NATS, stream, consumers, checkpoints and clocks."""
    findings = asyncio.run(_examine())
    for finding in findings:
        say(printable(str(finding)))
    problems = sum(finding.remedy is not None for finding in findings)
    say(f"{len(findings)} checks, {problems} problems.")
    raise typer.Exit(1 if problems else 0)


async def _examine() -> list[Finding]:
    """What can be found out; a server that is away is a finding itself and hides only what needs it."""
    findings: list[Finding] = []
    records: list[stream_checks.Record] = []
    try:
        async with database() as engine:
            findings += await database_checks.examine(engine)
            records = await stream_checks.read_records(engine)
    except OperatorError as error:
        findings.append(Finding("PostgreSQL", "not reachable", str(error)))
    try:
        async with stream() as client:
            findings += await stream_checks.examine(client, records)
            newest = await stream_checks.newest_events(client) if records else {}
    except OperatorError as error:
        findings.append(Finding("NATS", "not reachable", str(error)))
        return findings
    # In this order: what is in the stream was in an outbox before.
    with suppress(OperatorError):  # said above, or gone since
        async with database() as engine:
            findings += await stream_checks.examine_newest(engine, newest)
    return findings
