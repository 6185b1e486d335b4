"""The incident: its lifecycle, its timeline, what it puts on services and what was learned from it. Pure: time and ids are arguments.

Rules
- Lifecycles jump, repeat and go back; resolved can be reopened. An update needs a message or a change.
- Statuses count while the incident is not resolved. They stay with it, so reopening puts the last ones back.
- Every command that changes something makes one new version and one event, which carries the whole incident. Everybody reads it without
  internal services, without the draft of a postmortem and without who wrote its updates; what changes nothing but a draft is told to
  members alone.
- One that was over before it was written down (backfilled) stays resolved; only its times can be changed afterwards.
- What an update said before it was edited or deleted is kept for the members.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from common.contracts import incidents as contract
from common.contracts.catalog import KnownService
from common.contracts.events import DomainEvent
from common.contracts.rules import RuleError
from common.contracts.values import IncidentImpact, IncidentStatus, NamedActor, ServiceStatus, Visibility
from incidents.domain.impact import weigh
from incidents.domain.past import check_elsewhere, check_times, check_updates
from incidents.domain.timeline import UPDATES_MAX, FormerUpdate, Replacement, Update, forget_oldest


@dataclass
class Incident:
    """`known` says what is known of each service that it or one of its updates names. `former` is what commands replaced since it was loaded."""

    id: UUID
    title: str
    description: str
    status: IncidentStatus
    impact: IncidentImpact
    started_at: datetime
    resolved_at: datetime | None
    visibility: Visibility
    created_at: datetime
    updated_at: datetime
    version: int = 0
    services: dict[UUID, ServiceStatus] = field(default_factory=dict)
    known: dict[UUID, KnownService] = field(default_factory=dict)
    updates: list[Update] = field(default_factory=list)
    postmortem: contract.Postmortem | None = None
    former: list[FormerUpdate] = field(default_factory=list)
    deleted_at: datetime | None = None

    @classmethod
    def open(
        cls,
        *,
        id: UUID,
        title: str,
        description: str,
        status: IncidentStatus,
        impact: IncidentImpact | None,
        visibility: Visibility,
        services: Mapping[UUID, ServiceStatus | None],
        known: Mapping[UUID, KnownService],
        message: str,
        update_id: UUID,
        by: NamedActor,
        now: datetime,
    ) -> tuple["Incident", DomainEvent]:
        """A new incident; the message is its first update."""
        impact, statuses = weigh(impact, services, IncidentImpact.NONE)
        incident = cls(
            id=id,
            title=title,
            description=description,
            status=status,
            impact=impact,
            started_at=now,
            resolved_at=now if status is IncidentStatus.RESOLVED else None,
            visibility=visibility,
            created_at=now,
            updated_at=now,
            services=statuses,
            known=dict(known),
        )
        incident._say(update_id, message, {}, by, now)
        return incident, incident._changed("incident.opened", now)

    @classmethod
    def backfill(
        cls,
        *,
        id: UUID,
        title: str,
        description: str,
        impact: IncidentImpact | None,
        visibility: Visibility,
        services: Mapping[UUID, ServiceStatus | None],
        known: Mapping[UUID, KnownService],
        started_at: datetime,
        resolved_at: datetime,
        updates: Sequence[Update],
        now: datetime,
    ) -> tuple["Incident", DomainEvent]:
        """One that is over already, with what was said while it lasted."""
        check_times(started_at, resolved_at, written_at=now)
        check_updates(updates, started_at, resolved_at)
        impact, statuses = weigh(impact, services, IncidentImpact.NONE)
        incident = cls(
            id=id,
            title=title,
            description=description,
            status=IncidentStatus.RESOLVED,
            impact=impact,
            started_at=started_at,
            resolved_at=resolved_at,
            visibility=visibility,
            created_at=now,
            updated_at=now,
            services=statuses,
            known=dict(known),
            updates=list(updates),
        )
        return incident, incident._changed("incident.backfilled", now)

    @classmethod
    def of_elsewhere(
        cls,
        *,
        id: UUID,
        title: str,
        description: str,
        status: IncidentStatus,
        impact: IncidentImpact,
        visibility: Visibility,
        services: Mapping[UUID, ServiceStatus | None],
        known: Mapping[UUID, KnownService],
        started_at: datetime,
        resolved_at: datetime | None,
        created_at: datetime,
        updates: Sequence[Update],
        postmortem: contract.Postmortem | None,
        now: datetime,
    ) -> tuple["Incident", DomainEvent]:
        """One that was kept somewhere else until now, however old. As one that goes on it can be updated like any other."""
        check_elsewhere(
            status=status,
            started_at=started_at,
            resolved_at=resolved_at,
            created_at=created_at,
            updates=updates,
            postmortem=postmortem,
            now=now,
        )
        impact, statuses = weigh(impact, services, impact)
        # Written down when it began, so that it was seen while it lasted, or when it was over.
        was_seen = resolved_at is None or created_at < resolved_at
        incident = cls(
            id=id,
            title=title,
            description=description,
            status=status,
            impact=impact,
            started_at=started_at,
            resolved_at=resolved_at,
            visibility=visibility,
            created_at=started_at if was_seen else created_at,
            updated_at=now,
            services=statuses,
            known=dict(known),
            updates=list(updates),
            postmortem=postmortem,
        )
        return incident, incident._changed("incident.opened" if resolved_at is None else "incident.backfilled", now)

    @property
    def is_public(self) -> bool:
        return self.visibility is Visibility.PUBLIC

    @property
    def is_backfilled(self) -> bool:
        """Any other starts the moment it is written down."""
        return self.started_at < self.created_at

    @property
    def published_postmortem(self) -> contract.Postmortem | None:
        return self.postmortem if self.postmortem is not None and self.postmortem.published_at is not None else None

    def change_details(
        self,
        *,
        title: str | None,
        description: str | None,
        impact: IncidentImpact | None,
        services: Mapping[UUID, ServiceStatus | None] | None,
        visibility: Visibility | None,
        started_at: datetime | None,
        resolved_at: datetime | None,
        now: datetime,
    ) -> DomainEvent | None:
        """Change what is given. None when that changes nothing."""
        before, was_public = self._details(), self.is_public
        self.title = self.title if title is None else title
        self.description = self.description if description is None else description
        self.visibility = self.visibility if visibility is None else visibility
        self._weigh(impact, services)
        self._move(started_at or self.started_at, resolved_at or self.resolved_at)
        if before == self._details():
            return None
        return self._changed("incident.updated", now, was_public=was_public)

    def post_update(
        self,
        *,
        id: UUID,
        status: IncidentStatus | None,
        message: str,
        impact: IncidentImpact | None,
        services: Mapping[UUID, ServiceStatus | None] | None,
        by: NamedActor,
        now: datetime,
    ) -> DomainEvent:
        """Add to the timeline. Resolving and reopening are updates."""
        before, put_before = (self.status, self.impact, self.services), self._puts()
        self.status = self.status if status is None else status
        self._weigh(impact, services)
        if not message and before == (self.status, self.impact, self.services):
            raise RuleError("empty-update", "body", "An update needs a message or a change.")
        if len(self.updates) >= UPDATES_MAX:
            raise RuleError("too-many-updates", "body", f"An incident has at most {UPDATES_MAX} updates.")
        was_resolved, is_resolved = before[0] is IncidentStatus.RESOLVED, self.status is IncidentStatus.RESOLVED
        if self.is_backfilled and not is_resolved:
            message = "An incident that was over when it was written down stays resolved. Open a new one."
            raise RuleError("backfilled", "body.status", message, conflict=True)
        self._say(id, message, put_before, by, now)
        if is_resolved and not was_resolved:
            self.resolved_at = now
            return self._changed("incident.resolved", now)
        if was_resolved and not is_resolved:
            self.resolved_at = None
            return self._changed("incident.reopened", now)
        return self._changed("incident.update_posted", now)

    def edit_update(self, id: UUID, message: str, by: NamedActor, now: datetime) -> DomainEvent | None:
        """Change what an update says. None when it says that already."""
        update = self.find_update(id)
        if update.message == message:
            return None
        self._keep(update, Replacement.EDITED, now)
        update.message = message
        update.edited_at = now
        update.edited_by = by
        return self._changed("incident.update_edited", now)

    def delete_update(self, id: UUID, now: datetime) -> DomainEvent:
        """Take an update out of the timeline. The incident's own status stays."""
        update = self.find_update(id)
        self._keep(update, Replacement.DELETED, now)
        self.updates.remove(update)
        return self._changed("incident.update_deleted", now)

    def write_postmortem(self, body: str, *, publish: bool | None, now: datetime) -> DomainEvent | None:
        """Write what was learned. A new one is a draft, a published one stays published, unless `publish` says otherwise.

        None when that changes nothing.
        """
        before, published_before = self.postmortem, self.published_postmortem
        is_published = published_before is not None if publish is None else publish
        if is_published and published_before is None and self.status is not IncidentStatus.RESOLVED:
            message = "What was learned is published when the incident is resolved."
            raise RuleError("not-resolved", "body.publish", message, conflict=True)
        if before is not None and (before.body, published_before is not None) == (body, is_published):
            return None
        first_published_at = published_before.published_at if published_before else now
        self.postmortem = contract.Postmortem(
            body=body, published_at=first_published_at if is_published else None, updated_at=now
        )
        return self._postmortem_changed(published_before, now)

    def take_back_postmortem(self, now: datetime) -> DomainEvent:
        """Raises KeyError when there is none."""
        if self.postmortem is None:
            raise KeyError("postmortem")
        published_before, self.postmortem = self.published_postmortem, None
        return self._postmortem_changed(published_before, now)

    def service_changed(self, now: datetime) -> DomainEvent:
        """Who may see a service that it names changed, and with it what everybody may see of the incident."""
        return self._changed("incident.updated", now)

    def delete(self, now: datetime) -> DomainEvent:
        """Remove the incident and lift its impact; what remains is a tombstone with its version."""
        self.deleted_at = now
        self.version += 1
        self.updated_at = now
        return DomainEvent.of_deletion("incident.deleted", str(self.id), self.version, now, was_public=self.is_public)

    def find_update(self, id: UUID) -> Update:
        """Raises KeyError for an update that the incident does not have."""
        for update in self.updates:
            if update.id == id:
                return update
        raise KeyError(id)

    def payload(self) -> contract.Incident:
        """The whole incident, as members read it."""
        return contract.Incident(
            id=str(self.id),
            title=self.title,
            description=self.description,
            status=self.status,
            impact=self.impact,
            started_at=self.started_at,
            resolved_at=self.resolved_at,
            visibility=self.visibility,
            postmortem=self.postmortem,
            created_at=self.created_at,
            updated_at=self.updated_at,
            version=self.version,
            services=tuple(
                contract.ServiceIncident(service_id=str(id), status=status, name=self.known[id].name)
                for id, status in self.services.items()
            ),
            updates=tuple(update.payload(self.known) for update in self.updates),
        )

    def public_payload(self) -> contract.Incident:
        """The incident as everybody may read it."""
        whole = self.payload()
        services = tuple(named for named in whole.services if self._is_seen(named))
        updates = tuple(self._public_update(update) for update in whole.updates)
        return whole.model_copy(
            update={"services": services, "updates": updates, "postmortem": self.published_postmortem}
        )

    def _public_update(self, whole: contract.IncidentUpdate) -> contract.IncidentUpdate:
        services = whole.services and tuple(named for named in whole.services if self._is_seen(named))
        return whole.model_copy(update={"services": services, "posted_by": None, "edited_by": None})

    def _is_seen(self, named: contract.ServiceIncident | contract.UpdatedService) -> bool:
        return self.known[UUID(named.service_id)].is_public

    def _puts(self) -> dict[UUID, ServiceStatus]:
        """What it puts on services now."""
        is_over = self.status is IncidentStatus.RESOLVED
        return dict.fromkeys(self.services, ServiceStatus.OPERATIONAL) if is_over else self.services

    def _say(
        self, id: UUID, message: str, put_before: Mapping[UUID, ServiceStatus], by: NamedActor, now: datetime
    ) -> None:
        """Add an update at the present status, with what the incident put on services before and puts on them now."""
        puts, well = self._puts(), ServiceStatus.OPERATIONAL
        named = {**put_before, **puts}
        services = {service: (put_before.get(service, well), puts.get(service, well)) for service in named}
        number = max((update.number for update in self.updates), default=0) + 1
        self.updates.append(Update(id, number, self.status, message, now, services=services, posted_by=by))
        forget_oldest(self.updates, self.known)

    def _details(self) -> tuple[object, ...]:
        return (
            self.title, self.description, self.visibility, self.impact, self.services, self.started_at, self.resolved_at,
        )  # fmt: skip

    def _weigh(self, impact: IncidentImpact | None, services: Mapping[UUID, ServiceStatus | None] | None) -> None:
        if impact is None and services is None:
            return
        named = dict.fromkeys(self.services) if services is None else services
        self.impact, self.services = weigh(impact, named, self.impact)

    def _move(self, started_at: datetime, resolved_at: datetime | None) -> None:
        if (started_at, resolved_at) == (self.started_at, self.resolved_at):
            return
        if not self.is_backfilled or resolved_at is None:
            where = "body.started_at" if started_at != self.started_at else "body.resolved_at"
            message = "Only an incident that was over when it was written down can be given other times."
            raise RuleError("not-backfilled", where, message, conflict=True)
        check_times(started_at, resolved_at, written_at=self.created_at)
        self.started_at, self.resolved_at = started_at, resolved_at

    def _keep(self, update: Update, kind: Replacement, now: datetime) -> None:
        self.former.append(FormerUpdate(self.version + 1, update.id, kind, update.status, update.message, now))

    def _postmortem_changed(self, published_before: contract.Postmortem | None, now: datetime) -> DomainEvent:
        event = self._changed("incident.postmortem_changed", now)
        return event if published_before or self.published_postmortem else replace(event, public=None)

    def _changed(self, event_type: str, now: datetime, *, was_public: bool | None = None) -> DomainEvent:
        """`was_public` where the command may have changed it."""
        self.version += 1
        self.updated_at = now
        return DomainEvent.of_change(
            event_type,
            str(self.id),
            self.version,
            now,
            internal=self.payload(),
            public=self.public_payload(),
            was_public=self.is_public if was_public is None else was_public,
            is_public=self.is_public,
        )
