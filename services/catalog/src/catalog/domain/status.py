"""The status that a service has: the worst of what people set and of what open incidents put on it; and windows in progress beside it.

Not part of the service: an incident changes a status without making an editor's copy of the service stale. Incidents never touch the base
status, so when the last one is over the service falls back to what people set. Windows touch no status at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.contracts import catalog as contract
from common.contracts.catalog import Cause, OpenWindow
from common.contracts.events import DomainEvent
from common.contracts.rules import RuleError
from common.contracts.values import ServiceStatus, Visibility, worst


def counts_on(service: Visibility, thing: Visibility) -> bool:
    """Whether an incident or a window has an effect on a service: an internal one only on internal services."""
    return thing is Visibility.PUBLIC or service is Visibility.INTERNAL


@dataclass(frozen=True)
class HistoryCause:
    """What a change of status came from, as it was called then: an incident, or one person's act on several services."""

    kind: str
    id: UUID
    title: str


@dataclass(frozen=True)
class Transition:
    """A change of the status that visitors see, for the history."""

    status: ServiceStatus
    previous: ServiceStatus
    changed_at: datetime
    cause: HistoryCause | None


@dataclass(frozen=True)
class Effects:
    """What open incidents and windows in progress have to do with one service."""

    causes: Sequence[Cause] = ()
    windows: Sequence[OpenWindow] = ()


@dataclass
class ServiceState:
    """The status of one service. `causes` are the open incidents that put a status on it, the worst first.

    `visibility` is the service's: of an internal one the public hears nothing.
    """

    service_id: UUID
    visibility: Visibility
    base_status: ServiceStatus
    status: ServiceStatus
    previous: ServiceStatus
    causes: tuple[Cause, ...]
    windows: tuple[OpenWindow, ...]
    changed_at: datetime
    version: int = 0

    @classmethod
    def of_new_service(cls, service_id: UUID, visibility: Visibility, now: datetime) -> "ServiceState":
        fine = ServiceStatus.OPERATIONAL
        return cls(service_id, visibility, fine, fine, fine, (), (), now)

    def set_base(
        self, status: ServiceStatus, now: datetime, cause: HistoryCause | None = None
    ) -> tuple[DomainEvent | None, Transition | None]:
        if status is self.base_status:
            return None, None
        self.base_status = status
        return self._changed(now, cause)

    def set_effects(
        self, effects: Effects, now: datetime, *, anew: bool = False
    ) -> tuple[DomainEvent | None, Transition | None]:
        """Have these causes and windows, in whatever order they come. `anew` tells the state also when it is the same."""
        causes = tuple(sorted(effects.causes, key=lambda cause: (-cause.status.severity, cause.since, cause.id)))
        windows = tuple(sorted(effects.windows, key=lambda window: (window.since, window.id)))
        if not anew and (causes, windows) == (self.causes, self.windows):
            return None, None
        cause = _difference(self.causes, causes)
        self.causes, self.windows = causes, windows
        return self._changed(now, cause)

    def relive(
        self, past: Sequence[Transition], base: ServiceStatus, now: datetime
    ) -> tuple[list[DomainEvent], Transition | None]:
        """Be what a service was elsewhere, change by change, and what people set of it there from now on.

        Returns the events, and the transition from the last of the past to the present, if there is one. What an incident
        put on it lasts when that incident comes as well.
        """
        times = [change.changed_at for change in past]
        if times != sorted(times) or any(moment > now for moment in times):
            raise RuleError("history-out-of-order", "body.history", "Changes are in order, none after now.")
        events = []
        for change in past:
            self.previous, self.status, self.changed_at = self.status, change.status, change.changed_at
            events.append(self._told(now))
        self.base_status = base
        if base is ServiceStatus.OPERATIONAL is self.status:
            return events, None
        event, transition = self._changed(now, None)
        return [*events, event], transition

    def payload(self) -> contract.ServiceStatusState:
        return contract.ServiceStatusState(
            service_id=str(self.service_id),
            status=self.status,
            previous=self.previous,
            base_status=self.base_status,
            causes=self.causes,
            under_maintenance=bool(self.windows),
            windows=self.windows,
            changed_at=self.changed_at,
            version=self.version,
        )

    def _changed(self, now: datetime, cause: HistoryCause | None) -> tuple[DomainEvent, Transition | None]:
        """The event, and the transition when visitors see another status.

        Clocks of services differ: a transition is never dated before the one that it follows.
        """
        effective = worst([self.base_status, *(cause.status for cause in self.causes)])
        transition = None
        if effective is not self.status:
            self.changed_at = max(now, self.changed_at)
            transition = Transition(effective, self.status, self.changed_at, cause)
            self.previous, self.status = self.status, effective
        return self._told(now), transition

    def _told(self, now: datetime) -> DomainEvent:
        self.version += 1
        payload = self.payload()
        public = payload if self.visibility is Visibility.PUBLIC else None
        return DomainEvent(
            "service_status.changed", str(self.service_id), self.version, now, internal=payload, public=public
        )


def _difference(before: Sequence[Cause], after: Sequence[Cause]) -> HistoryCause | None:
    """The worst cause that came or changed, or else the worst that went."""
    news = [cause for cause in after if cause not in before] or [cause for cause in before if cause not in after]
    return HistoryCause(news[0].kind, UUID(news[0].id), news[0].title) if news else None
