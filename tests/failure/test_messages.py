"""Messages that come twice, come old, or are no events at all, change nothing and stop nobody."""

from typing import Any
from uuid import uuid4

from common.envelope import REPUBLISHED
from devstack.audit import check, stored_messages
from devstack.scenario import CATALOG, Cluster, Organization, following, writing
from devstack.teststack import Stack, eventually


async def test_the_whole_stream_comes_a_second_time(cluster: Cluster) -> None:
    """As `republish` sends it: the same events under the same ids, after the server has forgotten that it knows them."""
    await cluster.start()
    acme = Organization(cluster, "acme")
    await acme.provision()
    async with following(acme, 3) as followers:
        async with writing(acme):
            await eventually(lambda: acme.ledger.incidents.total() > 12, "something was written", timeout=30)
        await caught_up(acme)
        await check(cluster, acme, followers)
        before = await acme.aggregate()
        histories = [await history(acme, service) for service in acme.services]
        repeated = [await publish_everything_again(cluster.stack, service) for service in ("catalog", "incidents")]
        assert min(repeated) > 0

        await caught_up(acme)
        await check(cluster, acme, followers)
        after = await acme.aggregate()
        assert after["incidents"][1:] == before["incidents"]
        assert after["services"][:-1] == before["services"]
        assert [await history(acme, service) for service in acme.services[:-1]] == histories


async def caught_up(organization: Organization) -> None:
    """Until all that was published is dealt with: then what comes behind it has arrived, a new service with an incident."""
    await organization.provision(services=1)
    marker = organization.services[-1]
    await organization.open_incident([marker])

    async def marked() -> bool:
        row = (await organization.aggregate())["services"][-1]
        return bool(row["id"] == marker and row["causes"])

    await eventually(marked, "catalog and public-api are behind what was published")


async def history(organization: Organization, service: str) -> list[dict[str, Any]]:
    return await organization.read_all("catalog", f"{CATALOG}/services/{service}/history")


async def test_a_poison_message_stops_nobody(cluster: Cluster) -> None:
    await cluster.start()
    acme = Organization(cluster, "acme")
    await acme.provision()
    async with following(acme, 3) as followers:
        async with writing(acme):
            await eventually(lambda: acme.ledger.incidents.total() > 6, "something was written", timeout=30)
            await publish_poison(cluster.stack)
            before = acme.ledger.incidents.total()
            await eventually(lambda: acme.ledger.incidents.total() > before + 6, "writing goes on", timeout=30)
        await eventually(lambda: parked(cluster.stack, "catalog") == 2, "catalog parked its two")
        await eventually(lambda: parked(cluster.stack, "public_api") == 2, "public-api parked its two")
        # What sockets were given of it are the two whose envelope is one; they end up equal for everybody.
        frames = [[seen.id for seen in follower.events] for follower in followers]
        await eventually(lambda: len({len(follower.events) for follower in followers}) == 1, "all have the same")
        assert all(len(seen) == len(set(seen)) for seen in frames)


def parked(stack: Stack, schema: str) -> int:
    return int(stack.postgres.sql(f"SELECT count(*) FROM {schema}.dead_letter", stack.database))


async def publish_poison(stack: Stack) -> None:
    """A message without any attribute, and an event whose data fits no contract; for each audience."""
    client = await stack.connect("incidents")
    try:
        js = client.jetstream()
        for audience in ("internal", "public"):
            subject = f"status.acme.{audience}.incidents.incident.opened"
            await js.publish(subject, b"\xff not json", headers={"Nats-Msg-Id": str(uuid4())})
            id = str(uuid4())
            headers = {
                "Nats-Msg-Id": id,
                "ce-id": id,
                "ce-type": "tidings.incident.opened.v1",
                "ce-subject": str(uuid4()),
                "ce-time": "2026-01-01T00:00:00Z",
                "ce-organizationid": "acme",
                "ce-sequence": "1",
            }
            await js.publish(subject, b'{"title": 1}', headers=headers)
    finally:
        await client.close()


async def publish_everything_again(stack: Stack, service: str) -> int:
    """Send every event of a service again. Returns how many there were."""
    messages = await stored_messages(stack, f"status.*.*.{service}.>")
    client = await stack.connect(service)
    try:
        for stored in messages:
            again = {**stored.headers, REPUBLISHED: "true", "Nats-Msg-Id": str(uuid4())}
            await client.jetstream().publish(stored.subject, stored.data, headers=again)
        return len(messages)
    finally:
        await client.close()
