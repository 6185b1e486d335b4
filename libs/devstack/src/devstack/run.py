"""`make run`: bring everything up in order, say how long each step took, then watch until Ctrl-C.

PostgreSQL with its migrations and NATS with its topology come up side by side; the services and the edge follow
together. Whatever happens, the last thing done is to stop all that was started.
"""

import asyncio
import contextlib
import json
import signal
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager

import httpx

from devstack import demo, hello, lock
from devstack.errors import DevstackError
from devstack.processes import end, marked, port_is_free
from devstack.server import Server
from devstack.stack import DATABASE, PROCESSES, SERVICES, STATE_MARK, Stack
from devstack.supervisor import Program, Supervisor, read_procfile

_MIGRATE = "python -m common.migrate catalog identity incidents maintenance public_api"
_DECLARE = "python -m common.topology"
# What the others need to end cleanly, so it ends after them.
_LAST_TO_STOP = ("postgres", "nats")
_REMIND_EVERY = 20.0  # a slow machine alone is nothing to warn of


async def run(stack: Stack) -> None:
    """Run the stack until SIGINT, SIGTERM or SIGHUP."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(name, stopping.set)
    with lock.held(stack.lock, stack.port):
        # What a killed supervisor may have left; PostgreSQL first, because it alone is asked politely.
        stack.postgres().end_leftovers(signal.SIGINT)
        end(lambda: marked(f"{STATE_MARK}={stack.state}"), signal.SIGKILL)
        _require_free_ports(stack)
        supervisor = Supervisor(_warn)
        try:
            bring_up_and_watch = _bring_up(stack, supervisor, stopping)
            await _together(bring_up_and_watch, supervisor.failure(), stopping.wait(), until=asyncio.FIRST_COMPLETED)
        finally:
            _say("\nStopping …")
            with _timed("Everything stopped"):
                await supervisor.stop(last=_LAST_TO_STOP)


async def _bring_up(stack: Stack, supervisor: Supervisor, stopping: asyncio.Event) -> None:
    began = time.monotonic()
    _say(f"Starting Tidings in {stack.state}")
    commands = read_procfile(stack.root / "Procfile")
    programs = {name: _program(stack, name, command) for name, command in commands.items()}

    async def storage() -> None:
        with _timed("PostgreSQL"):
            postgres = stack.postgres()
            supervisor.start(programs.pop("postgres"))
            await _server_is_ready(postgres)
            await asyncio.to_thread(postgres.create_database, DATABASE)
        with _timed("Migrations"):
            await supervisor.run_once(_program(stack, "migrate", _MIGRATE))

    async def messaging() -> None:
        with _timed("NATS"):
            supervisor.start(programs.pop("nats"))
            await _server_is_ready(stack.nats())
        with _timed("Stream and consumers"):
            topology = programs["topology"]
            await supervisor.run_once(_program(stack, topology.name, _DECLARE))

    await _together(storage(), messaging(), until=asyncio.FIRST_EXCEPTION)
    with _timed("Services and edge"):
        for program in programs.values():
            supervisor.start(program)
        await _services_are_ready(stack)
        await _server_is_ready(stack.edge())
    if not demo.is_filled(stack):
        with _timed("Demo organizations acme and globex"):
            await demo.fill(stack)
    _say(f"Ready after {time.monotonic() - began:.1f} s. Ctrl-C ends it.\n")
    try:
        _say(await hello.text(stack))
    except httpx.HTTPError as error:
        _warn(f"The aggregate does not answer just now ({error}): type `make hello` in a moment.")
    await stopping.wait()


def _program(stack: Stack, name: str, command: str) -> Program:
    stop_signal = signal.SIGINT if name == "postgres" else signal.SIGTERM
    return Program(name, command, stack.root, stack.environment(name), stack.log_of(name), stop_signal)


def _require_free_ports(stack: Stack) -> None:
    for name in PROCESSES:
        port = stack.port_of(name)
        if not port_is_free(port):
            raise DevstackError(
                f"Port {port} is in use, and {name} needs it: end what uses it, or take other ports, for example "
                f"`make run PORT={9000 if stack.port != 9000 else 9100}`."
            )


async def _server_is_ready(server: Server) -> None:
    # ASYNC110 would have an Event, but only asking the server tells whether it answers.
    while not await asyncio.to_thread(server.is_ready):  # noqa: ASYNC110 - see above
        await asyncio.sleep(0.02)


async def _services_are_ready(stack: Stack) -> None:
    """Wait for every service's readiness, and say each 20 s what the missing ones say they lack."""
    waiting = dict.fromkeys(SERVICES, "does not answer yet")
    reminder = time.monotonic() + _REMIND_EVERY
    async with httpx.AsyncClient(trust_env=False, timeout=2) as client:
        while waiting:
            for service in list(waiting):
                reason = await _why_not_ready(client, f"http://127.0.0.1:{stack.port_of(service)}/health/ready")
                if reason is None:
                    del waiting[service]
                else:
                    waiting[service] = reason
            if waiting and time.monotonic() > reminder:
                for service, reason in waiting.items():
                    _warn(f"{service} is not ready: {reason}. Its log is {stack.log_of(service)}")
                reminder = time.monotonic() + _REMIND_EVERY
            await asyncio.sleep(0.05)


async def _why_not_ready(client: httpx.AsyncClient, url: str) -> str | None:
    try:
        answer = await client.get(url)
    except httpx.TransportError:
        return "does not answer yet"
    if answer.status_code == httpx.codes.OK:
        return None
    with contextlib.suppress(json.JSONDecodeError):
        return json.dumps(answer.json())
    return f"answers {answer.status_code}"


async def _together(*coroutines: Coroutine[None, None, object], until: str) -> None:
    """Run all until one is done (FIRST_COMPLETED) or fails (FIRST_EXCEPTION); cancel the rest, raise what was raised."""
    tasks = [asyncio.ensure_future(coroutine) for coroutine in coroutines]
    try:
        done, _ = await asyncio.wait(tasks, return_when=until)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()


@contextmanager
def _timed(step: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    _say(f"  {step} … {time.monotonic() - began:.1f} s")


def _warn(line: str) -> None:
    _say(f"! {line}")


def _say(text: str) -> None:
    with contextlib.suppress(BrokenPipeError):
        print(text, flush=True)
