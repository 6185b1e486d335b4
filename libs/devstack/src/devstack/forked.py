"""Starts services for tests by forking a process that has imported them already.

Importing is most of what a start costs, and failure tests start more than a hundred. What people start (`make run`, containers) is started
as `python -m` each time, and has tests of its own. A forked service dies with the process that forks, and that one with the tests'.
"""

import importlib
import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping
from multiprocessing.process import BaseProcess
from pathlib import Path

from common import faults
from devstack.network import Place
from devstack.processes import die_with_parent

_context = multiprocessing.get_context("forkserver")


def import_beforehand(*modules: str) -> None:
    """Say which modules the forking process imports. It starts with the first service."""
    _context.set_forkserver_preload(["devstack.forking", __name__, *modules])


def start(
    module: str, arguments: tuple[str, ...], environment: Mapping[str, str], log: Path, place: Place | None
) -> BaseProcess:
    """Run the `main` of a module in a process of its own."""
    process = _context.Process(target=_run, args=(module, arguments, dict(environment), log, place), daemon=True)
    process.start()
    return process


def _run(
    module: str, arguments: tuple[str, ...], environment: Mapping[str, str], log: Path, place: Place | None
) -> None:
    die_with_parent(signal.SIGKILL)()
    Path("/proc/self/comm").write_text(module.removesuffix(".app"))  # what top and the benchmarks call it
    output = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.dup2(output, 1)
    os.dup2(output, 2)
    os.environ.clear()
    os.environ.update(environment)
    if place:
        place.join()
    sys.argv = [module, *arguments]
    importlib.reload(faults)  # it reads the environment when it is imported
    importlib.import_module(module).main()
