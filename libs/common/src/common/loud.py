"""Who is loud: the few organizations that cause the most, for an operator. Metrics must not name tenants, because they would grow with them.

Each process keeps the top of its own in a bounded table for each kind of thing, for this minute and the one before, and answers them at
/loud, beside /metrics. The table is a space-saving sketch (Metwally, Agrawal and El Abbadi, 2005): whoever causes more than one
in `size` of everything is in it, and a count is never too low, and too high by at most one in `size` of everything.
"""

import time
from collections.abc import Callable
from typing import Any

SIZE = 100
WINDOW_SECONDS = 60.0
SHOWN = 20


class Loudest:
    def __init__(self, size: int = SIZE, clock: Callable[[], float] = time.monotonic) -> None:
        self._size = size
        self._clock = clock
        self._counts: dict[str, int] = {}
        self._before: dict[str, int] = {}
        self._ends_at = clock() + WINDOW_SECONDS

    def count(self, organization_id: str, amount: int = 1) -> None:
        if self._clock() >= self._ends_at:
            self._turn()
        counts = self._counts
        if organization_id not in counts and len(counts) >= self._size:
            least = min(counts, key=counts.__getitem__)
            counts[organization_id] = counts.pop(least)
        counts[organization_id] = counts.get(organization_id, 0) + amount

    def top(self) -> dict[str, list[dict[str, Any]]]:
        """The loudest first, of the minute that is running and of the one before."""
        if self._clock() >= self._ends_at:
            self._turn()
        return {"this_minute": _shown(self._counts), "minute_before": _shown(self._before)}

    def _turn(self) -> None:
        late = self._clock() - self._ends_at
        self._before = self._counts if late < WINDOW_SECONDS else {}
        self._counts = {}
        self._ends_at = self._clock() + WINDOW_SECONDS


def _shown(counts: dict[str, int]) -> list[dict[str, Any]]:
    loudest = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:SHOWN]
    return [{"organization_id": organization_id, "count": count} for organization_id, count in loudest]


REQUESTS = Loudest()
"""Requests: of members to services, of visitors to pages."""
PUBLISHED = Loudest()
"""Events that the relay published."""
FRAMES = Loudest()
"""Frames that the gateway queued for clients."""

ALL = {"requests": REQUESTS, "published": PUBLISHED, "frames": FRAMES}
