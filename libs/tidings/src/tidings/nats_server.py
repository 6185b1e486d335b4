"""Asks nats-server to read its configuration again, and connects once as any user to see what came of it."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import nats.errors
from nats.aio.client import Client
from pydantic import SecretStr

from common.nats_client import connect_options
from tidings.access import CONNECT_SECONDS, OperatorError, OperatorSettings, reason

RELOAD_USER = "reload"
ANSWER_SECONDS = 5.0
QUIET_SECONDS = 0.2
"""How long none of a cluster's servers speaks up after all of them did."""


@asynccontextmanager
async def connected(settings: OperatorSettings, user: str, password: SecretStr) -> AsyncIterator[Client]:
    """One connection as a user. Raises what NATS says when it does not let it in."""
    options = connect_options(settings.model_copy(update={"nats_user": user, "nats_password": password}), "tidings")
    refusals: list[Exception] = []

    async def note(error: Exception) -> None:
        refusals.append(error)

    options |= {"allow_reconnect": False, "max_reconnect_attempts": 0, "error_cb": note}
    client = Client()
    try:
        try:
            async with asyncio.timeout(CONNECT_SECONDS):
                await client.connect(**options)
        except (nats.errors.Error, OSError, TimeoutError) as error:
            raise refusals[-1] if refusals else error from None
        yield client
    finally:
        await client.close()


async def reload(settings: OperatorSettings) -> None:
    """Have every server of the cluster read its configuration again."""
    if settings.nats_reload_password is None:
        raise OperatorError("TIDINGS_NATS_RELOAD_PASSWORD is missing: the password of the user `reload` of NATS.")
    try:
        async with connected(settings, RELOAD_USER, settings.nats_reload_password) as client:
            for server in await _servers(client):
                answer = await client.request(f"$SYS.REQ.SERVER.{server}.RELOAD", timeout=ANSWER_SECONDS)
                if error := json.loads(answer.data).get("error"):
                    raise OperatorError(
                        f"NATS refuses its configuration and keeps the one before: {error['description']}"
                    )
    except (nats.errors.Error, OSError, TimeoutError) as error:
        raise OperatorError(
            f"NATS at {settings.nats_url} was not asked to read its configuration again: {reason(error)}. "
            "Start it, or correct TIDINGS_NATS_URL and TIDINGS_NATS_RELOAD_PASSWORD."
        ) from error


async def _servers(client: Client) -> list[str]:
    """The ids of all servers."""
    inbox = client.new_inbox()
    answers = await client.subscribe(inbox)
    await client.publish("$SYS.REQ.SERVER.PING.IDZ", reply=inbox)
    found = [json.loads((await answers.next_msg(ANSWER_SECONDS)).data)["id"]]
    while True:
        try:
            found.append(json.loads((await answers.next_msg(QUIET_SECONDS)).data)["id"])
        except nats.errors.TimeoutError:
            return found
