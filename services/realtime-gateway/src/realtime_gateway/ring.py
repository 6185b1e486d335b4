"""The newest frames of each channel, in memory. Pure.

Invariants
- A ring knows after which offset it is complete: every frame of its channel with a greater offset is in it. So what a client
  missed is either all here or declared incomplete, never served in part.
- What was taken back is not told again (`floor.py`): a client from before that is declared incomplete too.
- A ring holds at most 300 frames, all rings together about `max_bytes`. Frames that go raise the offset after which their ring is
  complete, and nothing else changes: they can be loaded from the stream again.
- A channel without events and without questions has no ring. One that is not always kept has a ring only while somebody listens, which
  begins where the stream stands then; what was before is loaded.
"""

from collections import OrderedDict, deque
from collections.abc import Sequence

from realtime_gateway.channels import Channel
from realtime_gateway.floor import Floor
from realtime_gateway.protocol import Frame

RING_FRAMES = 300


class Ring:
    def __init__(self, complete_after: int, max_frames: int = RING_FRAMES) -> None:
        self.complete_after = complete_after
        self.size = 0
        self._floor = Floor(complete_after)
        self._frames: deque[Frame] = deque()
        self._max_frames = max_frames
        self._at_limit = False

    @property
    def can_grow_back(self) -> bool:
        """Whether loading older frames from the stream could make it reach further back."""
        return not self._at_limit and self.complete_after > 0

    def append(self, frame: Frame) -> None:
        self._floor.take(frame)
        self._frames.append(frame)
        self.size += len(frame.content)
        self._trim()

    def prepend(self, frames: Sequence[Frame], complete_after: int) -> None:
        """Add what the stream holds before `self.complete_after`: all of it down to `complete_after`, and there is no more to be had."""
        self._frames.extendleft(reversed(frames))
        self.size += sum(len(frame.content) for frame in frames)
        self.complete_after = complete_after
        self._at_limit = True
        self._floor = Floor(complete_after)
        for frame in self._frames:
            self._floor.take(frame)
        self._trim()

    def after(self, offset: int) -> list[Frame] | None:
        """Every frame with a greater offset, in order; None when that is not known, or not to be told any more."""
        if offset < max(self.complete_after, self._floor.offset):
            return None
        missed: list[Frame] = []
        for frame in reversed(self._frames):
            if frame.position.offset <= offset:
                break
            missed.append(frame)
        missed.reverse()
        return missed

    def forget(self) -> None:
        """Give the memory back."""
        if self._frames:
            self.complete_after = self._frames[-1].position.offset
        self._frames.clear()
        self.size = 0
        self._at_limit = False

    def _trim(self) -> None:
        while len(self._frames) > self._max_frames:
            oldest = self._frames.popleft()
            self.size -= len(oldest.content)
            self.complete_after = oldest.position.offset
            self._at_limit = True


class Rings:
    """All rings of one life of the stream, read without a gap after `begin`."""

    def __init__(self, begin: int, max_bytes: int, max_frames: int = RING_FRAMES) -> None:
        self._begin = begin
        self._end = begin
        self._max_bytes = max_bytes
        self._max_frames = max_frames
        self._size = 0
        # The channel with the latest event last, so that memory is taken from those that have been quiet longest.
        self._rings: OrderedDict[Channel, Ring] = OrderedDict()

    def advance(self, offset: int) -> None:
        """Everything up to `offset` was read, and is in its ring if that is kept."""
        self._end = offset

    @property
    def size(self) -> int:
        """Bytes of all frames that are kept."""
        return self._size

    def keeps(self, channel: Channel) -> bool:
        """Whether the channel's events are to be appended."""
        return channel.is_always_kept or channel in self._rings

    def of(self, channel: Channel) -> Ring:
        """The channel's ring, which is kept from now on."""
        ring = self._rings.get(channel)
        if ring is None:
            begin = self._begin if channel.is_always_kept else self._end
            ring = self._rings[channel] = Ring(begin, self._max_frames)
        return ring

    def has(self, channel: Channel, ring: Ring) -> bool:
        """Whether this is still the channel's ring."""
        return self._rings.get(channel) is ring

    def close(self, channel: Channel) -> None:
        """Nobody listens any more."""
        if not channel.is_always_kept and channel in self._rings:
            self._size -= self._rings.pop(channel).size

    def append(self, channel: Channel, frame: Frame) -> None:
        ring = self.of(channel)
        self._rings.move_to_end(channel)
        before = ring.size
        ring.append(frame)
        self._account(ring.size - before)

    def prepend(self, channel: Channel, frames: Sequence[Frame], complete_after: int) -> None:
        ring = self.of(channel)
        before = ring.size
        ring.prepend(frames, complete_after)
        self._account(ring.size - before)

    def _account(self, change: int) -> None:
        self._size += change
        while self._size > self._max_bytes:
            channel, ring = next(iter(self._rings.items()))
            self._size -= ring.size
            ring.forget()
            self._rings.move_to_end(channel)
