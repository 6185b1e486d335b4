"""Values that cross service borders: statuses, ids, people, texts and times, with the bounds that hold for them everywhere."""

import unicodedata
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints

TITLE_MAX = 200
TEXT_MAX_BYTES = 16 * 1024


class ServiceStatus(StrEnum):
    """What a service is like, from best to worst; `severity` orders them."""

    OPERATIONAL = "operational"
    DEGRADED = "degraded"
    PARTIAL_OUTAGE = "partial_outage"
    MAJOR_OUTAGE = "major_outage"

    @property
    def severity(self) -> int:
        return _SEVERITIES[self]


_SEVERITIES = {status: severity for severity, status in enumerate(ServiceStatus)}


class IncidentStatus(StrEnum):
    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"


class IncidentImpact(StrEnum):
    """How bad an incident is. `service_status` is what it means for a service it names."""

    NONE = "none"
    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"

    @property
    def service_status(self) -> ServiceStatus:
        return list(ServiceStatus)[list(IncidentImpact).index(self)]

    @classmethod
    def of(cls, status: ServiceStatus) -> "IncidentImpact":
        """The impact of an incident whose worst service has this status."""
        return list(cls)[status.severity]


class MaintenanceStatus(StrEnum):
    SCHEDULED = "scheduled"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


class Visibility(StrEnum):
    """Who may see a service, an incident or a window: everybody, or the organization's members alone."""

    PUBLIC = "public"
    INTERNAL = "internal"


class Audience(StrEnum):
    """Who may read an event: members of the organization, or everybody."""

    INTERNAL = "internal"
    PUBLIC = "public"


class Role(IntEnum):
    """What a caller may do; each role may do what the lower ones may."""

    VIEWER = 1
    RESPONDER = 2
    ADMIN = 3


class NamedActor(BaseModel):
    """The person or machine that did something, as the token named it at that time. Never public."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str


def worst(statuses: "list[ServiceStatus]") -> ServiceStatus:
    """The worst of some statuses; operational when there are none."""
    return max(statuses, key=lambda status: status.severity, default=ServiceStatus.OPERATIONAL)


def _to_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        raise ValueError("is beyond the years 1 to 9999 in UTC") from None


def _printable(text: str) -> str:
    """Refuse what PostgreSQL, JSON or a terminal chokes on: NUL, other control characters, lone surrogates."""
    for index, character in enumerate(text):
        if character in "\n\t":
            continue
        if unicodedata.category(character) in ("Cc", "Cs"):
            raise ValueError(f"character {index} (U+{ord(character):04X}) is not allowed")
    return text


def _one_line(text: str) -> str:
    if "\n" in text or "\t" in text:
        raise ValueError("must be a single line")
    return text


def _bounded_text(text: str) -> str:
    if len(text.encode()) > TEXT_MAX_BYTES:
        raise ValueError(f"must be at most {TEXT_MAX_BYTES} bytes in UTF-8")
    return text


def _web_address(text: str) -> str:
    try:
        parts = urlsplit(text)
        legible = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        legible = False
    if not legible or "@" in parts.netloc or " " in text:
        raise ValueError("must be an address that begins with https:// or http:// and names a host, no user")
    return text


UtcDatetime = Annotated[AwareDatetime, AfterValidator(_to_utc)]

Title = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=TITLE_MAX),
    AfterValidator(_printable),
    AfterValidator(_one_line),
]
"""One line of at most 200 characters: titles and names."""

Text = Annotated[
    str,
    StringConstraints(strip_whitespace=True),
    AfterValidator(_printable),
    AfterValidator(_bounded_text),
]
"""Text a person wrote, at most 16 KiB in UTF-8. May be empty."""

WebAddress = Annotated[
    str,
    StringConstraints(strip_whitespace=True, max_length=2000),
    AfterValidator(_printable),
    AfterValidator(_web_address),
]
"""Where a link or a picture of a page leads: http or https, never a script."""

_MAILTO = r"^mailto:[A-Za-z0-9.!#$%&'*+/=^_`{|}~-]+@[A-Za-z0-9.-]+(\?[A-Za-z0-9._~%&=+@,:;!'()*/-]*)?$"
MailAddress = Annotated[str, StringConstraints(max_length=2000, pattern=_MAILTO)]
"""A link that begins a mail."""

Color = Annotated[str, StringConstraints(pattern=r"^#[0-9A-Fa-f]{6}$"), AfterValidator(str.lower)]

ORGANIZATION_ID_PATTERN = r"^[A-Za-z0-9_-]{1,64}\Z"
SLUG_PATTERN = r"^[a-z0-9](?:[a-z0-9-]{1,61}[a-z0-9])$"
