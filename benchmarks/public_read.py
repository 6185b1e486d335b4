"""What a read of the page costs, beside nginx that serves the same bytes from files, plain FastAPI, our own ordinary way, and behind the edge.

    python benchmarks/public_read.py [--seconds 1] [--rounds 7]

A page of 20 services and 2 incidents, and the aggregate behind it: as they are, as gzip, and as a 304 to whoever has them; and the page as gzip
and 304 with another head each time, as it comes from many visitors, which nothing that is remembered of heads can help with. One client (wrk)
asks for all on 32 open connections, from a processor of its own; servers have another one. Each server has its turn in every round.

What counts is CPU time of the server for each answer, the median of the rounds, and its ratio to nginx's in the same run. wrk and nginx are Debian's:
apt-get install wrk nginx-light. Real PostgreSQL, real nats-server, the edge as it ships.
"""

import argparse
import asyncio
import gzip
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cpu
import httpx
import uvicorn
from fastapi import FastAPI, Request
from starlette.responses import Response

from devstack.caddy import Caddy
from devstack.processes import free_port
from devstack.scenario import Cluster, Organization
from devstack.teststack import Process, Stack, eventually, temporary_stack

SERVICES = 20
CONNECTIONS = 32
SERVED = {"page.html": "/p/acme/", "aggregate.json": "/api/public/v1/pages/acme"}
HEADS = 20_000
"""Many more than anybody remembers."""
_EDGE = Path(__file__).parents[1] / "deploy" / "Caddyfile"
_REQUESTS = re.compile(r"(\d+) requests in")
_OWN = {"date", "content-length", "content-type", "content-encoding", "etag", "vary"}

_NGINX = """
daemon off; master_process off; pid {home}/nginx.pid; error_log {home}/nginx.log;
events {{ worker_connections 1024; }}
http {{
    access_log off; keepalive_requests 100000000; sendfile on; tcp_nopush on; gzip_static on; gzip_vary on;
    client_body_temp_path {home}; proxy_temp_path {home}; fastcgi_temp_path {home}; uwsgi_temp_path {home}; scgi_temp_path {home};
    {headers}
    root {home}; types {{ text/html html; application/json json; }}
    server {{ listen 127.0.0.1:{port}; }}
    server {{ listen 127.0.0.1:{tuned_port}; open_file_cache max=100; }}
}}
"""

_OTHER_HEADS = """
local n = 0
request = function()
    n = n % {count} + 1
    wrk.headers["X-Forwarded-For"] = "198.51." .. math.floor(n / 250) .. "." .. (n % 250)
    return wrk.format()
end
"""


@dataclass(frozen=True)
class Server:
    name: str
    port: int
    paths: Mapping[str, str]
    programs: Mapping[str, int]
    """The process ids of all that work for an answer."""

    def url(self, served: str) -> str:
        return f"http://127.0.0.1:{self.port}{self.paths[served]}"


@dataclass(frozen=True)
class Kind:
    name: str
    served: str
    coding: str
    has_it: bool = False
    other_heads: bool = False


KINDS = [
    *(Kind(f"{Path(served).stem}, {coding}", served, coding) for served in SERVED for coding in ("identity", "gzip")),
    *(Kind(f"{Path(served).stem}, 304", served, "gzip", has_it=True) for served in SERVED),
    Kind("page, gzip, other heads", "page.html", "gzip", other_heads=True),
    Kind("page, 304, other heads", "page.html", "gzip", has_it=True, other_heads=True),
]


