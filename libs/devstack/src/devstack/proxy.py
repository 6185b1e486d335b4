"""A TCP proxy that a fault can be put on: what crosses a network in production crosses this on one machine."""

import asyncio
from contextlib import suppress


class Proxy:
    """Forwards `host`:`port` to 127.0.0.1:`target` until it is told otherwise. Connections that exist feel a fault too."""

    def __init__(self, target: int, host: str = "127.0.0.1") -> None:
        self.host = host
        self.port = 0
        self._target = target
        self._open = asyncio.Event()
        self._open.set()
        self._refusing = False
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._accept, self.host, 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def hold(self) -> None:
        """Let nothing through, and tell nobody: as when packets are dropped."""
        self._open.clear()

    def cut(self) -> None:
        """End every connection and refuse new ones: as when the other host is gone."""
        self._refusing = True
        for writer in list(self._writers):
            writer.transport.abort()

    def heal(self) -> None:
        self._refusing = False
        self._open.set()

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refusing:
            writer.transport.abort()
            return
        try:
            await self._open.wait()
            onward_reader, onward_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, onward_writer}
        try:
            async with asyncio.TaskGroup() as both:
                both.create_task(self._pump(reader, onward_writer))
                both.create_task(self._pump(onward_reader, writer))
        except* OSError:
            pass
        finally:
            for end in (writer, onward_writer):
                self._writers.discard(end)
                end.transport.abort()

    async def _pump(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            await self._open.wait()
            writer.write(data)
            await writer.drain()
        with suppress(OSError):
            writer.write_eof()
