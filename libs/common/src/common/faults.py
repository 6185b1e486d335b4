"""Named crash points: places between two steps where a process must be able to die.

A failure test arms one by `TIDINGS_FAULT=<name>@<n>`, and the n-th time it is passed the process kills itself: crashing exactly there needs
no luck with timing. Unarmed, a point costs one comparison; production refuses them. The simulation, where a process is some tasks, puts a
function of its own in the place of `at_crash_point`.
"""

import os
import signal

_name, _, _count = os.environ.get("TIDINGS_FAULT", "").partition("@")
_remaining = int(_count or 1)


def _die_when_armed(name: str) -> None:
    global _remaining
    if name != _name:
        return
    _remaining -= 1
    if _remaining == 0:
        os.kill(os.getpid(), signal.SIGKILL)


at_crash_point = _die_when_armed


def crash_point(name: str) -> None:
    at_crash_point(name)
