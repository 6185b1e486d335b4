"""The client of `fanout.py`, one for all servers: sockets that are read by one loop which does as little as it can."""

import json
import select
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field

import cpu
from sockets import end_of_frame

MARK = b"tidings-mark"
WAVE = 50


@dataclass
class Server:
    kind: str
    port: int
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)
    sockets: list[socket.socket] = field(default_factory=list)

    def cpu(self) -> float:
        """Seconds that it computed so far, all threads."""
        return sum(cpu.of_threads(process.pid) for process in self.processes)

    def memory(self) -> int:
        """KB that are resident, once garbage is collected."""
        self.ask("POST", "/settle")
        return cpu.resident(self.processes[0].pid)

    def ask(self, method: str, path: str) -> bytes:
        with socket.create_connection(("127.0.0.1", self.port)) as asking:
            asking.sendall(
                f"{method} {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode()
            )
            answer = b""
            while b"\r\n\r\n" not in answer or not _is_complete(answer):
                chunk = asking.recv(1 << 20)
                if not chunk:
                    break
                answer += chunk
        return answer.partition(b"\r\n\r\n")[2]

    def path(self, ticket: str | None) -> str:
        if self.kind == "socketio":
            return "/socket.io/?EIO=4&transport=websocket"
        return "/realtime/v1/acme" + (f"?ticket={ticket}" if ticket else "")


def _is_complete(answer: bytes) -> bool:
    head, _, body = answer.partition(b"\r\n\r\n")
    size = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    return bool(size) and len(body) >= int(size[0].split(b":")[1])


class Client:
    """All sockets to all servers, read by one loop that does as little as it can."""

    def __init__(self) -> None:
        self._poll = select.epoll()
        self._sockets: dict[int, socket.socket] = {}
        self._servers: dict[int, Server] = {}
        self._tails: dict[int, bytes] = {}
        self.seen = 0

    def connect(self, server: Server, count: int, tickets: list[str] | None = None, *, polls: bool = False) -> None:
        """So many sockets more. `polls`: Socket.IO as its own client does it unless it is told otherwise, by polling first."""
        for begin in range(0, count, WAVE):
            self.read()  # pings of other servers
            wave = []
            for number in range(begin, min(begin + WAVE, count)):
                opened = socket.create_connection(("127.0.0.1", server.port))
                path = server.path(tickets[number] if tickets else None)
                if polls:
                    path += f"&sid={_polled(opened)}"
                    opened.close()
                    opened = socket.create_connection(("127.0.0.1", server.port))
                opened.sendall(
                    f"GET {path} HTTP/1.1\r\nHost: localhost:{server.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                    "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0\r\n"
                    "Accept-Language: en-US,en;q=0.5\r\nAccept-Encoding: gzip, deflate, br\r\nCache-Control: no-cache\r\n\r\n".encode()
                )
                wave.append(opened)
            for opened in wave:
                if polls:
                    opened.sendall(_masked(0x1, b"2probe"))
                    _until(opened, b"3probe")
                    opened.sendall(_masked(0x1, b"5"))
                elif server.kind == "socketio":
                    _until(opened, b'"sid"')
                    opened.sendall(_masked(0x1, b"40"))
                    _until(opened, b'40{"sid"')
                else:
                    _until(opened, b'"hello"')
                opened.setblocking(False)
                self._sockets[opened.fileno()] = opened
                self._servers[opened.fileno()] = server
                self._poll.register(opened.fileno(), select.EPOLLIN)
            server.sockets += wave

    def disconnect(self, server: Server) -> None:
        for opened in server.sockets:
            self._poll.unregister(opened.fileno())
            del self._sockets[opened.fileno()]
            self._tails.pop(opened.fileno(), None)
            opened.close()
        server.sockets = []
        quiet = False
        while not quiet:  # the server notices, which is not what is measured
            before = server.cpu()
            self.read()
            time.sleep(0.3)  # long enough for what it still computes to show
            quiet = server.cpu() - before < 0.03

    def read_until(self, count: int) -> None:
        """Read whatever comes to any socket until so many events did."""
        while self.seen < count:
            if not self.read(30):
                raise TimeoutError(f"{count - self.seen} events are missing")

    def read(self, seconds: float = 0) -> bool:
        """What came to any socket, waiting so long for something; whether there was anything."""
        ready = self._poll.poll(seconds, 4096)
        for number, _ in ready:
            data = self._sockets[number].recv(1 << 18)
            if not data:
                raise ConnectionError(f"{self._servers[number].kind} ended a socket: {self._tails.get(number)!r}")
            if number in self._tails:
                data = self._tails.pop(number) + data
            # Whole events and nothing else, mostly: then there is no need to look at frames.
            if data.endswith((b"}", b"]")) and b"\x89" not in data:
                self.seen += data.count(MARK)
            else:
                self._read_frames(number, data)
        return bool(ready)

    def _read_frames(self, number: int, data: bytes) -> None:
        while (end := end_of_frame(data)) is not None:
            frame, data = data[:end], data[end:]
            self.seen += frame.count(MARK)
            if frame[0] == 0x89:
                self._sockets[number].send(_masked(0xA, frame[2:]))
            elif frame[0] == 0x88:
                self._tails[number] = frame  # so that it can be said why
                return
            elif frame == b"\x81\x012":  # Engine.IO's own ping
                self._sockets[number].send(_masked(0x1, b"3"))
        if data:
            self._tails[number] = data

    def send(self, server: Server, burst: int, times: int) -> list[float]:
        """Events to all sockets of a server, so many at once; how long the last socket waited each time, in ms."""
        waits = []
        for _ in range(times):
            began, before = time.perf_counter(), self.seen
            for process in server.processes:
                process.send_signal(signal.SIGHUP if burst == 1 else signal.SIGUSR2)
            self.read_until(before + burst * len(server.sockets))
            waits.append((time.perf_counter() - began) * 1000)
        return waits


def _polled(opened: socket.socket) -> str:
    """A session of Socket.IO that was opened by polling, in the namespace."""

    def ask(method: str, sid: str, body: str = "") -> str:
        head = f"{method} /socket.io/?EIO=4&transport=polling{sid} HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
        opened.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n{body}".encode())
        answer = b""
        while not _is_complete(answer):
            answer += opened.recv(65536)
        return answer.partition(b"\r\n\r\n")[2].decode()

    sid = json.loads(ask("GET", "")[1:])["sid"]
    assert ask("POST", f"&sid={sid}", "40") == "ok"
    assert ask("GET", f"&sid={sid}").startswith("40")
    return str(sid)


def _until(opened: socket.socket, mark: bytes) -> None:
    data = b""
    while mark not in data:
        chunk = opened.recv(65536)
        assert chunk, data
        data += chunk


def _masked(opcode: int, payload: bytes) -> bytes:
    return bytes([0x80 | opcode, 0x80 | len(payload), 0, 0, 0, 0]) + payload
