"""What is read from the stream beside the tail, as the NATS user of the gateway."""

from collections.abc import Awaitable, Callable

from devstack.teststack import Stack
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
                found = await past(client, "acme", until, count)
                known = [offset for offset in offsets if offset > found.complete_after]
                assert [offset for offset, _ in found.events] == [offset for offset in known if offset <= until]
                if until > offsets[-1]:
                    assert min(count, len(offsets)) <= len(known) <= 2 * count or found.complete_after == 0
                assert found.complete_after == 0 or len(known) >= count
        nobody = await past(client, "nobody", offsets[-1], 10)
        assert (nobody.events, nobody.complete_after) == ([], 0)
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
