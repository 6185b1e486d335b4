"""A user of NATS as tests ask after its rights: the server answers for each subject whether it may be published on or subscribed to."""

import json
import re
from collections.abc import Iterable
from typing import Any

import nats.errors
from nats.aio.client import Client

CREATE = "$JS.API.CONSUMER.CREATE.STATUS"
HARMLESS = b"{"
"""A body that no request of JetStream accepts, so that what is allowed has no effect either."""
_REFUSED = re.compile(r'permissions violation for (?:publish|subscription) to "([^"]+)"')


class NatsUser:
    """A connection as one user, on its own inbox prefix as all connect."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.client = Client()
        self._refused: list[str] = []

    async def connect(self, url: str, password: str) -> None:
        """Raises what NATS says when it does not let the user in."""

        async def note(error: Exception) -> None:
            self._refused += _REFUSED.findall(str(error).lower())

        prefix = f"_INBOX_{self.name}".encode()
        try:
            await self.client.connect(
                url, user=self.name, password=password, inbox_prefix=prefix, error_cb=note, allow_reconnect=False
            )
        except nats.errors.Error:
            await self.client.close()
            raise

    async def publishable(self, subjects: Iterable[str], payload: bytes = HARMLESS) -> set[str]:
        """Those of the subjects that the user may publish on."""
        asked = list(subjects)
        self._refused.clear()
        for subject in asked:
            await self.client.publish(subject, payload, reply=self.client.new_inbox())
        return await self._accepted(asked)

    async def subscribable(self, subjects: Iterable[str]) -> set[str]:
        """Those of the subjects that the user may subscribe to."""
        asked = list(subjects)
        self._refused.clear()
        for subject in asked:
            await self.client.subscribe(subject)
        return await self._accepted(asked)

    async def may_publish(self, subject: str, payload: bytes = b"") -> bool:
        return bool(await self.publishable([subject], payload))

    async def create_consumer(self, consumer: str, subject_filter: str, **config: Any) -> dict[str, Any]:
        """The server's answer to a create request whose subject says `subject_filter` and whose body says `config`."""
        body = {"stream_name": "STATUS", "config": {"name": consumer, "ack_policy": "none", **config}}
        answer = await self.client.request(f"{CREATE}.{consumer}.{subject_filter}", json.dumps(body).encode())
        document: dict[str, Any] = json.loads(answer.data)
        return document

    async def _accepted(self, asked: list[str]) -> set[str]:
        # A refusal may come just behind the answer to the first ping, never behind the second.
        await self.client.flush()
        await self.client.flush()
        return {subject for subject in asked if subject.lower() not in self._refused}


def api_subjects(prefix: str, consumers: Iterable[str], filters: Iterable[str]) -> list[str]:
    """Every subject of JetStream's API, below a prefix such as `$JS.API`: on STATUS and another stream, for these consumers."""
    filters, consumers = list(filters), list(consumers)
    of_account = [
        "INFO",
        "STREAM.NAMES",
        "STREAM.LIST",
        "META.LEADER.STEPDOWN",
        "SERVER.REMOVE",
        "ACCOUNT.PURGE.TIDINGS",
    ]
    of_account += ["ACCOUNT.STREAM.MOVE.TIDINGS.STATUS", "ACCOUNT.STREAM.CANCEL_MOVE.TIDINGS.STATUS"]
    of_stream = ["STREAM.CREATE", "STREAM.UPDATE", "STREAM.INFO", "STREAM.DELETE", "STREAM.PURGE", "STREAM.SNAPSHOT"]
    of_stream += [
        "STREAM.RESTORE",
        "STREAM.MSG.GET",
        "STREAM.MSG.DELETE",
        "STREAM.PEER.REMOVE",
        "STREAM.LEADER.STEPDOWN",
    ]
    of_stream += ["DIRECT.GET", "CONSUMER.NAMES", "CONSUMER.LIST", "CONSUMER.CREATE"]
    of_consumer = [
        "INFO",
        "DELETE",
        "PAUSE",
        "RESET",
        "UNPIN",
        "MSG.NEXT",
        "CREATE",
        "DURABLE.CREATE",
        "LEADER.STEPDOWN",
    ]
    return [
        f"{prefix}.{rest}"
        for rest in (
            *of_account,
            *(f"{action}.{stream}" for action in of_stream for stream in ("STATUS", "OTHER")),
            *(f"DIRECT.GET.STATUS.{subject}" for subject in filters),
            *(f"CONSUMER.{action}.STATUS.{name}" for action in of_consumer for name in consumers),
            *(f"CONSUMER.{action}.OTHER.mine" for action in of_consumer),
            *(f"CONSUMER.CREATE.STATUS.{name}.{subject}" for name in consumers for subject in filters),
        )
    ]
