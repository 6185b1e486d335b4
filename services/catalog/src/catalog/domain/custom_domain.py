"""A host name of an organization's own for its page, and the proof in DNS that the name is theirs.

- Whoever can publish the TXT record `tidings-domain=<token>` at `_tidings.<name>` holds the name. Anybody may ask for one, so several
  organizations may wait for the same; one at a time holds it, and the next proves it once that one has not got it any more.
- One that waits is looked for less and less often, and no more after 7 days. One that is held is looked for daily. When that finds
  nothing, whatever the reason, nothing happens until that has been so for 7 days and on 7 looks: then it is released, so that a name
  that was sold or left alone leads nobody to a page. An hour in which DNS does not answer, or a week in which nobody looked, releases nothing.
- What was looked for and found without changing anything is no event and no version: only when it was (`checked_at`) is kept.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

import idna

from common.contracts.catalog import CustomDomain as Payload
from common.contracts.catalog import DomainStatus
from common.contracts.events import DomainEvent, Tombstone
from common.contracts.rules import RuleError

DOMAINS_MAX = 5
PATIENCE = timedelta(days=7)
LOOKS_BEFORE_RELEASE = 7
DAILY = timedelta(days=1)
AGAIN_WHEN_UNREACHABLE = timedelta(hours=1)
WAITING_MIN, WAITING_MAX = timedelta(minutes=2), timedelta(hours=6)
PAUSE_BETWEEN_CHECKS = timedelta(seconds=10)
"""How soon a person may have a domain checked again."""

NAME_MAX = 253
RECORD_LABEL = "_tidings"
RECORD_VALUE = "tidings-domain="
_TOKEN_BYTES = 24

_NAME = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
"""Two labels at least, the last one no number: that would be an IP address."""


class Finding(StrEnum):
    """What a look for the record found. `different`: a record of ours with another value; `taken`: the right one, but another organization
    holds the name."""

    FOUND = "found"
    MISSING = "missing"
    DIFFERENT = "different"
    UNREACHABLE = "unreachable"
    TAKEN = "taken"


def normalized(typed: str, base_domain: str) -> str:
    """A host name as DNS has it: lower case, ASCII, no dot at its end. Refuses what cannot be a page's."""
    try:
        name = idna.encode(typed.strip().removesuffix("."), uts46=True).decode("ascii") if typed.strip() else ""
    except UnicodeError:  # of idna's kind or of Python's own
        name = ""
    name = name.lower()
    # Room for the record's own label above it.
    if len(name) + len(RECORD_LABEL) + 1 > NAME_MAX or not _NAME.fullmatch(name):
        raise RuleError(
            "invalid-domain", "body.name", "A host name such as status.example.com, without https:// or a path."
        )
    if f".{name}".endswith(f".{base_domain.lower()}"):
        raise RuleError("invalid-domain", "body.name", f"Names at {base_domain} are this platform's own.")
    return name


def check_room(count: int) -> None:
    if count >= DOMAINS_MAX:
        message = f"An organization has at most {DOMAINS_MAX} domains: remove one first."
        raise RuleError("too-many-domains", "body.name", message, conflict=True)


