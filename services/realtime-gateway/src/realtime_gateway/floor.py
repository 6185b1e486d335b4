"""How far back an organization's events may be told again after one of them took something back. Pure.

An edited, deleted or hidden text is in the events before. Whoever was connected has read them; nobody else may get them any more, not
even by asking with an old position. So what takes something back raises the floor to itself: a client that has not seen it yet is not
recovered, and fetches a snapshot instead.

A `page.changed` says of which position it was made. One that comes later and was made before may still carry the former text: it raises
the floor to itself as well. The first one made with, or after, what took something back confirms it: a replay then begins with that.
"""

from pydantic_core import from_json

from common.position import Position
from realtime_gateway.protocol import Frame

WITHDRAWING = frozenset(
    {
        "custom_domain.deleted",
        "incident.deleted",
        "incident.hidden",
        "incident.postmortem_changed",
        "incident.update_deleted",
        "incident.update_edited",
        "incident.updated",
        "layout.changed",
        "maintenance.deleted",
        "maintenance.hidden",
        "maintenance.update_deleted",
        "maintenance.update_edited",
        "maintenance.updated",
        "page_settings.updated",
        "service.deleted",
        "service.hidden",
        "service.updated",
    }
)
"""Events after which a text that was said before must not be read any more."""


class Floor:
    """`offset`: a replay may begin after it, or later. What happened up to `begin` is not known."""

    def __init__(self, begin: int) -> None:
        self.offset = begin
        self._withdrawn_at = begin
        self._to_be_confirmed = False
        self._page_is_newer = False

    def take(self, frame: Frame) -> None:
        """The organization's next event, in the order of the stream."""
        offset = frame.position.offset
        if frame.type in WITHDRAWING:
            self.offset = self._withdrawn_at = offset
            self._to_be_confirmed, self._page_is_newer = True, False
        elif frame.type == "page.changed" and not self._page_is_newer:
            if _made_at(frame) < self._withdrawn_at:
                self.offset = offset
                return
            self._page_is_newer = True
            if self._to_be_confirmed:
                self.offset = offset - 1
                self._to_be_confirmed = False


def _made_at(frame: Frame) -> int:
    """The offset up to which a `page.changed` knows everything; 0 when that is not said, or of another life of the stream."""
    try:
        made_at = Position.parse(from_json(frame.content)["data"]["position"])
    except (ValueError, KeyError, TypeError):
        return 0
    return made_at.offset if made_at.epoch == frame.position.epoch else 0
