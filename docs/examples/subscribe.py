"""Follow an organization's public events from another system, and lose or double none of them, whatever restarts.

Needs nats-py and httpx only. Everything it knows is in one SQLite file: an event's effect (here a row of `change`, where yours would be), the
version it brought and the place it was read at are written in one transaction, and only then is the event acknowledged. See docs/subscribing.md.

    NATS_PASSWORD=... python subscribe.py --organization acme --slug acme --nats nats://localhost:8082 --api http://localhost:8080
"""

# ruff: noqa: T201 - a program for the terminal prints
import argparse
import asyncio
import json
import os
import sqlite3
import sys
from urllib.parse import unquote

import httpx
import nats
import nats.errors
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy
from nats.js.errors import Error as JetStreamError
from nats.js.errors import NotFoundError

STREAM = "STATUS"
EPOCH = "tidings-epoch"
LOOK_AT_EPOCH_SECONDS = 5.0

TABLES = """
CREATE TABLE IF NOT EXISTS place (one INTEGER PRIMARY KEY CHECK (one = 1), epoch TEXT NOT NULL, snapshot INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS version (aggregate TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (aggregate, id));
CREATE TABLE IF NOT EXISTS change (type TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, data TEXT NOT NULL);
"""


async def follow(arguments: argparse.Namespace, database: sqlite3.Connection) -> None:
    client = await nats.connect(
        arguments.nats,
        user=arguments.user,
        password=os.environ["NATS_PASSWORD"],
        inbox_prefix=inbox(arguments.user),  # the only one that this user may listen on
        max_reconnect_attempts=-1,
    )
    js = client.jetstream()
    while True:
        try:
            epoch = await present_epoch(js)
            known = database.execute("SELECT epoch, snapshot FROM place").fetchone()
            if known is None or known[0] != epoch:
                await start_over(js, arguments, database, epoch)
            await read(js, arguments, database, epoch)
        except (nats.errors.Error, JetStreamError, httpx.HTTPError, OSError, TimeoutError) as error:
            print(f"waiting: {type(error).__name__}: {error}", file=sys.stderr)
            await asyncio.sleep(1)


def inbox(user: str) -> bytes:
    return f"_INBOX_{user}".encode()


async def present_epoch(js: JetStreamContext) -> str:
    """Which life of the stream this is. Offsets of another one mean nothing."""
    return ((await js.stream_info(STREAM)).config.metadata or {})[EPOCH]


async def start_over(
    js: JetStreamContext, arguments: argparse.Namespace, database: sqlite3.Connection, epoch: str
) -> None:
    """Subscribe first, then read the aggregate at its position P. What the stream holds up to P is in it already."""
    try:
        await js.delete_consumer(STREAM, arguments.durable)
    except NotFoundError:
        pass
    await js.add_consumer(
        STREAM,
        ConsumerConfig(
            name=arguments.durable,
            durable_name=arguments.durable,
            filter_subject=f"status.{arguments.organization}.public.>",
            # From the beginning: an aggregate that is a moment behind misses nothing, and what is old is dropped below.
            deliver_policy=DeliverPolicy.ALL,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=5,
            max_ack_pending=1,  # one in flight: after a restart nothing can overtake the event that was not acknowledged
        ),
    )
    async with httpx.AsyncClient(base_url=arguments.api) as http:
        response = await http.get(f"/api/public/v1/pages/{arguments.slug}")
        response.raise_for_status()
    page = response.json()
    page_epoch, _, offset = page["position"].rpartition("-")
    # An aggregate of another epoch is complete all the same; of the present stream, it just does not say how much it holds.
    snapshot = int(offset) if page_epoch == epoch else 0
    with database:
        database.execute("REPLACE INTO place VALUES (1, ?, ?)", (epoch, snapshot))
    print(f"{page['position']} {page['status']['description']}", flush=True)


async def read(js: JetStreamContext, arguments: argparse.Namespace, database: sqlite3.Connection, epoch: str) -> None:
    """Until the epoch changes. Raises when the broker, the stream or the durable is away."""
    subscription = await js.pull_subscribe_bind(
        consumer=arguments.durable, stream=STREAM, inbox_prefix=inbox(arguments.user) + b"."
    )
    looked_at = asyncio.get_running_loop().time()
    try:
        while True:
            if asyncio.get_running_loop().time() > looked_at + LOOK_AT_EPOCH_SECONDS:
                looked_at = asyncio.get_running_loop().time()
                if await present_epoch(js) != epoch:
                    return
            try:
                [message] = await subscription.fetch(1, timeout=LOOK_AT_EPOCH_SECONDS)
            except nats.errors.TimeoutError:
                await js.consumer_info(
                    STREAM, arguments.durable
                )  # raises when it is gone, which a quiet fetch does not
                continue
            try:
                apply(message, database)
            except (KeyError, ValueError) as error:  # not an event: it must not stop those behind it
                print(f"skipped {message.subject}: {error!r}", file=sys.stderr)
            await message.ack()
    finally:
        await subscription.unsubscribe()


def apply(message: Msg, database: sqlite3.Connection) -> None:
    """The whole aggregate comes with each event: any higher version is taken, a lower or equal one changes nothing."""
    headers = message.headers or {}
    event_type = headers["ce-type"].removeprefix("tidings.").removesuffix(".v1")
    aggregate, id, version = event_type.partition(".")[0], unquote(headers["ce-subject"]), int(headers["ce-sequence"])
    with database:
        (snapshot,) = database.execute("SELECT snapshot FROM place").fetchone()
        known = database.execute(
            "SELECT version FROM version WHERE aggregate = ? AND id = ?", (aggregate, id)
        ).fetchone()
        is_old = known is not None and version <= known[0]  # delivered again, or published again
        if not is_old:
            database.execute("REPLACE INTO version VALUES (?, ?, ?)", (aggregate, id, version))
        if is_old or message.metadata.sequence.stream <= snapshot:
            return
        if known is not None and version > known[0] + 1:
            print(f"{aggregate} {id}: {known[0] + 1} to {version - 1} never came", file=sys.stderr)
        database.execute("INSERT INTO change VALUES (?, ?, ?, ?)", (event_type, id, version, message.data.decode()))
    print(f"{event_type} {id} version {version}: {json.loads(message.data)}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--organization", default="acme", help="the id of the organization")
    parser.add_argument("--slug", default="acme", help="the slug of its page")
    parser.add_argument("--nats", default="nats://localhost:8082")
    parser.add_argument("--api", default="http://localhost:8080")
    parser.add_argument("--user", default="subscriber", help="the NATS user; its password is in NATS_PASSWORD")
    parser.add_argument("--durable", default="subscriber", help="the name of the durable consumer")
    parser.add_argument("--database", default="subscribe.sqlite", help="where the place and the changes are kept")
    arguments = parser.parse_args()
    database = sqlite3.connect(arguments.database)
    database.executescript(TABLES)
    try:
        asyncio.run(follow(arguments, database))
    except KeyboardInterrupt:
        pass
    finally:
        database.close()


if __name__ == "__main__":
    main()
