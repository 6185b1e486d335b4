"""What waits for a lean socket whose connection takes no more for now.

Invariants
- Frames keep their order, and are references: the bytes are everybody's.
- At most `unsent_max_bytes` of live frames wait. What the client missed before it came does not count: these frames are the ring's, and the
  client that does not take them is stalled.
"""

from collections import deque
from collections.abc import Sequence

from realtime_gateway import framing
from realtime_gateway.protocol import Frame

PIECE_BYTES = 64 * 1024


class Backlog:
    __slots__ = ("_frames", "_progress_at", "_uncounted", "_unsent", "_unsent_max_bytes", "_untaken", "is_blocked")

    def __init__(self, unsent_max_bytes: int, missed: Sequence[Frame] = ()) -> None:
        self.is_blocked = False
        self._frames: deque[Frame] = deque(missed)
        self._uncounted = len(missed)
        self._unsent = 0
        self._unsent_max_bytes = unsent_max_bytes
        self._untaken = 0
        self._progress_at = 0.0

    def __bool__(self) -> bool:
        return bool(self._frames)

    def add(self, frames: Sequence[Frame]) -> bool:
        """Whether there was room for them."""
        self._frames.extend(frames)
        self._unsent += sum(len(frame.content) for frame in frames)
        return self._unsent <= self._unsent_max_bytes

    def next_piece(self) -> bytes:
        """The next frames to be sent, some of them."""
        frames: list[Frame] = []
        size = 0
        while self._frames and size < PIECE_BYTES:
            frame = self._frames.popleft()
            size += len(frame.content)
            if self._uncounted:
                self._uncounted -= 1
            else:
                self._unsent -= len(frame.content)
            frames.append(frame)
        return framing.texts(frame.content for frame in frames)

    def clear(self) -> None:
        self._frames.clear()

    def block(self, at: float, untaken: int) -> None:
        """The connection holds so many bytes that the client has not taken."""
        self.is_blocked = True
        self._untaken, self._progress_at = untaken, at

    def is_stalled(self, at: float, untaken: int, seconds: float) -> bool:
        """Whether the client has taken nothing for so long."""
        if untaken < self._untaken:
            self._untaken, self._progress_at = untaken, at
        return at - self._progress_at > seconds
