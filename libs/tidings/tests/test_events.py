"""`tidings events tail` prints what the stream holds for one organization and audience, each event on one line, until Ctrl-C."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from common.clock import now, uuid7
from common.contracts.values import Audience
from common.envelope import Actor, Envelope
from devstack.fixtures import Sql
from devstack.operating import Tidings
from devstack.teststack import Stack


@asynccontextmanager
async def tailing(environment: dict[str, str], *arguments: str) -> AsyncIterator[asyncio.subprocess.Process]:
    """The command as a process of its own, ended by Ctrl-C."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tidings", "events", "tail", *arguments,
        env={**os.environ, **environment}, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
        process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(process.wait(), 10) == 0
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def line(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    return (await asyncio.wait_for(process.stdout.readline(), 20)).decode().rstrip("\n")


async def publish(
    stack: Stack, title: str, *, organization: str = "acme", audience: Audience = Audience.INTERNAL
) -> int:
    """Publish an event of incidents; returns its offset. What it says is for people here, and fits no contract."""
    event = Envelope(
        uuid7(), organization, audience, "incidents", "incident.opened", "i-1", 1, now(), f'{{"title": "{title}"}}'.encode(),
        actor=Actor(id="u", name="Ann"),
    )  # fmt: skip
    client = await stack.connect("incidents")
    offset = (await client.jetstream().publish(event.subject, event.data, headers=event.headers())).seq
    await client.close()
    return offset


async def test_events_of_the_organization_come_as_they_are_published(
    stack: Stack, operator_environment: dict[str, str], sql: Sql
) -> None:
    await sql("INSERT INTO catalog.slug VALUES ('shoes', 'acme')")
    epoch = await stack.epoch()
    first = await publish(stack, "before")
    async with tailing(operator_environment, "shoes", "--since", f"{epoch}-0") as process:
        assert (await line(process)).startswith(f"{epoch}-{first}  ")
        await publish(stack, "of another one", organization="globex")
        await publish(stack, "of another audience", audience=Audience.PUBLIC)
        last = await publish(stack, "now")
        printed = await line(process)
    assert printed.startswith(f"{epoch}-{last}  ")
    assert printed.endswith('incident.opened  i-1  version 1  {"title": "now"}')


async def test_the_public_audience_is_had_on_demand(stack: Stack, operator_environment: dict[str, str]) -> None:
    epoch = await stack.epoch()
    await publish(stack, "for members")
    await publish(stack, "for everybody", audience=Audience.PUBLIC)
    arguments = ("acme", "--audience", "public", "--since", f"{epoch}-0")
    async with tailing(operator_environment, *arguments) as process:
        assert "for everybody" in await line(process)


async def test_a_position_of_a_stream_that_is_gone_begins_at_the_present_ones_beginning(
    stack: Stack, operator_environment: dict[str, str]
) -> None:
    await publish(stack, "one")
    async with tailing(operator_environment, "acme", "--since", "aaaaaaaaaaaa-7") as process:
        assert '"one"' in await line(process)
        assert process.stderr is not None
        assert b"The stream is another one now" in await process.stderr.readline()


async def test_what_is_written_in_an_event_forges_no_line(stack: Stack, operator_environment: dict[str, str]) -> None:
    epoch = await stack.epoch()
    await publish(stack, "one\nforged \x1b[2J")
    await publish(stack, "two")
    async with tailing(operator_environment, "acme", "--since", f"{epoch}-0") as process:
        printed = await line(process)
        assert r"one\nforged \x1b[2J" in printed
        assert '"two"' in await line(process)


@pytest.mark.parametrize(
    "arguments", [("a.b",), (">",), ("*",), ("acme", "--since", "7"), ("acme", "--audience", "everybody"), ()]
)
async def test_what_is_no_organization_position_or_audience_is_wrong_usage(
    tidings: Tidings, arguments: tuple[str, ...]
) -> None:
    assert (await tidings("events", "tail", *arguments)).code == 2
