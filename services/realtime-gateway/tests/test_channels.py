"""Who hears what: visitors what is public, members what is internal, each of their own organization, and neither what services tell each other."""

import asyncio
import json
from typing import Any
from unittest.mock import Mock
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from common.claims import Principal
from common.clock import now
from common.contracts.registry import EVENTS
from common.contracts.values import Audience, Role
from common.envelope import Envelope
from common.position import Position
from realtime_gateway.channels import Channel
from realtime_gateway.client import Connection
from realtime_gateway.history import Past
from realtime_gateway.hub import Hub
from realtime_gateway.protocol import OTHER_PAGE, Frame, Refused, Types
from realtime_gateway.settings import GatewaySettings

EPOCH = "abcdefghijkl"


def member_of(organization: str) -> Principal:
    return Principal("issuer", "user", "Name", organization, Role.VIEWER, None, None, 0, None)


def event(organization: str, audience: Audience, type: str, offset: int) -> Envelope:
    return Envelope(
        id=UUID(int=offset),
        organization_id=organization,
        audience=audience,
        service=EVENTS[type].service,
        type=type,
        aggregate_id="1",
        sequence=1,
        time=now(),
        data=json.dumps({"organization": organization, "audience": audience}).encode(),
    )


class Gateway:
    """A hub on a stream whose past is read without looking whose it is."""

    def __init__(self) -> None:
        self.hub = Hub(GatewaySettings(nats_url="nats://unused"), self._past)
        self.hub.begin(Position(EPOCH, 0))
        self._stream: list[Envelope] = []

    async def _past(self, position: Position, channel: Channel, until: int, count: int) -> Past:
        return Past([(offset, event) for offset, event in enumerate(self._stream, 1) if offset <= until], 0)

    def publish(self, organization: str, audience: Audience, type: str) -> bool:
        """Says whether it was worth a frame."""
        offset = len(self._stream) + 1
        published = event(organization, audience, type, offset)
        self._stream.append(published)
        wanted = self.hub.wants(published)
        if wanted:
            self.hub.publish(published, Frame.of(published, Position(EPOCH, offset)))
        self.hub.advance(Position(EPOCH, offset))
        return wanted

    async def listen(self, channel: Channel, frames: list[dict[str, Any]]) -> None:
        """As somebody who comes back and has seen nothing yet."""

        async def take(frame: Frame) -> None:
            frames.append(json.loads(frame.text))

        with self.hub.admitted(channel, Types(frozenset()), Mock(spec=Connection), "") as client:
            await self.hub.follow(client, channel, Position(EPOCH, 0))
            await client.run(take)


organizations = st.sampled_from(["a", "b"])
events = st.tuples(organizations, st.sampled_from(Audience), st.sampled_from(sorted(EVENTS)))
listeners = st.tuples(organizations, st.booleans())


@settings(max_examples=60, deadline=None)
@given(steps=st.lists(st.one_of(events, listeners), max_size=40))
def test_nobody_hears_what_is_not_for_them_live_or_afterwards(
    steps: list[tuple[str, Audience, str] | tuple[str, bool]],
) -> None:
    """A step publishes an event, or has a visitor or a member of an organization begin to listen."""

    async def run() -> list[tuple[str, bool, list[dict[str, Any]]]]:
        gateway = Gateway()
        heard: list[tuple[str, bool, list[dict[str, Any]]]] = []
        tasks = []
        for step in steps:
            if len(step) == 3:
                gateway.publish(*step)
            else:
                organization, is_member = step
                heard.append((organization, is_member, []))
                channel = Channel.of(organization, member_of(organization) if is_member else None)
                tasks.append(asyncio.create_task(gateway.listen(channel, heard[-1][2])))
            for _ in range(10):
                await asyncio.sleep(0)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return heard

    for organization, is_member, (hello, *frames) in asyncio.run(run()):
        assert hello["audience"] == ("internal" if is_member else "public")
        for frame in frames:
            assert frame["data"]["organization"] == organization
            assert frame["type"].partition(".")[0] not in ("access", "api_key")
            if frame["data"]["audience"] != hello["audience"]:
                assert (is_member, frame["type"]) == (True, "page.changed")


def test_the_members_channel_is_for_members_of_that_organization() -> None:
    assert Channel.of("a", None) == Channel("a", Audience.PUBLIC)
    assert Channel.of("a", member_of("a")) == Channel("a", Audience.INTERNAL)
    with pytest.raises(Refused) as refused:
        Channel.of("a", member_of("b"))
    assert refused.value.close is OTHER_PAGE


async def test_internal_events_cost_a_frame_only_while_a_member_listens() -> None:
    gateway = Gateway()
    internal = ("a", Audience.INTERNAL, "incident.opened")
    assert not gateway.publish(*internal)
    frames: list[dict[str, Any]] = []
    listening = asyncio.create_task(gateway.listen(Channel("a", Audience.INTERNAL), frames))
    for _ in range(10):
        await asyncio.sleep(0)
    assert gateway.publish(*internal)
    assert not gateway.publish("b", Audience.INTERNAL, "incident.opened")
    await asyncio.sleep(0)
    listening.cancel()
    await asyncio.wait([listening])
    assert not gateway.publish(*internal)
    assert gateway.publish("a", Audience.PUBLIC, "incident.opened"), "visitors may come at any time"
    assert [frame["position"] for frame in frames[1:]] == [f"{EPOCH}-1", f"{EPOCH}-2"]
