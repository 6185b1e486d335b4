"""What incidents publishes."""

from common.contracts.events import Contract, Payload, Tombstone, visibility_events
from common.contracts.values import IncidentImpact, IncidentStatus, NamedActor, ServiceStatus, UtcDatetime, Visibility


class UpdatedService(Payload):
    """A service that an incident named, with what the incident put on it before and after an update: the same where that left it as it was.

    It is operational before the incident names it, when the incident no longer does, and while it is resolved.
    """

    service_id: str
    old_status: ServiceStatus
    new_status: ServiceStatus
    name: str = ""


class IncidentUpdate(Payload):
    """One entry of an incident's timeline: the status it stood at, and what was said.

    `services` is None where it is not recorded: of an update that an older release wrote, of an incident that was over when it was written
    down, and of the oldest updates where all of them together would say too much.

    `posted_by` and `edited_by`, the last one who did, are told to members alone: for everybody they are None, as they are in what an older
    release wrote.
    """

    id: str
    status: IncidentStatus
    message: str
    created_at: UtcDatetime
    edited_at: UtcDatetime | None = None
    services: tuple[UpdatedService, ...] | None = None
    posted_by: NamedActor | None = None
    edited_by: NamedActor | None = None


class ServiceIncident(Payload):
    """A service that an incident names, and the status it puts on it while it is not resolved.

    `name` is the service's as it was last known; a deleted one keeps it here.
    """

    service_id: str
    status: ServiceStatus
    name: str = ""


class Postmortem(Payload):
    """What was learned, in Markdown. Everybody reads it once it is published; `published_at` is None while it is a draft."""

    body: str
    published_at: UtcDatetime | None
    updated_at: UtcDatetime


class Incident(Payload):
    """The whole incident, its updates in the order they were posted.

    Everybody reads it without services that are internal, without the draft of a postmortem, and without who wrote its updates.
    """

    id: str
    title: str
    description: str
    status: IncidentStatus
    impact: IncidentImpact
    started_at: UtcDatetime
    resolved_at: UtcDatetime | None
    visibility: Visibility = Visibility.PUBLIC
    postmortem: Postmortem | None = None
    created_at: UtcDatetime
    updated_at: UtcDatetime
    version: int
    services: tuple[ServiceIncident, ...]
    updates: tuple[IncidentUpdate, ...]

    @property
    def is_backfilled(self) -> bool:
        """Whether it was over before it was written down, so that nobody saw its statuses while they held."""
        return self.resolved_at is not None and self.started_at < self.resolved_at <= self.created_at


INCIDENT_EVENTS = {
    "incident.opened": Contract("incidents", Incident, "An incident was opened."),
    "incident.backfilled": Contract("incidents", Incident, "An incident that is over already was written down."),
    "incident.updated": Contract("incidents", Incident, "What is said of the incident as a whole changed."),
    "incident.update_posted": Contract(
        "incidents", Incident, "An update was posted that neither resolves nor reopens."
    ),
    "incident.update_edited": Contract("incidents", Incident, "The message of an update was edited."),
    "incident.update_deleted": Contract("incidents", Incident, "An update was deleted."),
    "incident.resolved": Contract(
        "incidents", Incident, "An update resolved the incident; its statuses count no more."
    ),
    "incident.reopened": Contract(
        "incidents", Incident, "An update reopened the incident; its last statuses count again."
    ),
    "incident.postmortem_changed": Contract(
        "incidents", Incident, "The postmortem was written, published, changed or taken back."
    ),
    **visibility_events("incidents", "incident", Incident),
    "incident.deleted": Contract("incidents", Tombstone, "The incident was deleted; its impact is lifted."),
}
