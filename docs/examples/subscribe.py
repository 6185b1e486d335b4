"""Follow an organization's public events from another system, and lose or double none of them, whatever restarts.

Needs nats-py and httpx only, and a NATS user that an operator of Tidings made (`make nats-access`, `tidings nats-access`), who gives you the four
variables below. Everything it knows is in one SQLite file: an event's effect (here a row of `change`, where yours would be), the version it brought
and the place it was read at are written in one transaction, and only then is the event acknowledged. See docs/subscribing.md.

    NATS_URL=nats://localhost:8082 NATS_USER=acme_billing NATS_PASSWORD=... PAGE_URL=http://localhost:8080/api/public/v1/pages/acme python subscribe.py
"""

# ruff: noqa: T201 - a program for the terminal prints
import argparse
import asyncio
import json
import os
import sqlite3
import sys
from dataclasses import dataclass
from urllib.parse import unquote

import httpx
import nats
import nats.errors
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.errors import Error as JetStreamError

STREAM = "STATUS"
API_PREFIX = "tidings.API"
EPOCH = "tidings-epoch"
FETCH_SECONDS = 5.0

TABLES = """
CREATE TABLE IF NOT EXISTS place (one INTEGER PRIMARY KEY CHECK (one = 1), epoch TEXT NOT NULL, snapshot INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS version (aggregate TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, PRIMARY KEY (aggregate, id));
CREATE TABLE IF NOT EXISTS change (type TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, data TEXT NOT NULL);
"""


@dataclass(frozen=True)
class Access:
    """What the operator gave."""

    nats_url: str
    user: str
    password: str
    page_url: str

    @property
    def durable(self) -> str:
        """It has the user's name, and the operator made it."""
        return self.user

    @property
    def inbox(self) -> bytes:
        """The only one that this user may listen on."""
        return f"_INBOX_{self.user}".encode()


async def follow(access: Access, database: sqlite3.Connection) -> None:
    client = await nats.connect(
        access.nats_url,
        user=access.user,
        password=access.password,
        inbox_prefix=access.inbox,
        max_reconnect_attempts=-1,
    )
    js = client.jetstream(prefix=API_PREFIX)
    while True:
        try:
            epoch = await present_epoch(js, access)
            known = database.execute("SELECT epoch, snapshot FROM place").fetchone()
            if known is None or known[0] != epoch:
                await start_over(access, database, epoch)
            await read(js, access, database, epoch)
        except (nats.errors.Error, JetStreamError, httpx.HTTPError, OSError, TimeoutError) as error:
            print(f"waiting: {type(error).__name__}: {error}", file=sys.stderr)
            await asyncio.sleep(1)


async def present_epoch(js: JetStreamContext, access: Access) -> str:
    """Which life of the stream the durable is of. Offsets of another one mean nothing. Raises when it is gone for the moment."""
    metadata: dict[str, str] = (await js.consumer_info(STREAM, access.durable)).config.metadata or {}
    return metadata[EPOCH]


async def start_over(access: Access, database: sqlite3.Connection, epoch: str) -> None:
    """Read the aggregate at its position P. What the durable brings up to P is in it already; the durable began before, so nothing is between."""
    async with httpx.AsyncClient() as http:
        response = await http.get(access.page_url)
        response.raise_for_status()
    page = response.json()
    page_epoch, _, offset = page["position"].rpartition("-")
    # An aggregate of another epoch is complete all the same; of the present stream, it just does not say how much it holds.
    snapshot = int(offset) if page_epoch == epoch else 0
    with database:
        database.execute("REPLACE INTO place VALUES (1, ?, ?)", (epoch, snapshot))
    print(f"{page['position']} {page['status']['description']}", flush=True)


async def read(js: JetStreamContext, access: Access, database: sqlite3.Connection, epoch: str) -> None:
    """Until the epoch changes. Raises when the broker or the durable is away."""
    subscription = await js.pull_subscribe_bind(
        consumer=access.durable, stream=STREAM, inbox_prefix=access.inbox + b"."
    )
    try:
        while True:
            try:
                messages = await subscription.fetch(1, timeout=FETCH_SECONDS)
            except nats.errors.TimeoutError:
                messages = []
            # Asked behind each message: a durable that began anew in another epoch has the same name, and its first
            # offsets are as low as those that the aggregate has already.
            if await present_epoch(js, access) != epoch:
                for message in messages:
                    await message.nak()  # so that it comes again at once
                return
            for message in messages:
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
    parser.add_argument("--database", default="subscribe.sqlite", help="where the place and the changes are kept")
    arguments = parser.parse_args()
    names = ("NATS_URL", "NATS_USER", "NATS_PASSWORD", "PAGE_URL")
    if missing := [name for name in names if not os.environ.get(name)]:
        sys.exit(f"{', '.join(missing)} must be set: the operator who made your NATS user knows to what.")
    database = sqlite3.connect(arguments.database)
    database.executescript(TABLES)
    try:
        asyncio.run(follow(Access(*(os.environ[name] for name in names)), database))
    except KeyboardInterrupt:
        pass
    finally:
        database.close()


if __name__ == "__main__":
    main()
