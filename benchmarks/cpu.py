"""CPU time of the processes below this one, which says more than the clock where a machine does other things as well."""

import os
from collections.abc import Mapping
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def of_process(pid: int) -> float:
    """Seconds that a process, and what it started and saw end, computed so far."""
    return _seconds(_fields(pid))


def by_program(services: Mapping[int, str]) -> dict[str, float]:
    """The same of everything that this process started: of `services`, by process id, under their names, of a server under its program's."""
    parents: dict[int, int] = {}
    fields: dict[int, list[str]] = {}
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            pid = int(directory.name)
            fields[pid] = _fields(pid)
            parents[pid] = int(fields[pid][1])
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended meanwhile
    seconds: dict[str, float] = {}
    for pid, found in fields.items():
        if _is_below(os.getpid(), pid, parents):
            name = services.get(pid) or Path(f"/proc/{pid}/comm").read_text().strip()
            seconds[name] = seconds.get(name, 0.0) + _seconds(found)
    return seconds


def _fields(pid: int) -> list[str]:
    """What stands behind the program's name in /proc/<pid>/stat: state, parent and so on."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def _seconds(fields: list[str]) -> float:
    # In user and system mode: its own, and that of ended children (PostgreSQL's backends) that it waited for.
    return sum(int(field) for field in fields[11:15]) / _TICKS


def _is_below(ancestor: int, pid: int, parents: dict[int, int]) -> bool:
    while pid in parents:
        pid = parents[pid]
        if pid == ancestor:
            return True
    return False
