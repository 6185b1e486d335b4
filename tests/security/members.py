"""An organization of identity as it is once people and machines have joined it, written by identity's own code.

Nobody is told of it, so that the other services keep what their tests give them.
"""

import base64
import json
import secrets
from dataclasses import dataclass

from common import tokens
from common.clock import now, uuid7
from common.contracts.values import Role
from common.database import Database
from common.signing_keys import public_jwk
from devstack.teststack import Stack
from identity.domain.account import Account
from identity.domain.api_key import ApiKey, api_key
from identity.domain.invitation import Invitation
from identity.domain.member import Member
from identity.domain.organization import Organization
from identity.domain.secrets import digest, written
from identity.store import account as accounts
from identity.store import api_key as keys
from identity.store import organization as organizations
from identity.store import work


@dataclass(frozen=True)
class Members:
    """The account with each role, and the ids of what admins may change: a further member, an invitation, an API key."""

    accounts: dict[str, str]
    ids: dict[str, str]


async def populate(database: Database, organization_id: str) -> Members:
    moment = now()
    async with work(database) as unit:
        transaction = await unit.enter(organization_id, None)
        organization, _ = Organization.create(organization_id, name=organization_id, slug=organization_id, now=moment)
        await organizations.save_organization(transaction, organization)
        members = {}
        for who, role in (*((role.name.lower(), role) for role in Role), ("colleague", Role.RESPONDER)):
            email = f"{who}@{organization_id}.example"
            account = Account.sign_up(uuid7(), email=email, name=who, password_hash="", now=moment)
            await accounts.add_account(unit, account)
            member, _ = Member.join(None, account_id=account.id, name=who, email=email, role=role, now=moment)
            await organizations.save_member(transaction, member)
            members[who] = account.id
        invitation = Invitation.create(
            uuid7(),
            email=f"guest@{organization_id}.example",
            role=Role.VIEWER,
            secret_hash=digest(written(secrets.token_bytes(32))),
            invited_by=members["admin"],
            now=moment,
        )
        await organizations.save_invitation(transaction, invitation)
        key, _ = ApiKey.create(
            uuid7(),
            key=api_key(secrets.token_bytes(32)),
            name="CI",
            role=Role.VIEWER,
            created_by=str(members["admin"]),
            expires_at=None,
            now=moment,
        )
        await keys.save_key(transaction, key)
    ids = {"account_id": members.pop("colleague"), "invitation_id": invitation.id, "key_id": key.id}
    return Members(
        accounts={role: str(account_id) for role, account_id in members.items()},
        ids={name: str(id) for name, id in ids.items()},
    )


def token_of(stack: Stack, organization_id: str, role: str, account_id: str) -> str:
    """What the issuer of the tests gives for the role, given to this account."""
    payload = stack.token(organization_id, role).split(".")[1]
    claims = json.loads(base64.urlsafe_b64decode(payload + "=="))
    pem = (stack.keys / "key.pem").read_text()
    return tokens.sign({**claims, "sub": account_id}, key_pem=pem, key_id=public_jwk(pem)["kid"])
