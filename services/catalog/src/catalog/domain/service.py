"""A service: what people say of it, who may see it, since when it is watched, and that deleting it can be undone for a while."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from common.contracts import catalog as contract
from common.contracts.events import DomainEvent
from common.contracts.rules import RuleError
from common.contracts.values import Visibility

SERVICES_MAX = 500
RESTORABLE = timedelta(days=30)
START_MAX_AGE = timedelta(days=3653)  # ten years


def check_start_date(start: date, today: date) -> None:
    if start > today:
        raise RuleError("start-date-in-future", "body.start_date", f"Today is {today} in the page's time zone.")
    if start < today - START_MAX_AGE:
        raise RuleError("start-date-too-early", "body.start_date", "At most ten years past.")


def check_room(services: int) -> None:
    """There is room for one more service on the page."""
    if services >= SERVICES_MAX:
        raise RuleError("too-many-services", "body", f"A page has at most {SERVICES_MAX} services.")


@dataclass
class Service:
    """`start_date` is None for those made before it was asked for: the day of their creation."""

    id: UUID
    name: str
    description: str
    visibility: Visibility
    start_date: date | None
    created_at: datetime
    updated_at: datetime
    version: int = 0
    deleted_at: datetime | None = None

    @classmethod
    def create(
        cls, id: UUID, *, name: str, description: str, visibility: Visibility, start_date: date, now: datetime
    ) -> tuple["Service", DomainEvent]:
        service = cls(id, name, description, visibility, start_date, now, now)
        return service, service._changed("service.created", now, was=visibility)

    @classmethod
    def of_elsewhere(
        cls,
        id: UUID,
        *,
        name: str,
        description: str,
        visibility: Visibility,
        start_date: date | None,
        created_at: datetime,
        now: datetime,
    ) -> tuple["Service", DomainEvent]:
        """One that was kept somewhere else until now."""
        if created_at > now:
            raise RuleError("in-future", "body.created_at", "What was, was before now.")
        service = cls(id, name, description, visibility, start_date, created_at, now)
        return service, service._changed("service.created", now, was=visibility)

    @property
    def is_public(self) -> bool:
        return self.visibility is Visibility.PUBLIC

    def change(
        self,
        *,
        name: str | None,
        description: str | None,
        visibility: Visibility | None,
        start_date: date | None,
        now: datetime,
    ) -> DomainEvent | None:
        """Change what is given. None when that changes nothing."""
        before, was = self._said(), self.visibility
        self.name = self.name if name is None else name
        self.description = self.description if description is None else description
        self.visibility = self.visibility if visibility is None else visibility
        self.start_date = self.start_date if start_date is None else start_date
        return None if before == self._said() else self._changed("service.updated", now, was=was)

    def delete(self, now: datetime) -> DomainEvent:
        self.deleted_at = now
        self.version += 1
        self.updated_at = now
        return DomainEvent.of_deletion("service.deleted", str(self.id), self.version, now, was_public=self.is_public)

    def restore(self, now: datetime) -> DomainEvent:
        """Undo the deletion. What was deleted too long ago is not found any more, which is not decided here."""
        if self.deleted_at is None:
            raise RuleError("service-not-deleted", "path", "The service was not deleted.", conflict=True)
        self.deleted_at = None
        return self._changed("service.restored", now, was=self.visibility)

    def payload(self) -> contract.Service:
        return contract.Service(
            id=str(self.id),
            name=self.name,
            description=self.description,
            visibility=self.visibility,
            start_date=self.start_date,
            version=self.version,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )

    def _said(self) -> tuple[object, ...]:
        return self.name, self.description, self.visibility, self.start_date

    def _changed(self, event_type: str, now: datetime, *, was: Visibility) -> DomainEvent:
        self.version += 1
        self.updated_at = now
        payload = self.payload()
        return DomainEvent.of_change(
            event_type,
            str(self.id),
            self.version,
            now,
            internal=payload,
            public=payload,
            was_public=was is Visibility.PUBLIC,
            is_public=self.is_public,
        )
