"""What people say of a window, or of all windows of a series, apart from its times. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from common.contracts.catalog import KnownService
from common.contracts.values import Visibility

SERVICES_MAX = 500
REMINDERS_MAX = 5
REMINDER_MINUTES_MAX = 43_200


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    title: str
    description: str
    visibility: Visibility
    services: Mapping[UUID, KnownService]
    starts_by_itself: bool
    completes_by_itself: bool
    reminder_minutes: tuple[int, ...]

    @property
    def is_public(self) -> bool:
        return self.visibility is Visibility.PUBLIC

    @property
    def moves(self) -> tuple[bool, bool, tuple[int, ...]]:
        """Which moves it makes by itself."""
        return self.starts_by_itself, self.completes_by_itself, self.reminder_minutes