@dataclass
class CustomDomain:
    organization_id: str
    id: UUID
    name: str
    token: str
    status: DomainStatus
    requested_at: datetime
    """Since when the record is looked for, while it is pending."""
    created_at: datetime
    updated_at: datetime
    proved_at: datetime | None = None
    failing_since: datetime | None = None
    failed_checks: int = 0
    checked_at: datetime | None = None
    finding: Finding | None = None
    version: int = 0

    @classmethod
    def request(cls, organization_id: str, id: UUID, *, name: str, now: datetime) -> tuple["CustomDomain", DomainEvent]:
        token = secrets.token_hex(_TOKEN_BYTES)
        domain = cls(organization_id, id, name, token, DomainStatus.PENDING, now, now, now)
        return domain, domain._changed("custom_domain.requested", now)

    @property
    def record_name(self) -> str:
        return f"{RECORD_LABEL}.{self.name}"

    @property
    def record_value(self) -> str:
        return f"{RECORD_VALUE}{self.token}"

    @property
    def ends_at(self) -> datetime | None:
        """When it is released, or not looked for any more, if the record is not found until then."""
        if self.status is DomainStatus.FAILING and self.failing_since is not None:
            return self.failing_since + PATIENCE
        return self.requested_at + PATIENCE if self.status is DomainStatus.PENDING else None

    def check_pause(self, now: datetime) -> timedelta:
        """How long a person has to wait before it is checked again."""
        if self.checked_at is None:
            return timedelta()
        return max(self.checked_at + PAUSE_BETWEEN_CHECKS - now, timedelta())

    def checked(self, finding: Finding, now: datetime, *, anew: bool = False) -> DomainEvent | None:
        """Take note of a look for the record that began at `now`. Whoever calls it with `found` has made sure that nobody else holds the name.

        Looks overlap, and what one saw that began before another says nothing any more. `anew`: where looking had ended, it begins once more.
        """
        if self.checked_at is not None and now < self.checked_at:
            return None
        begins_anew = anew and not (self.status.is_held or self.status is DomainStatus.PENDING)
        if begins_anew:
            self.status, self.requested_at, self.failing_since, self.failed_checks = DomainStatus.PENDING, now, None, 0
        self.checked_at, self.finding = now, finding
        event = self._found(now) if finding is Finding.FOUND else self._missed(now)
        return self._changed("custom_domain.requested", now) if event is None and begins_anew else event

    def next_check_at(self) -> datetime | None:
        """When it is looked for next. None: no more."""
        if self.checked_at is None:
            return self.requested_at
        if self.status.is_held:
            is_unreachable = self.finding is Finding.UNREACHABLE
            return self.checked_at + (AGAIN_WHEN_UNREACHABLE if is_unreachable else DAILY)
        if self.status is not DomainStatus.PENDING:
            return None
        waited = self.checked_at - self.requested_at
        return min(self.checked_at + min(max(waited / 4, WAITING_MIN), WAITING_MAX), self.requested_at + PATIENCE)

    def delete(self, now: datetime) -> DomainEvent:
        """Who never saw it at this name hears nothing of its end."""
        self.version += 1
        tombstone = Tombstone(id=str(self.id), deleted_at=now)
        public = tombstone if self.proved_at is not None else None
        return DomainEvent("custom_domain.deleted", str(self.id), self.version, now, tombstone, public)

    def payload(self) -> Payload:
        return Payload(
            id=str(self.id),
            name=self.name,
            status=self.status,
            proved_at=self.proved_at,
            failing_since=self.failing_since,
            version=self.version,
            created_at=self.created_at,
            updated_at=self.updated_at,
        )

    def _missed(self, now: datetime) -> DomainEvent | None:
        self.failed_checks += 1
        if self.status is DomainStatus.PROVED:
            self.status, self.failing_since = DomainStatus.FAILING, now
            return self._changed("custom_domain.failing", now)
        if self.ends_at is None or now < self.ends_at:
            return None
        if self.status is DomainStatus.PENDING:
            self.status = DomainStatus.EXPIRED
            return self._changed("custom_domain.expired", now)
        if self.failed_checks < LOOKS_BEFORE_RELEASE:
            return None
        self.status = DomainStatus.RELEASED
        return self._changed("custom_domain.released", now, is_public=True)

    def _found(self, now: datetime) -> DomainEvent | None:
        before, self.status = self.status, DomainStatus.PROVED
        self.failing_since, self.failed_checks = None, 0
        if before is DomainStatus.PROVED:
            return None
        if before is DomainStatus.FAILING:
            return self._changed("custom_domain.recovered", now)
        self.proved_at = now
        return self._changed("custom_domain.proved", now, is_public=True)

    def _changed(self, event_type: str, now: datetime, *, is_public: bool = False) -> DomainEvent:
        self.version += 1
        self.updated_at = now
        payload = self.payload()
        return DomainEvent(event_type, str(self.id), self.version, now, payload, payload if is_public else None)
