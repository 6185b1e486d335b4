"""The supervisor: programs are restarted alone, a wrong configuration ends all, nothing survives."""

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from devstack.errors import DevstackError
from devstack.supervisor import Program, Supervisor, read_procfile


class Terminal:
    """What the supervisor warned of."""

    def __init__(self) -> None:
        self.lines: list[str] = []


@pytest.fixture
def terminal() -> Terminal:
    return Terminal()


@pytest.fixture
async def supervisor(terminal: Terminal) -> AsyncIterator[Supervisor]:
    supervisor = Supervisor(terminal.lines.append)
    yield supervisor
    await supervisor.stop()


@pytest.fixture
def program(tmp_path: Path) -> Callable[[str, str], Program]:
    """Makes a program from a name and Python code."""

    def make(name: str, code: str) -> Program:
        script = tmp_path / f"{name}.py"
        script.write_text(code)
        return Program(name, f"{sys.executable} {script}", tmp_path, dict(os.environ), tmp_path / f"{name}.log")

    return make


RUNS_FOR_EVER = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"


async def pids(program: Program, count: int) -> list[int]:
    """The process ids a program has printed, once there are `count`."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        found = program.log.read_text().split() if program.log.exists() else []
        if len(found) >= count:
            return [int(pid) for pid in found]
        await asyncio.sleep(0.02)
    raise AssertionError(f"{program.name} started {len(found)} times, not {count}")


async def test_a_killed_program_is_started_again_alone(
    supervisor: Supervisor, terminal: Terminal, program: Callable[[str, str], Program]
) -> None:
    one, other = program("one", RUNS_FOR_EVER), program("other", RUNS_FOR_EVER)
    supervisor.start(one)
    supervisor.start(other)
    await pids(other, 1)
    [first] = await pids(one, 1)
    os.kill(first, signal.SIGKILL)
    assert len(set(await pids(one, 2))) == 2
    assert len(await pids(other, 1)) == 1
    assert len(terminal.lines) == 1
    assert terminal.lines[0].startswith("one was ended by SIGKILL")
    assert str(one.log) in terminal.lines[0]


async def test_a_wrong_configuration_ends_all(supervisor: Supervisor, program: Callable[[str, str], Program]) -> None:
    supervisor.start(program("wrong", "import sys; print('TIDINGS_X: missing', file=sys.stderr); sys.exit(78)"))
    with pytest.raises(DevstackError, match="wrong is configured wrongly: TIDINGS_X: missing"):
        async with asyncio.timeout(10):
            await supervisor.failure()


async def test_a_later_wrong_configuration_does_not(
    supervisor: Supervisor, terminal: Terminal, program: Callable[[str, str], Program], tmp_path: Path
) -> None:
    marker = tmp_path / "marker"
    code = f"import pathlib, sys; p = pathlib.Path({str(marker)!r}); seen = p.exists(); p.touch(); sys.exit(78 if seen else 1)"
    supervisor.start(program("sometimes", code))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(1.5):
            await supervisor.failure()
    assert any("ended with code 78" in line for line in terminal.lines)


async def test_stop_ends_everything_and_by_force_what_does_not_listen(
    supervisor: Supervisor, program: Callable[[str, str], Program], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("devstack.supervisor._STOP_PATIENCE", 0.3)
    deaf = program("deaf", f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {RUNS_FOR_EVER}")
    willing = program("willing", RUNS_FOR_EVER)
    supervisor.start(deaf)
    supervisor.start(willing)
    running = [*await pids(deaf, 1), *await pids(willing, 1)]
    await supervisor.stop(last=["deaf"])
    for pid in running:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


async def test_a_failing_step_says_its_last_words(
    supervisor: Supervisor, program: Callable[[str, str], Program]
) -> None:
    await supervisor.run_once(program("fine", "print('done')"))
    with pytest.raises(DevstackError, match="step ended with code 1: no such table"):
        await supervisor.run_once(program("step", "import sys; sys.exit('no such table')"))


def test_the_procfile_is_read_in_order(tmp_path: Path) -> None:
    procfile = tmp_path / "Procfile"
    procfile.write_text("# comment\n\nb: run b --option: x\na: run a\n")
    assert list(read_procfile(procfile).items()) == [("b", "run b --option: x"), ("a", "run a")]
    procfile.write_text("just words\n")
    with pytest.raises(DevstackError, match="line 1"):
        read_procfile(procfile)
