"""`tidings nats-access`: a system of others is let in and put out while the server runs, and survives everything between."""

import re
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import nats.errors
import pytest
import pytest_asyncio
from nats.aio.client import Client
from nats.js.errors import NotFoundError

from common import nats_access, topology
from common.envelope import STREAM
from common.topology import DURABLES, TopologySettings
from devstack.nats_user import NatsUser
from devstack.operating import Tidings, exported
from devstack.teststack import Stack, eventually

USER = "org_acme_billing"
ADD = ("nats-access", "org_acme", "billing")


@pytest_asyncio.fixture
async def organization(stack: Stack, tidings: Tidings) -> AsyncIterator[None]:
    """The organization `org_acme`, whose page has the slug `acme`. Its system is gone afterwards: tests share their server."""
    async with stack.service("catalog") as catalog:
        page = {"name": "Acme", "slug": "acme"}
        assert (await catalog.as_("org_acme")("POST", "/api/catalog/v1/page", page)).status_code == 201
    yield
    await tidings(*ADD, "--remove")


@pytest_asyncio.fixture
async def operator(stack: Stack) -> AsyncIterator[Client]:
    client = await stack.connect("operator")
    yield client
    await client.close()


async def connected(variables: dict[str, str]) -> Client:
    user = NatsUser(variables["NATS_USER"])
    await user.connect(variables["NATS_URL"], variables["NATS_PASSWORD"])
    return user.client


async def read_one(client: Client) -> bytes:
    js = client.jetstream(prefix=nats_access.API_PREFIX)
    subscription = await js.pull_subscribe_bind(consumer=USER, stream=STREAM, inbox_prefix=f"_INBOX_{USER}.".encode())
    [message] = await subscription.fetch(1, timeout=5)
    await message.ack_sync()
    return message.data


async def publish(operator: Client, data: bytes, audience: str = "public", organization: str = "org_acme") -> None:
    await operator.jetstream().publish(f"status.{organization}.{audience}.catalog.service.updated", data)


@pytest.mark.usefixtures("organization")
async def test_a_system_is_let_in_and_put_out_without_a_restart(
    stack: Stack, tidings: Tidings, operator: Client
) -> None:
    for organization, audience in (("globex", "public"), ("org_acme", "internal"), ("org_acme", "public")):
        await publish(operator, f"{organization} {audience}".encode(), audience, organization)
    told = await tidings(*ADD)
    variables = exported(told)
    assert variables.keys() == {"NATS_URL", "NATS_USER", "NATS_PASSWORD", "PAGE_URL"}
    assert variables["PAGE_URL"] == "http://localhost:8080/api/public/v1/pages/acme"
    assert "subscribe.py" in told.output

    system = await connected(variables)
    told_of_page = await read_one(system)
    while told_of_page != b"org_acme public":
        assert b"globex" not in told_of_page
        assert b"internal" not in told_of_page
        told_of_page = await read_one(system)
    await publish(operator, b"later")
    assert await read_one(system) == b"later"

    gone = await tidings(*ADD, "--remove")
    assert (gone.code, "is gone" in gone.output) == (0, True)
    await eventually(lambda: system.is_closed, "its connection is closed")
    with pytest.raises(nats.errors.Error):
        await connected(variables)
    with pytest.raises(NotFoundError):
        await operator.jetstream().consumer_info(STREAM, USER)
    assert operator.is_connected, "nobody else noticed"
    assert operator.stats["reconnects"] == 0
    again = await tidings(*ADD, "--remove")
    assert (again.code, "did not exist" in again.output) == (0, True)


@pytest.mark.usefixtures("organization")
async def test_the_password_is_shown_once_and_only_its_hash_is_kept(stack: Stack, tidings: Tidings) -> None:
    variables = exported(await tidings(*ADD))
    repeated = await tidings(*ADD)
    assert (repeated.code, "exists already" in repeated.output) == (0, True)
    assert "NATS_PASSWORD" not in repeated.output
    kept = {path.name: path for path in stack.nats.access.iterdir()}
    assert kept.keys() == {"accounts.conf", "durables.conf", "systems.json"}
    assert kept["accounts.conf"].stat().st_mode & 0o777 == 0o600
    assert re.search(r'"password": "\$2b\$\d\d\$[^"]+"', kept["accounts.conf"].read_text())
    assert not any(variables["NATS_PASSWORD"] in path.read_text() for path in kept.values())
    await (await connected(variables)).close()  # what was repeated changed nothing


@pytest.mark.usefixtures("organization")
async def test_its_durable_comes_back_with_the_stream_and_begins_anew_in_a_new_epoch(
    stack: Stack, tidings: Tidings, operator: Client
) -> None:
    system = await connected(exported(await tidings(*ADD)))

    async def epoch() -> str | None:
        with suppress(NotFoundError):
            metadata = (await operator.jetstream().consumer_info(STREAM, USER)).config.metadata or {}
            return str(metadata["tidings-epoch"])
        return None

    assert await epoch() == await stack.epoch()
    new = await stack.declare_topology(empty=True)
    assert await epoch() == new
    await publish(operator, b"first")
    assert await read_one(system) == b"first"
    assert (await tidings("topology", "--new-epoch")).code == 0
    assert await epoch() == await stack.epoch() != new
    assert await read_one(system) == b"first", "offsets mean nothing any more, so it is told everything"
    await system.close()


