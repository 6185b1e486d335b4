"""What maintenance publishes."""

from common.contracts.events import Contract, Payload, Tombstone, visibility_events
from common.contracts.values import MaintenanceStatus, NamedActor, UtcDatetime, Visibility


class MaintenanceUpdate(Payload):
    """One entry of a window's timeline: the status it stood at, and what was said.

    `posted_by` and `edited_by`, the last one who did, are told to members alone: for everybody they are None, as they are in what an older
    release wrote.
    """

    id: str
    status: MaintenanceStatus
    message: str
    created_at: UtcDatetime
    edited_at: UtcDatetime | None = None
    posted_by: NamedActor | None = None
    edited_by: NamedActor | None = None


class ServiceMaintenance(Payload):
    """A service that a window is about. `name` is the service's as it was last known; a deleted one keeps it here."""

    service_id: str
    name: str = ""


class Maintenance(Payload):
    """The whole window, its updates in the order they were posted.

    `started_at` and `completed_at` are the scheduled times when the scheduler made the move, also when it was late, and the real times
    when a person did. `series_id` names the series whose occurrence it is. Everybody reads it without services that are internal,
    and without who wrote its updates.
    """

    id: str
    title: str
    description: str
    status: MaintenanceStatus
    visibility: Visibility
    scheduled_start: UtcDatetime
    scheduled_end: UtcDatetime
    started_at: UtcDatetime | None
    completed_at: UtcDatetime | None
    cancelled_at: UtcDatetime | None
    starts_by_itself: bool
    completes_by_itself: bool
    reminder_minutes: tuple[int, ...]
    series_id: str | None
    services: tuple[ServiceMaintenance, ...]
    updates: tuple[MaintenanceUpdate, ...]
    created_at: UtcDatetime
    updated_at: UtcDatetime
    version: int


class MaintenanceReminder(Maintenance):
    """The whole window, `minutes_before` its start."""

    minutes_before: int


MAINTENANCE_EVENTS = {
    "maintenance.scheduled": Contract("maintenance", Maintenance, "A window is planned."),
    "maintenance.updated": Contract("maintenance", Maintenance, "What is said of the window, or its times, changed."),
    "maintenance.reminder_due": Contract("maintenance", MaintenanceReminder, "The window begins soon."),
    "maintenance.started": Contract("maintenance", Maintenance, "The window is in progress."),
    "maintenance.extended": Contract("maintenance", Maintenance, "The window ends at another time than was said."),
    "maintenance.update_posted": Contract("maintenance", Maintenance, "An update was posted."),
    "maintenance.update_edited": Contract("maintenance", Maintenance, "The message of an update was edited."),
    "maintenance.update_deleted": Contract("maintenance", Maintenance, "An update was deleted."),
    "maintenance.completed": Contract("maintenance", Maintenance, "The window is over."),
    "maintenance.cancelled": Contract("maintenance", Maintenance, "The window does not take place, or ended early."),
    **visibility_events("maintenance", "maintenance", Maintenance),
    "maintenance.deleted": Contract("maintenance", Tombstone, "A planned window was deleted."),
}
