"""Tickets: each opens one socket, at whichever replica, within 30 s, and only its maker remembers it, by a hash."""

import asyncio
import secrets
from contextlib import AsyncExitStack

import pytest
from nats.aio.client import Client

from common.claims import Principal
from common.contracts.values import Role
from devstack.teststack import Stack
from realtime_gateway import tickets
from realtime_gateway.protocol import NO_TICKET, Refused
from realtime_gateway.tickets import TICKET_SECONDS, Tickets

WHO = Principal("issuer", "user", "Größe ☃", "acme", Role.RESPONDER, "session", None, 7, None)


async def is_refused(replica: Tickets, ticket: str) -> bool:
    try:
        await replica.redeem(ticket)
    except Refused as refused:
        return refused.close is NO_TICKET
    return False


async def test_a_ticket_is_good_once_and_for_thirty_seconds() -> None:
    moment = 0.0
    replica = Tickets(clock=lambda: moment)
    used, late = replica.issue(WHO), replica.issue(WHO)
    moment = TICKET_SECONDS - 1
    assert await replica.redeem(used) == WHO
    assert await is_refused(replica, used)
    moment = TICKET_SECONDS
    assert await is_refused(replica, late)


async def test_of_too_many_tickets_the_oldest_go_and_secrets_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tickets, "TICKETS_MAX", 3)
    replica = Tickets()
    issued = [replica.issue(WHO) for _ in range(5)]
    assert len(set(issued)) == 5
    assert not any(ticket.partition(".")[2] in repr(vars(replica)) for ticket in issued)
    assert [await is_refused(replica, ticket) for ticket in issued] == [True, True, False, False, False]


async def test_what_is_no_ticket_is_refused() -> None:
    replica = Tickets()
    ticket = replica.issue(WHO)
    elsewhere = f"{secrets.token_hex(8)}.{ticket.partition('.')[2]}"
    for wrong in (
        "",
        ".",
        ticket[:-1],
        f"{ticket}x",
        f"{ticket}\n",
        f"*{ticket[1:]}",
        ticket.replace(".", ">"),
        elsewhere,
    ):
        assert await is_refused(replica, wrong)
    assert await replica.redeem(ticket) == WHO


async def test_any_replica_redeems_a_ticket_and_one_of_all_at_once_wins(stack: Stack) -> None:
    async with AsyncExitStack() as exits:
        replicas = [Tickets() for _ in range(3)]
        for replica in replicas:
            client = await stack.connect("realtime-gateway")
            exits.push_async_callback(client.close)

            async def connected(client: Client = client) -> Client:
                return client

            await replica.serve(connected)
            await client.flush()
        assert await replicas[1].redeem(replicas[0].issue(WHO)) == WHO
        for _ in range(20):
            ticket = replicas[0].issue(WHO)
            refusals = await asyncio.gather(*(is_refused(replica, ticket) for replica in (*replicas[1:], *replicas)))
            assert refusals.count(False) == 1
        assert await is_refused(replicas[1], f"{secrets.token_hex(8)}.{secrets.token_urlsafe(32)}"), "of nobody"
