"""A running gateway on real NATS, and a publisher of events. Each organization's slug is its id."""

import asyncio
import contextlib
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta

import nats.errors
import pytest
import pytest_asyncio
from nats.aio.client import Client
from nats.js.errors import Error as JetStreamError

from common.clock import now, rfc3339, uuid7
from common.contracts.registry import EVENTS
from common.contracts.values import Audience
from common.envelope import Envelope
from devstack.teststack import Process, Stack
from realtime_gateway.settings import GatewaySettings, SocketProtocol

BOTH = (
    "test_service",
    "test_members",
    "test_a_stalled_client_is_dropped_and_delays_nobody",
    "test_a_client_that_reads_late_learns_why_and_resumes",
    "test_a_stop_says_so_to_sockets_and_ends_event_streams",
)
"""Modules and tests that always run against both ways to serve sockets. The others take the one that is used if nothing else is said, or
that TIDINGS_SOCKET_PROTOCOL names: they hold for either."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "socket_protocol" in metafunc.fixturenames:
        names = (metafunc.module.__name__.rpartition(".")[2], metafunc.function.__name__)
        default = GatewaySettings.model_fields["socket_protocol"].default
        chosen = SocketProtocol(os.environ.get("TIDINGS_SOCKET_PROTOCOL", default))
        protocols = sorted(SocketProtocol) if set(names) & set(BOTH) else [chosen]
        metafunc.parametrize("socket_protocol", protocols, scope="function")


@pytest.fixture
def make_gateway(stack: Stack, socket_protocol: SocketProtocol) -> Iterator[Callable[..., Process]]:
    """make_gateway(TIDINGS_X="…") makes a gateway process that is not started yet."""
    made: list[Process] = []

    def make(**variables: str) -> Process:
        process = stack.process("realtime-gateway")
        process.variables.update({"TIDINGS_SOCKET_PROTOCOL": socket_protocol} | variables)
        made.append(process)
        return process

    yield make
    for process in made:
        process.kill()


@pytest_asyncio.fixture
async def gateway(make_gateway: Callable[..., Process], publish: Callable[..., Awaitable[int]]) -> Process:
    """A gateway that is ready and knows the organization `acme`."""
    await publish("acme", "page_settings.provisioned")
    process = make_gateway()
    process.start()
    await process.wait_until_ready()
    return process


@pytest_asyncio.fixture
async def publish(stack: Stack) -> AsyncIterator[Callable[..., Awaitable[int]]]:
    """publish(organization, type, **data) publishes one event, a public one if nothing else is said, and returns its offset.

    `sequence` is the aggregate's version; `republished` marks the event as one that is sent again.
    """
    clients: dict[str, Client] = {}

    async def publish(
        organization: str,
        type: str,
        *,
        audience: Audience = Audience.PUBLIC,
        sequence: int = 1,
        republished: bool = False,
        **data: object,
    ) -> int:
        contract = EVENTS.get(type)
        service = contract.service if contract else "catalog"
        if service not in clients:
            clients[service] = await stack.connect(service)
        if type.startswith("page_settings."):
            data = page_settings(organization, sequence) | data
        event = Envelope(
            id=uuid7(),
            organization_id=organization,
            audience=audience,
            service=service,
            type=type,
            aggregate_id=organization,
            sequence=sequence,
            time=now(),
            data=json.dumps(data).encode(),
            traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            republished=republished,
        )
        # As the relay does: again and again with the same Nats-Msg-Id, of which the stream keeps one.
        js = clients[service].jetstream(timeout=1)
        async with asyncio.timeout(20):
            while True:
                with contextlib.suppress(nats.errors.Error, JetStreamError, TimeoutError):
                    return (await js.publish(event.subject, event.data, headers=event.headers())).seq
                await asyncio.sleep(0.05)

    yield publish
    for client in clients.values():
        await client.close()


def page_settings(organization: str, version: int) -> dict[str, object]:
    moment = rfc3339(now() - timedelta(days=1))
    return {
        "organization_id": organization,
        "slug": organization,
        "name": organization,
        "description": "",
        "time_zone": "UTC",
        "version": version,
        "created_at": moment,
        "updated_at": moment,
    }
