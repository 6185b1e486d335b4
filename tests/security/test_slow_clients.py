"""Who sends slowly is cut off by the real process in bounded time. That who reads slowly is, is shown with less patience in `libs/common`."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from common.limits import BODY_SECONDS
from common.server import HEADER_SECONDS
from devstack.teststack import Process, Stack

HEAD = b"POST /api/incidents/v1/incidents HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 90000\r\n"
# A busy machine is late; nobody waits for ever.
LATE_SECONDS = 20


@pytest_asyncio.fixture
async def incidents(stack: Stack) -> AsyncIterator[Process]:
    process = stack.process("incidents")
    process.start()
    try:
        await process.wait_until_ready()
        yield process
    finally:
        process.kill()


@pytest.fixture(autouse=True)
def nothing_leaks() -> None:
    """There is no organization."""


async def seconds_until_cut_off(process: Process, said: bytes, drop: bytes) -> tuple[float, bytes]:
    """Send this, then drops without end. Also what came back."""
    reader, writer = await asyncio.open_connection("127.0.0.1", process.port)
    began = time.monotonic()

    async def drip() -> None:
        writer.write(said)
        while True:
            writer.write(drop)
            await writer.drain()
            await asyncio.sleep(0.2)

    dripping = asyncio.create_task(drip())
    answer = b""
    try:
        while chunk := await reader.read(65536):
            answer += chunk
            if b"body-too-slow" in answer:
                break
    except ConnectionError:
        pass
    took = time.monotonic() - began
    dripping.cancel()
    await asyncio.wait([dripping])
    writer.close()
    return took, answer


async def test_slow_heads_and_bodies_are_cut_off_and_others_are_served(incidents: Process) -> None:
    async with asyncio.timeout(max(HEADER_SECONDS, BODY_SECONDS) + LATE_SECONDS), asyncio.TaskGroup() as clients:
        silent = clients.create_task(seconds_until_cut_off(incidents, b"", b""))
        heads = [clients.create_task(seconds_until_cut_off(incidents, HEAD, b"X-Slow: 1\r\n")) for _ in range(300)]
        body = clients.create_task(seconds_until_cut_off(incidents, HEAD + b"\r\n", b" "))
        await incidents.wait_until_ready(5)
    assert silent.result()[1] == b""
    assert {answer for _, answer in (head.result() for head in heads)} == {b""}
    assert body.result()[1].startswith(b"HTTP/1.1 408 ")
    assert all(seconds >= 5 for seconds, _ in (silent.result(), heads[0].result(), body.result())), "time enough"
