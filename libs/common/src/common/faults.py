"""Named crash points: a failure test arms one by `TIDINGS_FAULT=<name>@<n>`, and the n-th time it is passed the process kills itself.

Crashing exactly between two steps needs no luck with timing this way. Unarmed, a point costs one comparison; production refuses them.
"""

import os
import signal

_name, _, _count = os.environ.get("TIDINGS_FAULT", "").partition("@")
_remaining = int(_count or 1)


def crash_point(name: str) -> None:
    global _remaining
    if name != _name:
        return
    _remaining -= 1
    if _remaining == 0:
        os.kill(os.getpid(), signal.SIGKILL)
