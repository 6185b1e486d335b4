"""What is read from the stream beside the tail, as the NATS user of the gateway."""

from collections.abc import Awaitable, Callable

from common.contracts.values import Audience
from devstack.teststack import Stack
from realtime_gateway.channels import Channel
from realtime_gateway.history import last_page_settings, past

Publish = Callable[..., Awaitable[int]]


async def test_the_past_is_the_last_messages_or_a_few_more(stack: Stack, publish: Publish) -> None:
    offsets = []
    for n in range(60):
        # Unevenly spread, and more of others than of this one.
        for _ in range(n % 5):
            await publish("other", "incident.update_posted")
        offsets.append(await publish("acme", "incident.update_posted", n=n))
    client = await stack.connect("realtime-gateway")
    try:
        for until in (offsets[-1] + 1, offsets[40], offsets[3]):
            for count in (1, 7, 25, 100):
                found = await past(client, Channel("acme", Audience.PUBLIC), until, count)
                known = [offset for offset in offsets if offset > found.complete_after]
                assert [offset for offset, _ in found.events] == [offset for offset in known if offset <= until]
                if until > offsets[-1]:
                    assert min(count, len(offsets)) <= len(known) <= 2 * count or found.complete_after == 0
                assert found.complete_after == 0 or len(known) >= count
        nobody = await past(client, Channel("nobody", Audience.PUBLIC), offsets[-1], 10)
        assert (nobody.events, nobody.complete_after) == ([], 0)
    finally:
        await client.close()


async def test_the_past_of_members_is_internal_events_and_pages_and_has_no_holes(
    stack: Stack, publish: Publish
) -> None:
    offsets = []
    for n in range(60):
        await publish("acme", "incident.update_posted")
        await publish("other", "incident.update_posted", audience=Audience.INTERNAL)
        # Far more of one kind than of the other, and the other at the end.
        audience, type = (Audience.INTERNAL, "incident.update_posted") if n % 20 else (Audience.PUBLIC, "page.changed")
        offsets.append(await publish("acme", type, audience=audience))
    offsets.append(await publish("acme", "page.changed"))
    client = await stack.connect("realtime-gateway")
    try:
        for until in (offsets[-1], offsets[-2], offsets[40]):
            for count in (1, 4, 100):
                found = await past(client, Channel("acme", Audience.INTERNAL), until, count)
                known = [offset for offset in offsets if found.complete_after < offset <= until]
                assert [offset for offset, _ in found.events] == known
                assert known, "something is told"
    finally:
        await client.close()


async def test_page_settings_are_the_last_of_each_organization_and_type(stack: Stack, publish: Publish) -> None:
    for organization in ("acme", "globex"):
        await publish(organization, "page_settings.provisioned")
        for version in range(2, 5):
            await publish(organization, "page_settings.updated", sequence=version)
    client = await stack.connect("realtime-gateway")
    try:
        found = [(event.organization_id, event.sequence) for event in await last_page_settings(client)]
    finally:
        await client.close()
    assert found == [("acme", 1), ("acme", 4), ("globex", 1), ("globex", 4)]


async def test_an_empty_stream_has_no_page_settings(stack: Stack) -> None:
    client = await stack.connect("realtime-gateway")
    try:
        assert await last_page_settings(client) == []
    finally:
        await client.close()