@pytest.mark.usefixtures("organization")
async def test_the_watch_neither_deletes_nor_forgets_it(stack: Stack, tidings: Tidings, operator: Client) -> None:
    exported(await tidings(*ADD))
    topology_user = await stack.connect("topology")
    js = topology_user.jetstream()
    settings = TopologySettings(**stack.settings("topology").model_dump(), nats_access=stack.nats.access)
    assert not await topology.missing(js, settings)
    created = (await js.consumer_info(STREAM, USER)).created
    await topology.ensure(js, settings)
    assert (await js.consumer_info(STREAM, USER)).created == created
    await js.delete_consumer(STREAM, USER)
    assert await topology.missing(js, settings)
    await topology.ensure(js, settings)
    assert not await topology.missing(js, settings)
    await topology_user.close()


@pytest.mark.usefixtures("organization")
async def test_a_restarted_server_knows_it(stack: Stack, tidings: Tidings) -> None:
    variables = exported(await tidings(*ADD))
    stack.nats.restart()
    system = await connected(variables)
    assert (await system.jetstream(prefix=nats_access.API_PREFIX).consumer_info(STREAM, USER)).name == USER
    await system.close()


@pytest.mark.usefixtures("organization")
async def test_doctor_looks_at_its_durable(tidings: Tidings, operator: Client) -> None:
    exported(await tidings(*ADD))
    assert f"consumer {USER}" in (await tidings("doctor")).output
    await operator.jetstream().delete_consumer(STREAM, USER)
    assert any(f"consumer {USER}" in problem for problem in (await tidings("doctor")).problems)


@pytest.mark.usefixtures("organization")
async def test_an_organization_is_named_by_its_id_or_by_the_slug_of_its_page(tidings: Tidings) -> None:
    assert exported(await tidings("nats-access", "acme", "billing"))["NATS_USER"] == USER
    by_id = await tidings(*ADD)
    assert (by_id.code, "exists already" in by_id.output) == (0, True)
    gone = await tidings("nats-access", "acme", "billing", "--remove")
    assert (gone.code, f"NATS user {USER} is gone" in gone.output) == (0, True)
    unknown = await tidings("nats-access", "nobody", "billing")
    assert (unknown.code, "There is no organization nobody" in unknown.output) == (1, True)


async def test_what_is_no_name_or_no_organization_s_id_is_refused(stack: Stack, tidings: Tidings) -> None:
    for name in ("", "Billing", "bil_ling", "a.b", "*", ">", "-a", "a-", "a" * 33, "a\n", 'a"b'):
        assert (await tidings("nats-access", "--", "org_acme", name)).code == 2, name
    for organization in ("", "a.b", "*", "a b", "a" * 65):
        assert (await tidings("nats-access", "--", organization, "billing")).code == 2, organization
    assert nats_access.systems(stack.nats.access) == {}


@pytest.mark.usefixtures("organization")
async def test_it_is_put_out_while_postgresql_is_away(tidings: Tidings) -> None:
    exported(await tidings(*ADD))
    away = {"TIDINGS_ADMIN_DATABASE_URL": "postgresql+asyncpg://nobody@127.0.0.1:9/tidings"}
    gone = await tidings(*ADD, "--remove", **away)
    assert (gone.code, "is gone" in gone.output) == (0, True)


@pytest.mark.usefixtures("organization")
async def test_what_the_server_refuses_is_undone(stack: Stack, tidings: Tidings, operator: Client) -> None:
    accounts = stack.nats.access / "accounts.conf"
    before = accounts.read_text()
    accounts.write_text(before + "of_nobody: {\n")
    try:
        refused = await tidings(*ADD)
        assert (refused.code, "NATS refuses its configuration" in refused.output) == (1, True)
        assert nats_access.systems(stack.nats.access) == {}
        assert USER not in accounts.read_text()
        with pytest.raises(NotFoundError):
            await operator.jetstream().consumer_info(STREAM, USER)
    finally:
        accounts.write_text(before)
    wrong = await tidings(*ADD, TIDINGS_NATS_RELOAD_PASSWORD="wrong")
    assert (wrong.code, "correct TIDINGS_NATS_URL and TIDINGS_NATS_RELOAD_PASSWORD" in wrong.output) == (1, True)
    assert nats_access.systems(stack.nats.access) == {}


async def test_the_files_are_there_before_the_server(tidings: Tidings, tmp_path: Path) -> None:
    made = await tidings("nats-files", TIDINGS_NATS_ACCESS=str(tmp_path / "access"))
    assert (made.code, made.output) == (0, f"{tmp_path}/access has what deploy/nats.conf includes.\n")
    assert {path.name for path in (tmp_path / "access").iterdir()} == {"durables.conf", "accounts.conf"}


def test_files_are_brought_up_to_date_with_new_durables_of_services(tmp_path: Path) -> None:
    nats_access.prepare(tmp_path, DURABLES)
    nats_access.add(tmp_path, DURABLES, "a_b", "a", "$2b$hash")
    nats_access.prepare(tmp_path, [*DURABLES, "new"])
    denied = (tmp_path / "durables.conf").read_text()
    for name in (*DURABLES, "new", "a_b"):
        assert f'"$JS.API.CONSUMER.MSG.NEXT.STATUS.{name}"' in denied
    assert '"a_b": ' in (tmp_path / "accounts.conf").read_text()


def test_systems_that_are_made_at_once_are_all_recorded(tmp_path: Path) -> None:
    nats_access.prepare(tmp_path, DURABLES)
    users = [f"a_{number}" for number in range(20)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda user: nats_access.add(tmp_path, DURABLES, user, "a", "$2b$hash"), users))
    assert nats_access.systems(tmp_path).keys() == set(users)
    assert all(f'"{user}": ' in (tmp_path / "accounts.conf").read_text() for user in users)


def test_in_a_directory_that_is_shared_with_the_servers_group_the_group_reads_the_hashes(tmp_path: Path) -> None:
    tmp_path.chmod(0o2751)
    nats_access.prepare(tmp_path, DURABLES)
    assert (tmp_path / "accounts.conf").stat().st_mode & 0o777 == 0o640
