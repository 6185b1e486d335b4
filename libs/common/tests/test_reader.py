"""The reader on a stream that loses its end between two connections: what it then reads is what the stream holds, without a gap."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from common.clock import now, uuid7
from common.contracts.values import Audience
from common.envelope import Envelope
from common.position import Position
from common.stream import Batch, Checkpoint, Consumer, GapError, Reader, Received, StreamState

EPOCH = "abcdefghijkl"


class ScriptedStream:
    """Gives each consumer what `messages` holds then, and ends it."""

    def __init__(self) -> None:
        self.messages: list[Received] = []
        self.caught_up = False

    def add(self, kind: str, *, expires: bool = False) -> str:
        event = Envelope(uuid7(), "acme", Audience.PUBLIC, "catalog", kind, "a", 1, now(), b"{}")
        headers = {**event.headers(), "Nats-TTL": "24h"} if expires else event.headers()
        self.messages.append(Received(len(self.messages) + 1, event.subject, headers, event.data))
        return str(event.id)

    async def state(self) -> StreamState:
        return StreamState(EPOCH, len(self.messages))

    @asynccontextmanager
    async def consumer(self, name: str, subject: str, start: int, batch_size: int) -> AsyncIterator[Consumer]:
        self._waiting = self.messages[start - 1 :]
        self.caught_up = not self._waiting
        yield self

    async def next(self) -> Sequence[Received]:
        if not self._waiting:
            raise GapError
        waiting, self._waiting = self._waiting, []
        self.caught_up = True
        return waiting


async def read(reader: Reader, stream: ScriptedStream) -> list[Batch]:
    """Everything there is now."""
    found = []
    async for batch in reader.batches():
        found.append(batch)
        if batch.messages and batch.messages[-1].position.offset == len(stream.messages):
            break
    return found


def reader_of(stream: ScriptedStream) -> Reader:
    return Reader(stream, name="test", subject="status.*.public.>", after=Checkpoint(Position(EPOCH, 0), None))


async def test_it_goes_on_where_it_was_when_nothing_was_lost() -> None:
    stream = ScriptedStream()
    reader = reader_of(stream)
    stream.add("service.created")
    stream.add("page.changed", expires=True)
    await read(reader, stream)
    last = stream.add("service.updated")
    [batch] = await read(reader, stream)
    assert [message.headers["ce-id"] for message in batch.messages] == [last]


async def test_an_end_that_was_lost_and_written_over_is_noticed_also_where_only_expiring_messages_were() -> None:
    stream = ScriptedStream()
    reader = reader_of(stream)
    stream.add("service.created")
    stream.add("page.changed", expires=True)
    await read(reader, stream)
    del stream.messages[1:]
    new = [stream.add("service.updated"), stream.add("service.updated")]
    restart, batch = await read(reader, stream)
    assert restart.restarted == Position(EPOCH, 0)
    assert [message.headers["ce-id"] for message in batch.messages][1:] == new
