"""What identity publishes: organizations, their members and keys, and whose access tokens are believed no more. Members alone read it."""

from enum import StrEnum

from common.contracts.events import Contract, Payload, Tombstone
from common.contracts.values import Audience, UtcDatetime

KEY_PREFIX = "tdk_"
"""How every API key begins, so that it is known for one wherever it is met."""


class RoleName(StrEnum):
    """A role as it is written; `values.Role` orders them."""

    VIEWER = "viewer"
    RESPONDER = "responder"
    ADMIN = "admin"


class Organization(Payload):
    """An organization. `proposed_slug` is what was asked for; the slug that its page has is told by its page settings."""

    id: str
    name: str
    proposed_slug: str
    created_at: UtcDatetime
    updated_at: UtcDatetime
    version: int


class Member(Payload):
    """A member of the organization. The id is that of the person's account, and the subject of their tokens."""

    id: str
    name: str
    email: str
    role: RoleName
    joined_at: UtcDatetime
    updated_at: UtcDatetime
    version: int


class ApiKey(Payload):
    """A machine's key. `key_hash` is the SHA-256 of the whole key, in hexadecimal: enough to recognise it, not to make it."""

    id: str
    name: str
    role: RoleName
    key_hash: str
    created_at: UtcDatetime
    expires_at: UtcDatetime | None
    version: int


class AccessRevoked(Payload):
    """Access tokens of `subject` for this organization that were issued before `not_before` are to be refused."""

    subject: str
    not_before: UtcDatetime


_MEMBERS = (Audience.INTERNAL,)

IDENTITY_EVENTS = {
    "organization.created": Contract("identity", Organization, "An organization was made.", _MEMBERS),
    "organization.updated": Contract("identity", Organization, "The organization has another name.", _MEMBERS),
    "member.joined": Contract("identity", Member, "Somebody became a member.", _MEMBERS),
    "member.role_changed": Contract("identity", Member, "A member has another role.", _MEMBERS),
    "member.renamed": Contract("identity", Member, "A member has another name.", _MEMBERS),
    "member.removed": Contract("identity", Tombstone, "Somebody left or was removed.", _MEMBERS),
    "api_key.created": Contract("identity", ApiKey, "A key was made.", _MEMBERS),
    "api_key.revoked": Contract("identity", Tombstone, "A key is valid no more.", _MEMBERS),
    "access.revoked": Contract(
        "identity", AccessRevoked, "Somebody's access tokens of before are to be refused.", _MEMBERS
    ),
}
