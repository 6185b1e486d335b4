"""What sockets cost the edge: an event that goes through it to all of them, opening one, and keeping one.

    ulimit -n 20000; python benchmarks/edge_sockets.py [--sockets 500] [--rounds 3]

The gateway is `fanout.py`'s lean one, asked directly, and through Caddy or nginx in several ways; all share one processor and the client of `fanout.py` has another.
In each round each way has its turn: sockets are opened, sent to event by event and in bursts of 8, and closed. CPU is that of the
proxy, with that of the gateway behind it; the best round counts. Memory is what the sockets add to the proxy since it started, in the first
round and at most: what is closed leaves garbage, which Go lets stand for a while, so the second is what a limit must leave room for.
"""

import argparse
import os
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cpu
import fanout
from edge import SHIPS, Variant
from fanout_client import WAVE, Client, Server
from public_read import running

from devstack.processes import free_port

MESSAGES = 60_000
"""About so many go each way in each round."""
_BUFFER = "stream_buffer_size 8KiB"
WAYS = {
    SHIPS: Variant(),
    "GOGC=100": Variant(variables={"GOGC": "100"}),
    "stream_buffer_size 32KiB": Variant({_BUFFER: ""}),
    "the same, GOGC=100": Variant({_BUFFER: ""}, {"GOGC": "100"}),
    "bare reverse_proxy": Variant({"\timport routes\n": "\treverse_proxy {$REALTIME_GATEWAY_UPSTREAM}\n"}),
}
_NGINX = """
daemon off; master_process off; pid {home}/nginx.pid; error_log {home}/nginx.log; worker_rlimit_nofile 65536;
events {{ worker_connections 65536; }}
http {{
    access_log off;
    client_body_temp_path {home}; proxy_temp_path {home}; fastcgi_temp_path {home}; uwsgi_temp_path {home}; scgi_temp_path {home};
    proxy_http_version 1.1; proxy_set_header Connection upgrade; proxy_set_header Upgrade $http_upgrade; proxy_read_timeout 1h;
    server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://127.0.0.1:{gateway}; }} }}
}}
"""


@dataclass
class Way:
    name: str
    pid: int | None
    server: Server
    """The gateway, at the port where it is reached in this way."""

    def cpu(self) -> float:
        """Seconds of the proxy, by the scheduler's clock."""
        return cpu.of_threads(self.pid) if self.pid is not None else 0.0

    def memory(self) -> int:
        """KB that are resident of it."""
        return cpu.resident(self.pid or self.server.processes[0].pid)


def compare(client: Client, ways: list[Way], sockets: int, rounds: int) -> None:
    figures: dict[tuple[str, str], list[tuple[float, float]]] = {}

    def note(way: Way, what: str, work: Callable[[], object], times: int) -> None:
        before = way.cpu(), way.server.cpu()
        work()
        spent = way.cpu() - before[0], way.server.cpu() - before[1]
        figures.setdefault((what, way.name), []).append((spent[0] * 1e6 / times, spent[1] * 1e6 / times))

    for way in ways:  # so that nobody is measured while it warms up
        client.connect(way.server, WAVE)
        client.send(way.server, fanout.BURST, 20)
        client.disconnect(way.server)
    empty = {way.name: way.memory() for way in ways}
    memory: dict[str, list[float]] = {way.name: [] for way in ways}
    for _ in range(rounds):
        for way in ways:
            note(way, "a handshake", partial(client.connect, way.server, sockets), sockets)
            for what, burst in (
                ("a message, event by event", 1),
                (f"a message, bursts of {fanout.BURST}", fanout.BURST),
            ):
                times = max(1, MESSAGES // sockets // burst)
                note(way, what, partial(client.send, way.server, burst, times), sockets * burst * times)
            memory[way.name].append((way.memory() - empty[way.name]) / sockets)
            client.disconnect(way.server)
    for name, each in memory.items():
        print(f"KB of memory a socket       {name:<26}{each[0]:8.1f} at first, {max(each):8.1f} at most")
    for (what, name), spent in figures.items():
        proxy, gateway = min(spent, key=sum)
        print(f"{what:<28}{name:<26}{proxy:8.2f} µs of the proxy, {gateway:8.2f} µs of the gateway")
    print(f"load of the machine {os.getloadavg()[0]:.1f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sockets", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--size", type=int, default=500, help="bytes of an event's data")
    arguments = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    with tempfile.TemporaryDirectory(prefix="tidings-benchmark-") as name, ExitStack() as started:
        home = Path(name)
        gateway = fanout.start("lean", free_port(), home, arguments.size, cores[:1])
        started.callback(fanout.stop, [gateway])
        os.sched_setaffinity(0, cores[:1])
        ways = [Way("directly", None, gateway)]
        for number, (label, variant) in enumerate(WAYS.items()):
            caddy = variant.caddy(home / f"edge-{number}", {"realtime-gateway": f"127.0.0.1:{gateway.port}"})
            caddy.start()
            started.callback(caddy.stop)
            assert caddy.process is not None
            ways.append(Way(label, caddy.process.pid, Server("lean", caddy.port, gateway.processes)))
        port, config = free_port(), home / "nginx.conf"
        config.write_text(_NGINX.format(home=home, port=port, gateway=gateway.port))
        pid = started.enter_context(running(["nginx", "-c", config]))
        ways.append(Way("nginx", pid, Server("lean", port, gateway.processes)))
        os.sched_setaffinity(0, {cores[-1]})
        compare(Client(), ways, arguments.sockets, arguments.rounds)


if __name__ == "__main__":
    main()
