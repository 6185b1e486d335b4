"""The maintenance window: planned, in progress, over. Pure: time and ids are arguments.

Rules
- scheduled → in progress → completed; scheduled or in progress → cancelled. Nothing goes back.
- A move that the scheduler makes carries the scheduled time, however late it is made; one that a person makes carries the real time.
- Every command that changes something makes one new version and one event, which carries the whole window.
- A reminder is due once, `reminder_minutes` before the start; one whose time has passed when the window is planned is never due.
- Once a person changes an occurrence of a series it is that person's: the series leaves it alone from then on.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from common.contracts import maintenance as contract
from common.contracts.events import DomainEvent
from common.contracts.rules import RuleError
from common.contracts.values import MaintenanceStatus, NamedActor
from maintenance.domain.details import Details
from maintenance.domain.times import LONGEST, check_elsewhere, check_end, check_times
from maintenance.domain.update import UPDATES_MAX, Note, Update

START, COMPLETE = "start", "complete"
_REMINDER = "reminder_"
_SAID_OF = {
    MaintenanceStatus.SCHEDULED: "maintenance.scheduled",
    MaintenanceStatus.IN_PROGRESS: "maintenance.started",
    MaintenanceStatus.COMPLETED: "maintenance.completed",
    MaintenanceStatus.CANCELLED: "maintenance.cancelled",
}
"""What is said of a window that has come to a status."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Which occurrence of a series a window is: the one that the rule puts at `local_start`, wall time of the organization's zone.

    The series keeps it up to date while it is attached.
    """

    series_id: UUID
    local_start: datetime
    is_attached: bool = True


@dataclass
class Window:
    id: UUID
    details: Details
    status: MaintenanceStatus
    scheduled_start: datetime
    scheduled_end: datetime
    created_at: datetime
    updated_at: datetime
    started_at: datetime | None = None
    completed_at: datetime | None = None
    cancelled_at: datetime | None = None
    deleted_at: datetime | None = None
    version: int = 0
    reminders_pending: frozenset[int] = frozenset()
    occurrence: Occurrence | None = None
    updates: list[Update] = field(default_factory=list)

    @classmethod
    def plan(
        cls,
        *,
        id: UUID,
        details: Details,
        start: datetime | None,
        end: datetime,
        note: Note | None = None,
        occurrence: Occurrence | None = None,
        now: datetime,
    ) -> tuple["Window", DomainEvent]:
        """A new window. Without a start, or with one of a moment ago, it is in progress at once."""
        starts_now = start is None or start <= now
        start = now if start is None else start
        check_times(start, end, now)
        window = cls(
            id=id,
            details=details,
            status=MaintenanceStatus.IN_PROGRESS if starts_now else MaintenanceStatus.SCHEDULED,
            scheduled_start=start,
            scheduled_end=end,
            created_at=now,
            updated_at=now,
            started_at=now if starts_now else None,
            occurrence=occurrence,
        )
        window._plan_reminders(now)
        window._say(note, now)
        return window, window._changed("maintenance.started" if starts_now else "maintenance.scheduled", now)

    @classmethod
    def of_elsewhere(
        cls,
        *,
        id: UUID,
        details: Details,
        status: MaintenanceStatus,
        scheduled_start: datetime,
        scheduled_end: datetime,
        started_at: datetime | None,
        completed_at: datetime | None,
        cancelled_at: datetime | None,
        created_at: datetime,
        updates: list[Update],
        now: datetime,
    ) -> tuple["Window", DomainEvent]:
        """One that was kept somewhere else until now, also one that is over. The moves that it has to make it makes here."""
        check_elsewhere(
            status=status,
            scheduled_start=scheduled_start,
            scheduled_end=scheduled_end,
            started_at=started_at,
            completed_at=completed_at,
            cancelled_at=cancelled_at,
            created_at=created_at,
            now=now,
        )
        window = cls(
            id=id,
            details=details,
            status=status,
            scheduled_start=scheduled_start,
            scheduled_end=scheduled_end,
            created_at=created_at,
            updated_at=now,
            started_at=started_at,
            completed_at=completed_at,
            cancelled_at=cancelled_at,
            updates=updates,
        )
        window._plan_reminders(now)
        return window, window._changed(_SAID_OF[status], now)

    @property
    def is_scheduled(self) -> bool:
        return self.status is MaintenanceStatus.SCHEDULED

    @property
    def is_in_progress(self) -> bool:
        return self.status is MaintenanceStatus.IN_PROGRESS

    @property
    def is_over(self) -> bool:
        return not (self.is_scheduled or self.is_in_progress)

    def change(self, details: Details, start: datetime, end: datetime, now: datetime) -> DomainEvent | None:
        """Say something else of it; move it, while it is scheduled. None when that changes nothing."""
        if not self.is_scheduled and (start, end) != (self.scheduled_start, self.scheduled_end):
            where = "body.scheduled_start" if start != self.scheduled_start else "body.scheduled_end"
            raise RuleError("not-scheduled", where, f"{self._is()} Only /extend changes its end now.", conflict=True)
        if self.is_over and details.moves != self.details.moves:
            raise RuleError("is-over", "body", f"{self._is()} It makes no move any more.", conflict=True)
        event = self._become(details, start, end, now)
        if event is not None:
            self._detach()
        return event

    def follow_series(
        self, details: Details, start: datetime, end: datetime, local_start: datetime, now: datetime
    ) -> DomainEvent | None:
        """Become what the series says now. None when it is that already."""
        assert self.occurrence is not None
        self.occurrence = replace(self.occurrence, local_start=local_start)
        return self._become(details, start, end, now)

    def start(self, note: Note | None, now: datetime) -> DomainEvent:
        if not self.is_scheduled:
            raise RuleError("not-scheduled", "path.maintenance_id", self._is(), conflict=True)
        if self.scheduled_end <= now:
            raise RuleError(
                "end-past", "path.maintenance_id", "The window's end is past: extend it before you start it.", conflict=True
            )  # fmt: skip
        return self._start(now, note, now)

    def complete(self, note: Note | None, now: datetime) -> DomainEvent:
        if not self.is_in_progress:
            raise RuleError("not-in-progress", "path.maintenance_id", self._is(), conflict=True)
        return self._complete(now, note, now)

    def start_by_itself(self, now: datetime) -> DomainEvent | None:
        """The scheduler's move; None when it is not to be made, or not yet."""
        if self.due().get(START, now + LONGEST) > now:
            return None
        return self._start(self.scheduled_start, None, now)

    def complete_by_itself(self, now: datetime) -> DomainEvent | None:
        """The scheduler's move; None when it is not to be made, or not yet."""
        if self.due().get(COMPLETE, now + LONGEST) > now:
            return None
        return self._complete(self.scheduled_end, None, now)

    def remind(self, minutes: int, now: datetime) -> DomainEvent | None:
        """The scheduler's move. None when it is not yet time, or when the window has begun meanwhile: then nobody needs it any more."""
        due_at = self.due().get(f"{_REMINDER}{minutes}")
        if due_at is None or due_at > now:
            return None
        self.reminders_pending -= {minutes}
        if self.scheduled_start <= now:
            return None
        return self._changed("maintenance.reminder_due", now, minutes_before=minutes)

    def cancel(self, note: Note | None, now: datetime) -> DomainEvent:
        if self.is_over:
            raise RuleError("is-over", "path.maintenance_id", self._is(), conflict=True)
        self.status = MaintenanceStatus.CANCELLED
        self.cancelled_at = now
        self._detach()
        self._say(note, now)
        return self._changed("maintenance.cancelled", now)

    def extend(self, end: datetime, note: Note | None, now: datetime) -> DomainEvent | None:
        """End at another time, later or earlier. None when nothing changes and nothing is said."""
        if self.is_over:
            raise RuleError("is-over", "path.maintenance_id", self._is(), conflict=True)
        if end == self.scheduled_end:
            return self.post_update(note, now) if note is not None else None
        began = min(self.scheduled_start, self.started_at or self.scheduled_start)
        check_end(began, end, now)
        if end <= self.scheduled_start:
            raise RuleError("end-not-after-start", "body.scheduled_end", "A window ends after its scheduled start.")
        self.scheduled_end = end
        self._detach()
        self._say(note, now)
        return self._changed("maintenance.extended", now)

    def delete(self, now: datetime, *, by_series: bool = False) -> DomainEvent:
        """Remove a window that has not begun; what remains is a tombstone with its version."""
        if not self.is_scheduled:
            raise RuleError(
                "not-scheduled",
                "path.maintenance_id",
                f"{self._is()} Only a scheduled window can be deleted; cancel or complete one in progress.",
                conflict=True,
            )
        if not by_series:
            self._detach()
        self.deleted_at = now
        self.version += 1
        self.updated_at = now
        return DomainEvent.of_deletion(
            "maintenance.deleted", str(self.id), self.version, now, was_public=self.details.is_public
        )

    def post_update(self, note: Note, now: datetime) -> DomainEvent:
        """Say something. The window stays what it is."""
        self._say(note, now)
        return self._changed("maintenance.update_posted", now)

    def edit_update(self, id: UUID, message: str, by: NamedActor, now: datetime) -> DomainEvent | None:
        """Change what an update says. None when it says that already."""
        update = self.find_update(id)
        if update.message == message:
            return None
        update.message = message
        update.edited_at = now
        update.edited_by = by
        return self._changed("maintenance.update_edited", now)

    def delete_update(self, id: UUID, now: datetime) -> DomainEvent:
        """Take an update out of the timeline. The window stays what it is."""
        self.updates.remove(self.find_update(id))
        return self._changed("maintenance.update_deleted", now)

    def find_update(self, id: UUID) -> Update:
        """Raises KeyError for an update that the window does not have."""
        for update in self.updates:
            if update.id == id:
                return update
        raise KeyError(id)

    def publish_again(self, now: datetime) -> DomainEvent | None:
        """What everybody may see of it has changed, because one of its services became internal or public. None when nobody saw it."""
        if self.deleted_at is not None or self.is_over or not self.details.is_public:
            return None
        return self._changed("maintenance.updated", now)

    def due(self) -> dict[str, datetime]:
        """The moves that it makes by itself from here, and when."""
        if self.deleted_at is not None:
            return {}
        if self.is_in_progress and self.details.completes_by_itself:
            return {COMPLETE: self.scheduled_end}
        if not self.is_scheduled:
            return {}
        moves = {
            f"{_REMINDER}{minutes}": self.scheduled_start - timedelta(minutes=minutes)
            for minutes in self.reminders_pending
        }
        if self.details.starts_by_itself:
            moves[START] = self.scheduled_start
        return moves

    def payload(self, *, public: bool = False) -> contract.Maintenance:
        """The window as members see it, or as everybody does: without its internal services and who wrote its updates."""
        return contract.Maintenance(
            id=str(self.id),
            title=self.details.title,
            description=self.details.description,
            status=self.status,
            visibility=self.details.visibility,
            scheduled_start=self.scheduled_start,
            scheduled_end=self.scheduled_end,
            started_at=self.started_at,
            completed_at=self.completed_at,
            cancelled_at=self.cancelled_at,
            starts_by_itself=self.details.starts_by_itself,
            completes_by_itself=self.details.completes_by_itself,
            reminder_minutes=self.details.reminder_minutes,
            series_id=str(self.occurrence.series_id) if self.occurrence else None,
            services=tuple(
                contract.ServiceMaintenance(service_id=str(id), name=service.name)
                for id, service in self.details.services.items()
                if service.is_public or not public
            ),
            updates=tuple(update.payload(public=public) for update in self.updates),
            created_at=self.created_at,
            updated_at=self.updated_at,
            version=self.version,
        )

    def _become(self, details: Details, start: datetime, end: datetime, now: datetime) -> DomainEvent | None:
        before = (self.details, self.scheduled_start, self.scheduled_end)
        if before == (details, start, end):
            return None
        was_public = self.details.is_public
        if (start, end) != before[1:]:
            check_times(start, end, now, is_new_start=start != self.scheduled_start)
        self.details, self.scheduled_start, self.scheduled_end = details, start, end
        if start != before[1] or details.reminder_minutes != before[0].reminder_minutes:
            self._plan_reminders(now)
        return self._changed("maintenance.updated", now, was_public=was_public)

    def _start(self, at: datetime, note: Note | None, now: datetime) -> DomainEvent:
        self.status = MaintenanceStatus.IN_PROGRESS
        self.started_at = at
        self._say(note, now)
        return self._changed("maintenance.started", now)

    def _complete(self, at: datetime, note: Note | None, now: datetime) -> DomainEvent:
        self.status = MaintenanceStatus.COMPLETED
        self.completed_at = at
        self._say(note, now)
        return self._changed("maintenance.completed", now)

    def _plan_reminders(self, now: datetime) -> None:
        self.reminders_pending = frozenset(
            minutes
            for minutes in self.details.reminder_minutes
            if self.is_scheduled and self.scheduled_start - timedelta(minutes=minutes) > now
        )

    def _detach(self) -> None:
        if self.occurrence is not None:
            self.occurrence = replace(self.occurrence, is_attached=False)

    def _say(self, note: Note | None, now: datetime) -> None:
        if note is None:
            return
        if len(self.updates) >= UPDATES_MAX:
            raise RuleError("too-many-updates", "body", f"A window has at most {UPDATES_MAX} updates.")
        self.updates.append(Update(note.id, self.status, note.message, now, posted_by=note.by))

    def _is(self) -> str:
        return f"The window is {self.status.replace('_', ' ')}."

    def _changed(
        self, type: str, now: datetime, *, was_public: bool | None = None, minutes_before: int | None = None
    ) -> DomainEvent:
        self.version += 1
        self.updated_at = now
        views = [self.payload(), self.payload(public=True)]
        if minutes_before is not None:
            views = [contract.MaintenanceReminder(**dict(view), minutes_before=minutes_before) for view in views]
        return DomainEvent.of_change(
            type,
            str(self.id),
            self.version,
            now,
            internal=views[0],
            public=views[1],
            was_public=self.details.is_public if was_public is None else was_public,
            is_public=self.details.is_public,
        )


def reminder_of(kind: str) -> int | None:
    """The minutes of a reminder among the moves that `Window.due` names."""
    return int(kind.removeprefix(_REMINDER)) if kind.startswith(_REMINDER) else None
