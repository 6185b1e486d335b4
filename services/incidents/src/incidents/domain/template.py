"""The template: what an incident of some kind says when it is opened, with places for what is only known then.

`{services}` becomes the names of the services in words, `{time}` the time in the organization's zone; whatever else stands in braces stays as
it is. What everybody will read names no internal service. A service that was deleted since is left out.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from common.contracts.catalog import KnownService
from common.contracts.rules import RuleError
from common.contracts.values import TEXT_MAX_BYTES, TITLE_MAX, IncidentImpact, IncidentStatus, ServiceStatus, Visibility

TEMPLATES_MAX = 200
NO_SERVICES = "our services"

_PLACEHOLDER = re.compile(r"\{(services|time)\}")


@dataclass(frozen=True)
class Content:
    """What people write into a template."""

    name: str
    title: str
    message: str
    impact: IncidentImpact | None
    status: IncidentStatus
    visibility: Visibility
    services: Mapping[UUID, ServiceStatus | None]


@dataclass(frozen=True)
class Proposal:
    """An incident as it could be opened."""

    title: str
    message: str
    status: IncidentStatus
    impact: IncidentImpact | None
    visibility: Visibility
    services: Mapping[UUID, ServiceStatus | None]


BLANK = Proposal("", "", IncidentStatus.INVESTIGATING, None, Visibility.PUBLIC, {})
"""What an incident is as long as nobody says anything of it."""


@dataclass
class Template:
    """`known` says what is known of each service it names."""

    id: UUID
    content: Content
    known: Mapping[UUID, KnownService]
    created_at: datetime
    updated_at: datetime
    version: int = 1

    def rewrite(self, content: Content, known: Mapping[UUID, KnownService], now: datetime) -> bool:
        """Whether that changes anything."""
        if content == self.content:
            return False
        self.content = content
        self.known = known
        self.updated_at = now
        self.version += 1
        return True

    def present_services(self) -> dict[UUID, ServiceStatus | None]:
        """Those of its services that still exist."""
        return {id: status for id, status in self.content.services.items() if not self.known[id].is_deleted}

    def propose(
        self,
        *,
        services: Mapping[UUID, ServiceStatus | None],
        known: Mapping[UUID, KnownService],
        visibility: Visibility | None,
        at: datetime,
    ) -> Proposal:
        """The incident that the template makes of these services; `at` is in the organization's zone."""
        visibility = visibility or self.content.visibility
        is_internal = visibility is Visibility.INTERNAL
        names = [known[id].name for id in services if is_internal or known[id].is_public]
        values = {"services": in_words(names) if names else NO_SERVICES, "time": f"{at:%Y-%m-%d %H:%M %Z}"}
        title, message = (fill(text, values) for text in (self.content.title, self.content.message))
        if len(title) > TITLE_MAX or len(message.encode()) > TEXT_MAX_BYTES:
            raise RuleError(
                "filled-too-long", "body.services", "With the names of these services the text is too long."
            )
        return Proposal(title, message, self.content.status, self.content.impact, visibility, services)


def fill(text: str, values: Mapping[str, str]) -> str:
    """In one pass: what is put in is not looked at again, and no more of the text is a format than these names."""
    return _PLACEHOLDER.sub(lambda found: values[found[1]], text)


def in_words(names: list[str]) -> str:
    """`Website`, `Website and API`, `Website, API and Search`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)
