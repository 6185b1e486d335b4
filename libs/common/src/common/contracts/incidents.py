"""What incidents publishes."""

from common.contracts.events import Contract, Payload, Tombstone
from common.contracts.values import IncidentImpact, IncidentStatus, ServiceStatus, UtcDatetime


class IncidentUpdate(Payload):
    """One entry of an incident's timeline: the status it stood at, and what was said."""

    id: str
    status: IncidentStatus
    message: str
    created_at: UtcDatetime
    edited_at: UtcDatetime | None = None


class ServiceIncident(Payload):
    """A service that an incident names, and the status it puts on it while it is not resolved."""

    service_id: str
    status: ServiceStatus


class Incident(Payload):
    """The whole incident, its updates in the order they were posted."""

    id: str
    title: str
    description: str
    status: IncidentStatus
    impact: IncidentImpact
    started_at: UtcDatetime
    resolved_at: UtcDatetime | None
    created_at: UtcDatetime
    updated_at: UtcDatetime
    version: int
    services: tuple[ServiceIncident, ...]
    updates: tuple[IncidentUpdate, ...]


INCIDENT_EVENTS = {
    "incident.opened": Contract("incidents", Incident, "An incident was opened."),
    "incident.updated": Contract("incidents", Incident, "Title, description, impact or services changed."),
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
    "incident.deleted": Contract("incidents", Tombstone, "The incident was deleted; its impact is lifted."),
}