class Client:
    def __init__(self, processor: int, home: Path, connections: int = CONNECTIONS) -> None:
        self._command = ["taskset", "-c", str(processor), "wrk", "-t1", f"-c{connections}"]
        self._script = home / "heads.lua"
        self._script.write_text(_OTHER_HEADS.format(count=HEADS))

    def ask(self, server: Server, kind: Kind, seconds: int) -> int:
        """How many answers there were."""
        headers = {"Accept-Encoding": kind.coding}
        with httpx.Client(trust_env=False) as http:
            tag = [http.get(server.url(kind.served), headers=headers).headers["etag"] for _ in range(2)][-1]
            answer = http.get(
                server.url(kind.served), headers=headers | ({"If-None-Match": tag} if kind.has_it else {})
            )
        is_right = (answer.status_code == 304) == kind.has_it
        if not is_right or answer.headers.get("content-encoding", "identity") not in (kind.coding, "identity"):
            raise RuntimeError(f"{server.name} answers {kind.name} with {answer.status_code} {answer.headers}")
        if kind.has_it:
            headers["If-None-Match"] = tag
        options = [option for name, value in headers.items() for option in ("-H", f"{name}: {value}")]
        script = ["-s", str(self._script)] if kind.other_heads else []
        command = [*self._command, f"-d{seconds}s", *options, *script, server.url(kind.served)]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        if (found := _REQUESTS.search(said)) is None or "Non-2xx" in said or "Socket errors" in said:
            raise RuntimeError(f"{server.name}, {kind.name}: {said}")
        return int(found[1])


def spent(servers: Sequence[Server], kind: Kind, client: Client, rounds: int, seconds: int) -> dict[str, list[float]]:
    """µs of CPU that each program computed for an answer, in each round."""
    each: dict[str, list[float]] = {name: [] for server in servers for name in server.programs}
    for _ in range(rounds):
        for server in servers:
            before = {name: cpu.of_process(pid) for name, pid in server.programs.items()}
            answered = client.ask(server, kind, seconds)
            for name, pid in server.programs.items():
                each[name].append((cpu.of_process(pid) - before[name]) / answered * 1e6)
    return each


def measure(servers: Sequence[Server], client: Client, rounds: int, seconds: int) -> None:
    print(f"{'CPU µs an answer':<26}" + "".join(f"{name:>16}" for server in servers for name in server.programs))
    for kind in KINDS:
        rows = spent(servers, kind, client, rounds, seconds)
        medians = {name: statistics.median(each) for name, each in rows.items()}
        print(f"{kind.name:<26}" + "".join(f"{each:16.1f}" for each in medians.values()))
        print(f"{'  times nginx':<26}" + "".join(f"{each / medians['nginx']:16.2f}" for each in medians.values()))
        print(
            f"{'  least and most':<26}" + "".join(f"{min(each):9.1f}-{max(each):6.1f}" for each in rows.values()),
            flush=True,
        )


@contextmanager
def running(command: Sequence[str | Path], variables: Mapping[str, str] | None = None) -> Iterator[int]:
    process = subprocess.Popen(command, env={**os.environ, **(variables or {})})
    try:
        yield process.pid
    finally:
        process.kill()
        process.wait()


def nginx(home: Path, source: str, port: int, tuned_port: int) -> Path:
    """The configuration that serves what is at the source now; at one of the ports nginx keeps files open."""
    with httpx.Client(trust_env=False) as http:
        for served, path in SERVED.items():
            answer = http.get(source + path, headers={"Accept-Encoding": "identity"})
            name = home / served
            name.write_bytes(answer.content)
            name.with_name(f"{name.name}.gz").write_bytes(gzip.compress(answer.content, 6))
    said = [(name, value) for name, value in answer.headers.items() if name not in _OWN]
    config = home / "nginx.conf"
    headers = "\n".join(f"add_header {name} {value!r};" for name, value in said)
    config.write_text(_NGINX.format(home=home, port=port, tuned_port=tuned_port, headers=headers))
    return config


def plain_fastapi(source: str, port: int) -> None:
    """What one writes first: a route for each, that answers bytes."""
    app = FastAPI()
    with httpx.Client(trust_env=False) as http:
        for path in SERVED.values():
            plain = http.get(source + path, headers={"Accept-Encoding": "identity"})
            headers = {name: value for name, value in plain.headers.items() if name not in {"date", "content-length"}}
            packed = gzip.compress(plain.content, 6)

            async def read(
                request: Request,
                plain: bytes = plain.content,
                packed: bytes = packed,
                headers: dict[str, str] = headers,
            ) -> Response:
                if request.headers.get("if-none-match") == headers["etag"]:
                    return Response(status_code=304, headers=headers)
                if "gzip" in request.headers.get("accept-encoding", ""):
                    return Response(packed, headers={**headers, "Content-Encoding": "gzip"})
                return Response(plain, headers=headers)

            app.get(path)(read)
    uvicorn.run(app, port=port, loop="uvloop", http="httptools", log_level="error", access_log=False)


