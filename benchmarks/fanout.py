"""What an event costs that goes to every socket: the gateway, lean and plain, beside Socket.IO on Express, the ws package, and send() in C.

    ulimit -n 20000; python benchmarks/fanout.py [--sockets 2000] [--rounds 3] [--size 500] [--many 10000] [--only lean plain]

All servers are processes of their own on the first CPU; this one, the client of all, is on the last. In each round each server in turn is connected
to (CPU of a handshake), then sent to event by event and in bursts of 8, the next one when all sockets have the last: so nobody is slowed
down by a client that does not keep up. CPU is the servers' own, user and system, by the scheduler's clock; the best round counts, because a busy
machine makes it more and never less. Memory is what the first so many sockets add to a process that has served some before.

Socket.IO, Express and ws are installed from fanout.package.json into a temporary folder, the floor is compiled there. Then, alone: many sockets on one
gateway process, and the same on two that share the port, with the time until the last one of all has the event.
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from fanout_client import MARK, WAVE, Client, Server

HERE = Path(__file__).parent
BURST = 8
SERVERS = ("lean", "plain", "socketio", "ws", "floor")
MESSAGES = 60_000
"""About so many are sent to each server in each round and way."""


def start(kind: str, port: int, folder: Path, size: int, cores: list[int]) -> Server:
    """One process for each core, all at one port."""
    node = kind in ("socketio", "ws")
    if node:
        command = ["node", "--expose-gc", str(folder / "fanout_node.js"), kind, str(port)]
    else:
        command = [sys.executable, str(HERE / "fanout_gateway.py"), kind, str(port)]
    environment = {**os.environ, "MARK": MARK.decode(), "SIZE": str(size), "NODE_ENV": "production"}
    server = Server(kind, port)
    for core in cores:
        server.processes.append(
            subprocess.Popen(
                ["taskset", "-c", str(core), *command], env=environment, cwd=folder, stdout=subprocess.DEVNULL
            )
        )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if _listeners(port) == len(cores):  # one that answers says nothing of the other
            return server
        time.sleep(0.1)  # nothing but asking tells that all listen
    raise TimeoutError(f"{kind} does not answer")


@contextmanager
def folder_of_packages() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="tidings-fanout-") as name:
        folder = Path(name)
        for package, own in (
            ("package.json", "fanout.package.json"),
            ("package-lock.json", "fanout.package-lock.json"),
        ):
            shutil.copy(HERE / own, folder / package)
        shutil.copy(HERE / "fanout_node.js", folder)
        subprocess.run(["npm", "ci", "--no-audit", "--no-fund"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
        yield folder


def _listeners(port: int) -> int:
    rows = (line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:])
    return sum(row[1].endswith(f":{port:04X}") and row[3] == "0A" for row in rows)


def stop(servers: list[Server]) -> None:
    for server in servers:
        for process in server.processes:
            process.kill()
            process.wait()


Figures = dict[str, list[float]]


def compare(client: Client, servers: list[Server], sockets: int, rounds: int) -> None:
    figures: dict[str, Figures] = {server.kind: {} for server in servers}

    def note(server: Server, what: str, value: float) -> None:
        figures[server.kind].setdefault(what, []).append(value)

    def cpu(server: Server, what: str, work: Callable[[], object], times: int) -> None:
        before = server.cpu()
        work()
        note(server, what, (server.cpu() - before) * 1e6 / times)

    for server in servers:  # so that nobody is measured while it warms up
        client.connect(server, WAVE)
        client.send(server, BURST, 20)
        client.disconnect(server)
        before = server.memory()
        client.connect(server, sockets)
        note(server, "KB of memory a socket", (server.memory() - before) / sockets)
        client.disconnect(server)
    for number in range(rounds):
        for server in servers:
            if server.kind == "socketio":
                cpu(
                    server,
                    "µs a handshake, polling first",
                    partial(client.connect, server, sockets, polls=True),
                    sockets,
                )
                client.disconnect(server)
            if server.kind in ("lean", "plain"):
                tickets = json.loads(server.ask("GET", f"/tickets?count={sockets}"))
                cpu(server, "µs a handshake with a ticket", partial(client.connect, server, sockets, tickets), sockets)
                client.disconnect(server)
            cpu(server, "µs a handshake", partial(client.connect, server, sockets), sockets)
        for what, burst in (("µs a message, event by event", 1), (f"µs a message, bursts of {BURST}", BURST)):
            times = max(1, MESSAGES // sockets // burst)
            for server in servers:
                cpu(server, what, partial(client.send, server, burst, times), sockets * burst * times)
        for server in servers:
            client.disconnect(server)
        print(f"\nRound {number + 1} of {rounds}, load of the machine {os.getloadavg()[0]:.1f}")
        report(figures)


def report(figures: dict[str, Figures]) -> None:
    kinds = list(figures)
    print(f"{'':<34}" + "".join(f"{kind:>12}" for kind in kinds) + "    lean/socketio", flush=True)
    for what in dict.fromkeys(what for each in figures.values() for what in each):
        best = {kind: min(figures[kind][what]) for kind in kinds if what in figures[kind]}
        # Socket.IO has no tickets: its handshake without any is what ours with one is compared with.
        theirs = figures.get("socketio", {}).get(what.removesuffix(" with a ticket"))
        ratio = f"{best['lean'] / min(theirs):>17.2f}" if theirs and "lean" in best else ""
        print(
            f"{what:<34}" + "".join(f"{best[kind]:>12.2f}" if kind in best else f"{'':>12}" for kind in kinds) + ratio
        )


def many(client: Client, folder: Path, sockets: int, size: int, cores: list[int]) -> None:
    server = start("lean", 18099, folder, size, cores)
    try:
        client.connect(server, sockets)
        client.send(server, 1, 10)
        before = server.cpu()
        waits = client.send(server, 1, 100)
        cost = (server.cpu() - before) * 1e6 / sockets / 100
        spread = statistics.quantiles(waits, n=100)
        print(
            f"{sockets:,} sockets on {len(cores)} gateway process(es): last socket after {statistics.median(waits):.0f} ms (median), "
            f"{spread[98]:.0f} ms (p99 of 100 events), {cost:.1f} µs of CPU a message"
        )
        client.disconnect(server)
    finally:
        stop([server])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sockets", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--size", type=int, default=500, help="bytes of an event's data")
    parser.add_argument("--many", type=int, default=10_000)
    parser.add_argument("--only", nargs="+", choices=SERVERS, default=SERVERS)
    arguments = parser.parse_args()
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cores[-1]})
    client = Client()
    with folder_of_packages() as folder:
        servers: list[Server] = []
        try:
            for number, kind in enumerate(arguments.only):
                servers.append(start(kind, 18090 + number, folder, arguments.size, cores[:1]))
            compare(client, servers, arguments.sockets, arguments.rounds)
        finally:
            stop(servers)
        if arguments.many:
            many(client, folder, arguments.many, arguments.size, cores[:1])
            many(client, folder, arguments.many, arguments.size, [cores[0], cores[-1]])


if __name__ == "__main__":
    main()
