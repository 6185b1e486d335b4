"""A forked service is told what a started one would be told, and outlives nobody."""

import asyncio
import os
import signal
import sys
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from devstack import forked
from devstack.teststack import eventually

SERVICE = """
import os, signal, sys
def main():
    print(os.getpid(), sys.argv[1], os.environ["WORD"], "HOME" in os.environ, flush=True)
    signal.pause()
"""
# Forks the service, and is killed.
KILLED = """
import os, signal, sys, time
from pathlib import Path
from devstack import forked
log = Path(sys.argv[1])
forked.import_beforehand()
forked.start("service", ("one",), {"WORD": "two"}, log, None)
while not log.exists() or not log.read_text():
    time.sleep(0.02)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "service.py").write_text(SERVICE)
    monkeypatch.syspath_prepend(tmp_path)
    return "service"


def name_of(process: BaseProcess) -> str:
    return Path(f"/proc/{process.pid}/comm").read_text().strip()


async def test_it_has_the_arguments_the_environment_and_the_log_that_it_is_given(service: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    process = forked.start(service, ("one",), {"WORD": "two"}, log, None)
    await eventually(lambda: log.exists() and log.read_text().endswith("\n"), "it says what it was given")
    assert name_of(process) == "service"
    process.terminate()
    process.join()
    assert log.read_text() == f"{process.pid} one two False\n"


async def test_it_ends_with_the_one_that_started_it_however_that_ends(service: str, tmp_path: Path) -> None:
    log = tmp_path / "log"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(tmp_path), *sys.path))}
    killed = await asyncio.create_subprocess_exec(sys.executable, "-c", KILLED, str(log), env=environment)
    assert await killed.wait() == -signal.SIGKILL
    pid = log.read_text().split()[0]
    await eventually(lambda: not Path("/proc", pid).exists(), "the service is gone")
