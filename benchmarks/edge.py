"""What the edge costs, and what of it costs that: the configuration that ships, the same with one thing otherwise, and others in its place.

    python benchmarks/edge.py [--seconds 1] [--rounds 5] [--connections 32] [--apart] [--only "as it ships" "bare reverse_proxy"]

The page of `public_read.py`, asked for in the same way: one client (wrk) on its own processor, Caddy or nginx and public-api share another one, each has its
turn in every round; with --apart public-api is on the client's processor, and the edge alone on its own. What is told are medians of CPU for each answer, in µs: of the edge, its ratio to the edge as it ships in the same round, the least and
the most, and of public-api behind it. Then what nginx as a cache says while a page changes and while public-api is away.
"""

import argparse
import asyncio
import os
import statistics
import tempfile
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx
from public_read import CONNECTIONS, KINDS, SERVED, Client, Server, answers, apart, page, running, spent

from devstack.caddy import Caddy
from devstack.processes import free_port
from devstack.teststack import Process, Stack, eventually, temporary_stack

SHIPS = "as it ships"
_DEPLOY = Path(__file__).parents[1] / "deploy"
_FILES = ("Caddyfile", "edge/options.caddy", "edge/routes.caddy")
_ROUTES, _TRANSPORT, _PROXY = "\timport routes\n", "keepalive 3s", "lb_policy round_robin"
_UPSTREAM = "{$PUBLIC_API_UPSTREAM}"


@dataclass(frozen=True)
class Variant:
    """The configuration that ships, with some texts of it replaced, and with variables."""

    otherwise: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)

    def caddy(self, home: Path, upstreams: Mapping[str, str]) -> Caddy:
        texts = {name: (_DEPLOY / name).read_text() for name in _FILES}
        for shipped, other in self.otherwise.items():
            if not any(shipped in text for text in texts.values()):
                raise ValueError(f"the edge's configuration does not say {shipped!r}")
            texts = {name: text.replace(shipped, other) for name, text in texts.items()}
        for name, text in texts.items():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_text(text)
        return Caddy(
            home, free_port(), home / "Caddyfile", ["127.0.0.1"], upstreams, log_path=home / "log", variables=self.variables
        )  # fmt: skip


def _also(shipped: str, more: str) -> Variant:
    return Variant({shipped: f"{shipped}\n{more}"})


def _floor(identity: int, packed: int) -> Variant:
    """As many bytes, and nobody asked for them."""
    answer = f"""
    header ETag `"x"`
    @has header If-None-Match *
    respond @has 304
    @packed header Accept-Encoding gzip
    respond @packed {"x" * packed}
    respond {"x" * identity}
"""
    return Variant({_ROUTES: answer})


VARIANTS = {
    SHIPS: Variant(),
    "as it ships, again": Variant(),
    "without deadlines": Variant({"\t\tread_header 10s\n\t\tread_body 30s\n\t\tidle 2m\n": ""}),
    "without retries": Variant({"lb_try_duration 3s": "", "lb_try_interval 100ms": ""}),
    "without a policy": Variant({_PROXY: ""}),
    "all headers as they come": Variant({"header_up -Forwarded": "", "header_up -X-Real-IP": ""}),
    "keepalive 2m": Variant({_TRANSPORT: "keepalive 2m"}),
    "32 idle connections": Variant({"keepalive_idle_conns_per_host 1000": ""}),
    "read_buffer 16KiB": _also(_TRANSPORT, "read_buffer 16KiB"),
    "read_buffer 64KiB": _also(_TRANSPORT, "read_buffer 64KiB"),
    "response_buffers 64KiB": _also(_PROXY, "response_buffers 64KiB"),
    "flush_interval -1": _also(_PROXY, "flush_interval -1"),
    "log not filtered": Variant({"request>uri": "nothing"}),
    "no log at all": Variant({"log {\n": "log {\n\toutput discard\n"}),
    "with an access log": Variant({_ROUTES: f"\tlog\n{_ROUTES}"}),
    "with metrics": _also("admin off", "metrics"),
    "with a request id": _also(_PROXY, "header_up X-Request-ID {http.request.uuid}"),
    "with a limit of bodies": Variant({_ROUTES: "\trequest_body {\n\t\tmax_size 1MB\n\t}\n" + _ROUTES}),
    "one route": Variant({_ROUTES: f"\timport service {_UPSTREAM}\n"}),
    "bare reverse_proxy": Variant({_ROUTES: f"\treverse_proxy {_UPSTREAM}\n"}),
    "GOGC=100": Variant(variables={"GOGC": "100"}),
    "GOGC=200": Variant(variables={"GOGC": "200"}),
    "GOGC=off, 256 MiB": Variant(variables={"GOGC": "off", "GOMEMLIMIT": "256MiB"}),
    "GOMAXPROCS=2": Variant(variables={"GOMAXPROCS": "2"}),
}
"""The second says how far two of the same are apart. Then what is ours to change, what we do not use, Caddy without us, and Go's settings."""

