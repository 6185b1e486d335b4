"""Organizations, members, invitations, API keys and signing keys, without a database."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.clock import uuid7
from common.contracts import identity as contract
from common.contracts.events import DomainEvent
from common.contracts.rules import RuleError
from common.contracts.values import Role
from identity.domain import signing
from identity.domain.api_key import ApiKey, api_key
from identity.domain.invitation import VALID, Invitation
from identity.domain.member import Member
from identity.domain.organization import Organization
from identity.domain.secrets import digest
from identity.domain.signing import SigningKey

NOW = datetime(2026, 1, 1, 12, 0, 0, 250_000, tzinfo=UTC)


def joined(role: Role = Role.ADMIN, former: Member | None = None) -> Member:
    return Member.join(former, account_id=uuid7(), name="Ada", email="ada@example.org", role=role, now=NOW)[0]


def types(events: list[DomainEvent]) -> list[str]:
    assert all(event.public is None for event in events), "only members read it"
    return [event.type for event in events]


def test_an_organization_is_told_with_the_slug_it_proposes() -> None:
    organization, created = Organization.create("org_1", name="Acme", slug="acme", now=NOW)
    assert types([created]) == ["organization.created"]
    assert organization.rename("Acme", NOW) is None
    renamed = organization.rename("Acme Ltd", NOW)
    assert renamed is not None
    assert (renamed.type, renamed.version) == ("organization.updated", 2)
    with pytest.raises(RuleError):
        Organization.create("org_1", name="Acme", slug="Acme!", now=NOW)


def test_the_last_admin_neither_leaves_nor_is_demoted() -> None:
    admin = joined()
    with pytest.raises(RuleError, match="last admin"):
        admin.remove(other_admins=0, now=NOW)
    with pytest.raises(RuleError, match="last admin"):
        admin.change_role(Role.RESPONDER, other_admins=0, now=NOW)
    assert admin.change_role(Role.ADMIN, other_admins=0, now=NOW) == []
    assert types(admin.change_role(Role.VIEWER, other_admins=1, now=NOW)) == ["member.role_changed", "access.revoked"]
    assert types(admin.remove(other_admins=1, now=NOW)) == ["member.removed", "access.revoked"]


def test_tokens_with_a_higher_role_are_revoked_and_lower_ones_are_not() -> None:
    assert types(joined(Role.VIEWER).change_role(Role.ADMIN, other_admins=0, now=NOW)) == ["member.role_changed"]


def test_a_member_has_another_name_once_and_the_same_rights() -> None:
    member = joined()
    renamed = member.rename("Ada Lovelace", NOW)
    assert renamed is not None
    assert (types([renamed]), renamed.version) == (["member.renamed"], 2)
    assert renamed.internal == member.payload()
    assert (member.name, member.role, member.not_before) == ("Ada Lovelace", Role.ADMIN, None)
    assert member.rename("Ada Lovelace", NOW) is None


def test_a_revocation_covers_every_token_of_before_and_none_of_after() -> None:
    member = joined()
    revoked = member.revoke_access(NOW).internal
    assert isinstance(revoked, contract.AccessRevoked)
    assert int(NOW.timestamp()) < revoked.not_before.timestamp(), "tokens of this second are past"
    assert member.issued_at(NOW) == revoked.not_before
    later = NOW + timedelta(seconds=5)
    assert member.issued_at(later) == later


def test_who_joins_again_goes_on_counting_where_they_left() -> None:
    member = joined(Role.VIEWER)
    member.remove(other_admins=1, now=NOW)
    again, event = Member.join(
        member, account_id=member.account_id, name="Ada", email="ada@example.org", role=Role.VIEWER, now=NOW
    )
    assert (event.type, event.version) == ("member.joined", 3)
    assert again.not_before == member.not_before
    assert again.revoke_access(NOW).version == 2
    with pytest.raises(RuleError) as refused:
        Member.join(again, account_id=member.account_id, name="", email="", role=Role.ADMIN, now=NOW)
    assert refused.value.name == "already-member"


def test_an_invitation_is_accepted_once_within_its_week() -> None:
    def made() -> Invitation:
        return Invitation.create(uuid7(), email="a@b.c", role=Role.VIEWER, secret_hash=b"", invited_by=uuid7(), now=NOW)

    accepted, withdrawn = made(), made()
    accepted.accept(NOW + VALID - timedelta(microseconds=1))
    withdrawn.withdraw(NOW)
    for invitation, moment in ((accepted, NOW), (withdrawn, NOW), (made(), NOW + VALID)):
        with pytest.raises(RuleError) as refused:
            invitation.accept(moment)
        assert refused.value.name == "invitation-over"
    accepted.withdraw(NOW)
    assert accepted.withdrawn_at is None


def test_an_api_key_is_told_by_its_hash_alone() -> None:
    key = api_key(bytes(range(32)))
    made, created = ApiKey.create(
        uuid7(), key=key, name="CI", role=Role.RESPONDER, created_by="ada", expires_at=NOW + timedelta(1), now=NOW
    )
    assert isinstance(created.internal, contract.ApiKey)
    assert created.internal.key_hash == digest(key).hex()
    assert key not in repr(made) + created.internal.model_dump_json()
    assert key.startswith(made.hint)
    assert made.is_valid(NOW)
    assert not made.is_valid(NOW + timedelta(1))
    revoked = made.revoke(NOW)
    assert revoked is not None
    assert types([created, revoked]) == ["api_key.created", "api_key.revoked"]
    assert made.revoke(NOW) is None
    assert not made.is_valid(NOW)
    with pytest.raises(RuleError):
        ApiKey.create(uuid7(), key=key, name="CI", role=Role.VIEWER, created_by="ada", expires_at=NOW, now=NOW)


def test_the_last_use_of_a_key_is_noted_once_a_minute() -> None:
    made, _ = ApiKey.create(
        uuid7(), key=api_key(bytes(32)), name="CI", role=Role.VIEWER, created_by="ada", expires_at=None, now=NOW
    )
    noted = [made.note_use(NOW + timedelta(seconds=seconds)) for seconds in (0, 30, 59, 60, 61)]
    assert noted == [True, False, False, True, False]


@given(st.lists(st.integers(1, 12 * 24), min_size=1, max_size=60))
def test_keys_change_and_every_token_that_lives_can_be_verified(hours: list[int]) -> None:
    """Somebody asks for a token now and then; whoever looked at the key set within the last hour knows its key."""
    keys: list[SigningKey] = []
    moment = NOW
    looked: list[str] = []
    for passed in hours:
        moment += timedelta(hours=passed)
        if (signs_from := signing.next_signs_from(keys, moment)) is not None:
            keys.append(SigningKey(str(len(keys)), "", signs_from))
        key = signing.signing_key(keys, moment)
        assert len(keys) == 1 or moment - key.signs_from <= signing.SIGNS_FOR + timedelta(hours=12 * 24)
        for seconds in (0, 300, 3599):
            later = moment + timedelta(seconds=seconds)
            looked = [shown.id for shown in signing.shown(keys, later)]
            assert signing.signing_key(keys, later).id in looked
            if timedelta(seconds=seconds) <= signing.ACCESS_LIFETIME:
                assert key.id in looked, "a token of `moment` still lives"
        ahead = moment + signing.SHOWN_AHEAD - timedelta(seconds=1)
        assert signing.signing_key(keys, ahead).id in [shown.id for shown in signing.shown(keys, moment)]
    assert len(signing.shown(keys, moment)) <= 2
