"""The history of a service's status: what visitors saw, and what incidents that were written down later say of the same time.

Each of them is a track, kept as if it were alone; what the service was like is the worst of all tracks at that time.
"""

from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from common.contracts.values import ServiceStatus, worst

Track = UUID | None
"""An incident that was written down later, or None: what visitors saw."""


def read_together(
    changes: Iterable[tuple[Track, ServiceStatus]], before: Mapping[Track, ServiceStatus]
) -> Iterator[tuple[ServiceStatus, ServiceStatus]]:
    """What the service was like before and after each change of a track, oldest first. `before` is how the tracks stood at first.

    The two are the same where another track was worse.
    """
    tracks = dict(before)
    previous = worst(list(tracks.values()))
    for track, status in changes:
        tracks[track] = status
        present = worst(list(tracks.values()))
        yield previous, present
        previous = present