def without_lane() -> None:
    """public-api, but for its fast lane."""
    from common import server
    from common.settings import Settings, load
    from public_api.app import create_app

    server.run(create_app(), load(Settings))


async def answers(url: str) -> bool:
    try:
        async with httpx.AsyncClient(trust_env=False) as http:
            return (await http.get(url)).status_code == 200
    except httpx.TransportError:
        return False


@asynccontextmanager
async def page(stack: Stack) -> AsyncIterator[Process]:
    """public-api, with the page that is asked for."""
    cluster = Cluster(stack)
    try:
        await cluster.start()
        acme = Organization(cluster, "acme")
        await acme.provision(services=SERVICES)
        for _ in range(2):
            # Of no service: days go on counting while one is down, and the page would change meanwhile.
            await acme.open_incident([])

        async def is_complete() -> bool:
            return len((await acme.aggregate())["incidents"]) == 2

        await eventually(is_complete, "the page shows both incidents")
        yield cluster["public-api"]
    finally:
        cluster.stop()


async def compare(stack: Stack, processor: int, rounds: int, seconds: int) -> None:
    home = stack.state
    async with page(stack) as ours, AsyncExitStack() as started:
        edge = Caddy(home / "edge", free_port(), _EDGE, ["127.0.0.1"], {"public-api": f"127.0.0.1:{ours.port}"}, log_path=home / "edge.log")  # fmt: skip
        edge.start()
        started.callback(edge.stop)
        assert edge.process is not None
        ports = {name: free_port() for name in ("nginx", "tuned", "ordinary", "fastapi")}
        own = stack.environment("public-api", ports["ordinary"])
        script = [sys.executable, __file__]
        pids = {
            "nginx": started.enter_context(
                running(["nginx", "-c", nginx(home, ours.url, ports["nginx"], ports["tuned"])])
            ),
            "ordinary": started.enter_context(running([*script, "--without-lane"], own)),
            "fastapi": started.enter_context(running([*script, "--fastapi", ours.url, str(ports["fastapi"])])),
        }
        files = {served: f"/{served}" for served in SERVED}
        servers = [
            Server("nginx", ports["nginx"], files, {"nginx": pids["nginx"]}),
            Server("nginx with open files", ports["tuned"], files, {"its files open": pids["nginx"]}),
            Server("lane", ours.port, SERVED, {"lane": ours.pid}),
            Server("ordinary", ports["ordinary"], SERVED, {"ordinary way": pids["ordinary"]}),
            Server("fastapi", ports["fastapi"], SERVED, {"plain FastAPI": pids["fastapi"]}),
            Server("edge", edge.port, SERVED, {"behind edge": ours.pid, "edge": edge.process.pid}),
        ]
        for server in servers:
            for served in SERVED:
                await eventually(partial(answers, server.url(served)), f"{server.name} answers")
        measure(servers, Client(processor, home), rounds, seconds)


def apart() -> int:
    """The client's processor. What is started from now on has another one, all together."""
    missing = [program for program in ("wrk", "nginx", "taskset") if shutil.which(program) is None]
    processors = sorted(os.sched_getaffinity(0))
    if missing or len(processors) < 2:
        sys.exit(
            f"This needs two processors, and {', '.join(missing) or 'all programs are there'}: apt-get install wrk nginx-light"
        )
    os.sched_setaffinity(0, processors[:1])
    return processors[1]


def main() -> None:
    if sys.argv[1:2] == ["--fastapi"]:
        plain_fastapi(sys.argv[2], int(sys.argv[3]))
    elif sys.argv[1:2] == ["--without-lane"]:
        without_lane()
    else:
        parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
        parser.add_argument("--seconds", type=int, default=1)
        parser.add_argument("--rounds", type=int, default=7)
        arguments = parser.parse_args()
        processor = apart()
        with tempfile.TemporaryDirectory(prefix="tidings-benchmark-") as home, temporary_stack(Path(home)) as stack:
            asyncio.run(compare(stack, processor, arguments.rounds, arguments.seconds))


if __name__ == "__main__":
    main()
