"""One running stack per clone: a file that the running one keeps locked, and that tells who it is.

The lock belongs to the process, not to the file's existence, so a killed stack never leaves one behind.
"""

import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from devstack.errors import DevstackError


@dataclass(frozen=True)
class Running:
    """The stack that holds the lock."""

    pid: int
    port: int


@contextmanager
def held(path: Path, port: int | None = None) -> Iterator[None]:
    """Hold the lock in this block, and with `port` tell others that the stack runs there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        if not _try_lock(file):
            stack = _read(path)
            if stack is None:
                raise DevstackError("Tidings starts or ends in this clone just now: try again in a moment.")
            raise DevstackError(
                f"Tidings already runs in this clone (process {stack.pid}, http://localhost:{stack.port}): use it, "
                "or end it with `make stop`."
            )
        file.truncate(0)
        if port is not None:
            json.dump({"pid": os.getpid(), "port": port}, file)
            file.flush()
        yield
        file.truncate(0)


def running(path: Path) -> Running | None:
    """The running stack, if there is one."""
    if not path.exists():
        return None
    with path.open("a+") as file:
        return None if _try_lock(file) else _read(path)


def stop(path: Path, patience: float = 40) -> bool:
    """Ask the running stack to end, and wait until it has. False when none runs."""
    stack = running(path)
    if stack is None:
        return False
    os.kill(stack.pid, signal.SIGTERM)
    deadline = time.monotonic() + patience
    while running(path) is not None:
        if time.monotonic() > deadline:
            raise DevstackError(f"Process {stack.pid} has not ended within {patience:.0f} s.")
        time.sleep(0.05)
    return True


def _try_lock(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(path: Path) -> Running | None:
    # Who holds the lock writes its line at once, and takes it back before it lets go: then the file stays empty.
    for _ in range(50):
        text = path.read_text()
        if text:
            return Running(**json.loads(text))
        time.sleep(0.02)
    return None
