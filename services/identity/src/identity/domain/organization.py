"""An organization as identity knows it: its name, and the address that its page is to have."""

import re
from dataclasses import dataclass
from datetime import datetime

from common.contracts import identity as contract
from common.contracts.events import DomainEvent
from common.contracts.rules import RuleError
from common.contracts.values import SLUG_PATTERN

ORGANIZATIONS_MAX = 50
_SLUG = re.compile(SLUG_PATTERN)


def check_room(organizations: int) -> None:
    """There is room for one more organization of the same person."""
    if organizations >= ORGANIZATIONS_MAX:
        raise RuleError("too-many-organizations", "body", f"A person belongs to at most {ORGANIZATIONS_MAX}.")


@dataclass
class Organization:
    """`proposed_slug` is what was asked for when it was made. The slug belongs to catalog, which may have given another."""

    id: str
    name: str
    proposed_slug: str
    created_at: datetime
    updated_at: datetime
    version: int = 0

    @classmethod
    def create(cls, id: str, *, name: str, slug: str, now: datetime) -> tuple["Organization", DomainEvent]:
        if not _SLUG.fullmatch(slug):
            raise RuleError("invalid-slug", "body.slug", "3 to 63 lower case letters, digits and inner hyphens.")
        organization = cls(id, name, slug, now, now)
        return organization, organization._changed("organization.created", now)

    def rename(self, name: str, now: datetime) -> DomainEvent | None:
        """None when it has that name."""
        if name == self.name:
            return None
        self.name = name
        return self._changed("organization.updated", now)

    def payload(self) -> contract.Organization:
        return contract.Organization(
            id=self.id,
            name=self.name,
            proposed_slug=self.proposed_slug,
            created_at=self.created_at,
            updated_at=self.updated_at,
            version=self.version,
        )

    def _changed(self, event_type: str, now: datetime) -> DomainEvent:
        self.version += 1
        self.updated_at = now
        return DomainEvent(event_type, self.id, self.version, now, self.payload(), None)
