"""An entry of a window's timeline, and what a person says that becomes one. Pure."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.contracts import maintenance as contract
from common.contracts.values import MaintenanceStatus, NamedActor

UPDATES_MAX = 200


@dataclass
class Update:
    """One entry of the timeline: the window's status then, and what was said."""

    id: UUID
    status: MaintenanceStatus
    message: str
    created_at: datetime
    edited_at: datetime | None = None
    posted_by: NamedActor | None = None
    edited_by: NamedActor | None = None

    def payload(self, *, public: bool) -> contract.MaintenanceUpdate:
        """The update as members see it, or as everybody does: without who wrote it."""
        return contract.MaintenanceUpdate(
            id=str(self.id),
            status=self.status,
            message=self.message,
            created_at=self.created_at,
            edited_at=self.edited_at,
            posted_by=None if public else self.posted_by,
            edited_by=None if public else self.edited_by,
        )


@dataclass(frozen=True, slots=True)
class Note:
    """What a person says with a command. It becomes an update."""

    id: UUID
    message: str
    by: NamedActor
