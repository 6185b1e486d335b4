"""What processes take: CPU time, which says more than the clock where a machine does other things as well, and memory."""

import os
from collections.abc import Mapping
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def of_process(pid: int) -> float:
    """Seconds that a process, and what it started and saw end, computed so far."""
    return _seconds(_stat(pid)[1])


def of_threads(pid: int) -> float:
    """Seconds that the threads computed which a process has now, by the scheduler's clock: exact where `of_process` counts ticks."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def resident(pid: int) -> int:
    """KB of memory of a process."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


def by_program(services: Mapping[int, str]) -> dict[str, float]:
    """The same of everything that this process started: of `services`, by process id, under their names, of a server under its program's."""
    parents: dict[int, int] = {}
    stats: dict[int, tuple[str, list[str]]] = {}
    for directory in Path("/proc").glob("[0-9]*"):
        try:
            pid = int(directory.name)
            stats[pid] = _stat(pid)
            parents[pid] = int(stats[pid][1][1])
        except (FileNotFoundError, ProcessLookupError):
            continue  # it ended meanwhile
    seconds: dict[str, float] = {}
    for pid, (program, fields) in stats.items():
        if _is_below(os.getpid(), pid, parents):
            name = services.get(pid, program)
            seconds[name] = seconds.get(name, 0.0) + _seconds(fields)
    return seconds


def _stat(pid: int) -> tuple[str, list[str]]:
    """The program's name, and what stands behind it in /proc/<pid>/stat: state, parent and so on."""
    before, _, behind = Path(f"/proc/{pid}/stat").read_text().rpartition(")")
    return before.partition("(")[2], behind.split()


def _seconds(fields: list[str]) -> float:
    # In user and system mode: its own, and that of ended children (PostgreSQL's backends) that it waited for.
    return sum(int(field) for field in fields[11:15]) / _TICKS


def _is_below(ancestor: int, pid: int, parents: dict[int, int]) -> bool:
    while pid in parents:
        pid = parents[pid]
        if pid == ancestor:
            return True
    return False