_NGINX = """
daemon off; master_process off; pid {home}/nginx.pid; error_log {home}/nginx.log;
events {{ worker_connections 4096; }}
http {{
    access_log off; keepalive_requests 100000000; tcp_nopush on;
    client_body_temp_path {home}; proxy_temp_path {home}; fastcgi_temp_path {home}; uwsgi_temp_path {home}; scgi_temp_path {home};
    upstream ours {{ server 127.0.0.1:{ours}; keepalive 64; keepalive_requests 100000000; }}
    upstream edge {{ server 127.0.0.1:{edge}; keepalive 64; keepalive_requests 100000000; }}
    proxy_http_version 1.1; proxy_set_header Connection ""; proxy_set_header Host $host;
    proxy_cache_path {home}/told keys_zone=told:1m; proxy_cache_path {home}/kept keys_zone=kept:1m; proxy_cache_key $host$request_uri; proxy_cache_revalidate on; proxy_cache_lock on;
    add_header X-Cache $upstream_cache_status always;
    server {{ listen 127.0.0.1:{proxy}; location / {{ proxy_pass http://ours; }} }}
    server {{ listen 127.0.0.1:{obeys}; location / {{ proxy_pass http://edge; proxy_cache told; }} }}
    proxy_cache_valid 200 1s; proxy_cache_use_stale error timeout updating http_502 http_503 http_504;
    server {{ listen 127.0.0.1:{second}; location / {{ proxy_pass http://edge; proxy_cache kept; proxy_ignore_headers Cache-Control; }} }}
}}
"""


PROXY, OBEYS, SECOND = "nginx as a proxy", "nginx, cache as told", "nginx, cache for 1 s"


def nginx(home: Path, ours: int, edge: int) -> tuple[Path, dict[str, int]]:
    """A configuration of nginx in the edge's place and before it, and where it listens for what."""
    ports = {name: free_port() for name in (PROXY, OBEYS, SECOND)}
    home.mkdir()
    config = home / "nginx.conf"
    listen = {"proxy": ports[PROXY], "obeys": ports[OBEYS], "second": ports[SECOND]}
    config.write_text(_NGINX.format(home=home, ours=ours, edge=edge, **listen))
    return config, ports


def report(servers: list[Server], client: Client, rounds: int, seconds: int) -> None:
    for kind in (kind for kind in KINDS if kind.served == "page.html" and not kind.other_heads):
        print(f"\n{kind.name}, load of the machine {os.getloadavg()[0]:.1f}")
        # nginx that keeps nothing asks without the visitor's validator all the same, and answers everything.
        able = [server for server in servers if not (kind.has_it and server.name == OBEYS)]
        rows = spent(able, kind, client, rounds, seconds)
        for server in able:
            own, *others = (rows[name] for name in server.programs)
            ratio = statistics.median(each / shipped for each, shipped in zip(own, rows[SHIPS], strict=True))
            print(
                f"  {server.name:<30}{statistics.median(own):8.1f}{ratio:7.2f}   ({min(own):.1f}-{max(own):.1f})",
                end="",
            )
            print("".join(f"{statistics.median(each):10.1f}" for each in others), flush=True)


async def tell_of_caches(ports: Mapping[str, int], ours: Process) -> None:
    """What a cache answers, and whether it was asked again; at last with nobody behind."""

    async def tell(when: str) -> None:
        async with httpx.AsyncClient(trust_env=False) as http:
            for name in (OBEYS, SECOND):
                answer = await http.get(f"http://127.0.0.1:{ports[name]}{SERVED['page.html']}")
                print(f"  {when:<18}{name:<22}{answer.status_code} {answer.headers.get('x-cache')}", flush=True)

    print("\nWhat a cache before the edge answers")
    await tell("first")
    await tell("again")
    await asyncio.sleep(1.5)  # what it kept for a second is old then, and nothing tells when
    await tell("after 1.5 s")
    ours.kill()
    await asyncio.sleep(1.5)  # so that it has to ask again, as above
    await tell("public-api away")


def move(pid: int, processor: int) -> None:
    for thread in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(thread.name), {processor})


async def compare(stack: Stack, arguments: argparse.Namespace, processor: int) -> None:
    home = stack.state
    async with page(stack) as ours, AsyncExitStack() as started:
        async with httpx.AsyncClient(trust_env=False) as http:
            url = ours.url + SERVED["page.html"]
            sizes = [
                int((await http.get(url, headers={"Accept-Encoding": each})).headers["content-length"])
                for each in ("identity", "gzip")
            ]
        servers = []
        variants = VARIANTS | {"bare respond": _floor(*sizes)}
        for number, name in enumerate(dict.fromkeys([SHIPS, *(arguments.only or variants)])):
            caddy = variants[name].caddy(home / f"edge-{number}", {"public-api": f"127.0.0.1:{ours.port}"})
            caddy.start()
            started.callback(caddy.stop)
            assert caddy.process is not None
            programs = {name: caddy.process.pid, f"{name}, public-api": ours.pid}
            servers.append(Server(name, caddy.port, SERVED, programs))
        edge = servers[0]
        config, ports = nginx(home / "nginx", ours.port, edge.port)
        pid = started.enter_context(running(["nginx", "-c", config]))
        for name, port in ports.items():
            behind = {} if name == PROXY else {f"{name}, edge": edge.programs[SHIPS]}
            servers.append(Server(name, port, SERVED, {name: pid, f"{name}, public-api": ours.pid, **behind}))
        for server in servers:
            await eventually(partial(answers, server.url("page.html")), f"{server.name} answers")
        if arguments.apart:
            move(ours.pid, processor)
        report(servers, Client(processor, home, arguments.connections), arguments.rounds, arguments.seconds)
        await tell_of_caches(ports, ours)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--connections", type=int, default=CONNECTIONS)
    parser.add_argument("--apart", action="store_true")
    parser.add_argument("--only", nargs="+", default=[], choices=[*VARIANTS, "bare respond"], metavar="VARIANT")
    arguments = parser.parse_args()
    processor = apart()
    with tempfile.TemporaryDirectory(prefix="tidings-benchmark-") as home, temporary_stack(Path(home)) as stack:
        asyncio.run(compare(stack, arguments, processor))


if __name__ == "__main__":
    main()
