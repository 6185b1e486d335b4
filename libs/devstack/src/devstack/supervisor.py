"""Keeps the processes of the Procfile running, each alone: one that ends is started again, the others never notice.

Invariants: nothing survives the supervisor (the kernel ends the children of a killed one); a child's output goes only
to its own log; a child ends everything in one case only, when its very first start ends with EX_CONFIG, because a
wrong setting is not cured by starting again.
"""

import asyncio
import os
import shlex
import signal
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from devstack.errors import DevstackError
from devstack.processes import die_with_parent

_FIRST_DELAY = 0.2
_LONGEST_DELAY = 5.0
_HEALTHY_AFTER = 10.0
_ROTATE_AT = 10 * 1024 * 1024
# Longer than a service takes at most for connections that rest (5 s), goodbyes (6 s) and requests under way (10 s).
_STOP_PATIENCE = 25.0


@dataclass(frozen=True)
class Program:
    """One line of the Procfile, with where it runs and what it is told."""

    name: str
    command: str
    directory: Path
    environment: dict[str, str]
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM


def read_procfile(path: Path) -> dict[str, str]:
    """Name to command, in the order of the file. Empty lines and lines that begin with # say nothing."""
    commands = {}
    for number, line in enumerate(path.read_text().splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, colon, command = line.partition(":")
        if not colon or not command.strip():
            raise DevstackError(f"{path.name} line {number} is not of the form `name: command`: {line}")
        commands[name.strip()] = command.strip()
    return commands


class Supervisor:
    """Runs programs until `stop`. `warn` gets one line for each unexpected end."""

    def __init__(self, warn: Callable[[str], None]) -> None:
        self._warn = warn
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._running: dict[str, tuple[Program, asyncio.subprocess.Process]] = {}
        self._failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def start(self, program: Program) -> None:
        """Start it now and again whenever it ends."""
        _rotate(program.log)
        task = asyncio.create_task(self._keep_running(program), name=program.name)
        task.add_done_callback(self._note_failure)
        self._tasks[program.name] = task

    async def failure(self) -> None:
        """Wait for ever; raise DevstackError when a program's first start shows a wrong configuration."""
        await asyncio.shield(self._failure)

    async def run_once(self, program: Program) -> None:
        """Run a program that ends by itself; DevstackError with its last words unless it succeeds."""
        _rotate(program.log)
        process = await self._spawn(program)
        code = await process.wait()
        del self._running[program.name]
        if code != 0:
            raise DevstackError(f"{program.name} {_how(code)}: {_last_line(program.log)}\nIts log is {program.log}")

    async def stop(self, *, last: Iterable[str] = ()) -> None:
        """Stop everything: first all but `last`, together; then `last`, which the others need to end cleanly."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        last = set(last)
        for names in (self._running.keys() - last, self._running.keys() & last):
            await asyncio.gather(*(self._end(*self._running[name]) for name in names))

    async def _keep_running(self, program: Program) -> None:
        delay = _FIRST_DELAY
        first_start = True
        while True:
            started = time.monotonic()
            process = await self._spawn(program)
            code = await process.wait()
            del self._running[program.name]
            if first_start and code == os.EX_CONFIG:
                raise DevstackError(f"{program.name} is configured wrongly: {_last_line(program.log)}")
            first_start = False
            if time.monotonic() - started > _HEALTHY_AFTER:
                delay = _FIRST_DELAY
            self._warn(f"{program.name} {_how(code)}, starting it again in {delay:.1f} s. Its log is {program.log}")
            await asyncio.sleep(delay)
            delay = min(2 * delay, _LONGEST_DELAY)

    def _note_failure(self, task: asyncio.Task[None]) -> None:
        error = None if task.cancelled() else task.exception()
        if error is not None and not self._failure.done():
            self._failure.set_exception(error)

    async def _spawn(self, program: Program) -> asyncio.subprocess.Process:
        with program.log.open("ab") as log:
            try:
                process = await asyncio.create_subprocess_exec(
                    *shlex.split(program.command),
                    cwd=program.directory,
                    env=program.environment,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    # Its own group, so that Ctrl-C at the terminal reaches only us and we decide the order.
                    process_group=0,
                    preexec_fn=die_with_parent(signal.SIGKILL),
                )
            except OSError as error:
                raise DevstackError(f"{program.name} cannot be started ({program.command}): {error}") from error
        self._running[program.name] = (program, process)
        return process

    async def _end(self, program: Program, process: asyncio.subprocess.Process) -> None:
        if process.returncode is None:
            process.send_signal(program.stop_signal)
        try:
            async with asyncio.timeout(_STOP_PATIENCE):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()


def _rotate(log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > _ROTATE_AT:
        log.rename(log.with_suffix(".log.old"))


def _how(code: int) -> str:
    return f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else "it said nothing."
