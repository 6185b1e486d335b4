"""What devstack knows about operating system processes: ports, leftovers, and dying with one's parent.

Nothing here may outlive the program that started it: on Linux the kernel ends a child when its parent thread ends
(`PR_SET_PDEATHSIG`), and what still slipped through is recognised by its program name and working directory, both of
which belong to this clone alone.
"""

import contextlib
import ctypes
import itertools
import os
import secrets
import signal
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PATIENCE = 5.0
_libc = ctypes.CDLL(None, use_errno=True)

# Below where Linux (32768) and macOS (49152) begin to number outgoing connections. Each process goes round from a place
# of its own, so that two that start servers at once rarely look at the same ports.
_SERVER_PORTS = range(12_000, 32_000)
_first = secrets.randbelow(len(_SERVER_PORTS))
_ports: Iterator[int] = itertools.cycle([*_SERVER_PORTS[_first:], *_SERVER_PORTS[:_first]])


def die_with_parent(how: signal.Signals) -> Callable[[], None]:
    """A function for a child to call between fork and exec: the kernel then sends `how` when the parent ends.

    "Parent" is the *thread* that started the child, so start children from a thread that lives as long as they shall.
    The kernel forgets the wish when the child changes its user.
    """

    def ask_the_kernel() -> None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(how), 0, 0, 0)

    return ask_the_kernel


def free_port() -> int:
    """A TCP port on 127.0.0.1 that nobody listens on now, and that nobody is given by chance before its server starts.

    The kernel's own choice (port 0) is no good for a server that starts later: meanwhile, or while a test has killed
    it, any outgoing connection of any process may be given that port as its own end.
    """
    return next(port for port in _ports if port_is_free(port))


def port_is_free(port: int) -> bool:
    """Whether a server could listen on 127.0.0.1:`port` now."""
    with socket.socket() as probe:
        # As servers do: a port whose last connections are still in TIME_WAIT counts as free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def working_in(directory: Path, program: str) -> list[int]:
    """Ids of the living processes called `program` whose working directory is `directory`."""
    wanted = str(directory.resolve())
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            # A zombie has no working directory any more, so it never matches and nobody waits for it.
            if (entry / "comm").read_text().strip() == program and os.readlink(entry / "cwd") == wanted:
                found.append(int(entry.name))
        except OSError:
            continue  # It ended meanwhile, or it is another user's, and then it is not ours to end.
    return found


def marked(mark: str) -> list[int]:
    """Ids of the living processes, except this one, whose environment contains `mark` ("NAME=value")."""
    wanted = mark.encode()
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal() or int(entry.name) == os.getpid():
            continue
        try:
            if wanted in (entry / "environ").read_bytes().split(b"\0"):
                found.append(int(entry.name))
        except OSError:
            continue  # As above.
    return found


def end(find: Callable[[], list[int]], how: signal.Signals) -> None:
    """End the processes that `find` finds, and return when it finds none: politely, and after 5 s by SIGKILL."""
    leftovers = find()
    # Asked politely, a program ends its own children, in its own order: PostgreSQL shuts down uncleanly when they are told by others.
    _signal(leftovers if how is signal.SIGKILL else _heads(leftovers), how)
    deadline = time.monotonic() + _PATIENCE
    while leftovers:
        time.sleep(0.02)
        leftovers = find()
        if time.monotonic() > deadline:
            _signal(leftovers, signal.SIGKILL)


def _heads(processes: list[int]) -> list[int]:
    """Those that none of the others started."""
    heads = []
    for process in processes:
        with contextlib.suppress(OSError):  # it ended meanwhile
            after_name = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2]
            if int(after_name.split()[1]) not in processes:
                heads.append(process)
    return heads


def _signal(processes: list[int], how: signal.Signals) -> None:
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, how)
