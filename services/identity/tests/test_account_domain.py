"""Addresses, passwords and one-time links, without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from common.clock import uuid7
from common.contracts.rules import RuleError
from identity.domain.account import Account, normalised_email
from identity.domain.link import VALID, Link, Purpose
from identity.domain.password import check_password, hash_password, is_outdated, matches
from identity.domain.secrets import digest

NOW = datetime(2026, 1, 1, tzinfo=UTC)
GOOD = "seven green lamps"


def test_an_address_is_written_in_one_way() -> None:
    for typed in ("Ada@Example.ORG", " ada@example.org\n", "ADA@EXAMPLE.org"):
        assert normalised_email(typed) == "ada@example.org"
    assert normalised_email("ada@Bücher.example") == "ada@xn--bcher-kva.example"
    assert normalised_email("o'hara+tidings@localhost") == "o'hara+tidings@localhost"


@pytest.mark.parametrize(
    "typed",
    [
        "", "@", "ada", "ada@", "@example.org", "a b@example.org", "ada@@example.org", "ada@exa mple.org", "ada@-x.org",
        ".ada@example.org", "ada.@example.org", "a..b@example.org", "ada@example..org", "ada@example.org\nBcc: x@y.z",
        "m\u0131ke@example.org", "\u212aate@example.org", "ada\x00@example.org", "ada\ud800@example.org", "ada@\ud800.org",
        "a" * 65 + "@example.org", "ada@" + "a" * 64 + ".org", "ada@" + "a.b" * 100, '"ada"@example.org', "ada@[127.0.0.1]",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(RuleError) as refused:
        normalised_email(typed)
    assert refused.value.name == "invalid-email"


@pytest.mark.parametrize("password", ["", "short", "eleven char", "x" * 257])
def test_a_password_has_a_length(password: str) -> None:
    with pytest.raises(RuleError) as refused:
        check_password(password, where="body.password", about=())
    assert refused.value.name == "password-length"


@pytest.mark.parametrize(
    "password",
    [
        "123456789012", "passwordpassword", "Password1234", "qwerty123456", "finalfantasy", "aaaaaaaaaaaa", "P@ssw0rd1234",
        "1qaz2wsx3edc", "iloveyou2024", "abcdefghijkl", "ada.lovelace", "Lovelace1815", "ada@acme.org",
    ],
)  # fmt: skip
def test_what_is_guessed_first_is_refused(password: str) -> None:
    with pytest.raises(RuleError) as refused:
        check_password(
            password, where="body.password", about=("ada.lovelace", "Ada Lovelace", "Lovelace", "ada@acme.org")
        )
    assert refused.value.name == "password-too-common"


@pytest.mark.parametrize(
    "password", [GOOD, "kT9$wq2!vBx7", "проверка связи", "x7" + "é" * 3 + "Lq0plm#z", "five wet llamas " * 15]
)
def test_other_passwords_are_taken_as_they_are(password: str) -> None:
    check_password(password, where="body.password", about=("ada@example.org",))


def test_a_password_is_kept_as_argon2id_and_recognised() -> None:
    kept = hash_password(GOOD)
    assert kept.startswith("$argon2id$")
    assert GOOD not in kept
    assert matches(GOOD, kept)
    assert not matches(GOOD + " ", kept)
    assert hash_password(GOOD) != kept, "salted"
    assert not is_outdated(kept)
    assert is_outdated("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$" + "A" * 43)


def test_a_password_is_the_same_however_its_letters_are_composed() -> None:
    assert matches("cafe\u0301 au lait", hash_password("caf\u00e9 au lait"))


def test_without_an_account_nothing_matches() -> None:
    for password in ("", GOOD, "\ud800"):
        assert not matches(password, None)
        assert not matches(password, "no hash")


def test_an_address_is_proven_once() -> None:
    account = Account.sign_up(uuid7(), email="ada@example.org", name="Ada", password_hash="x", now=NOW)
    assert account.verified_at is None
    account.verify(NOW)
    account.verify(NOW + timedelta(days=1))
    assert account.verified_at == NOW


@pytest.mark.parametrize("purpose", Purpose)
def test_a_link_is_good_once_for_its_purpose_and_its_time(purpose: Purpose) -> None:
    def made() -> Link:
        return Link.create(digest("secret"), purpose, None, NOW)

    used = made()
    used.use(purpose, NOW + VALID[purpose] - timedelta(microseconds=1))
    other = next(other for other in Purpose if other is not purpose)
    for link, as_, moment in ((used, purpose, NOW), (made(), other, NOW), (made(), purpose, NOW + VALID[purpose])):
        with pytest.raises(RuleError) as refused:
            link.use(as_, moment)
        assert refused.value.name == "link-not-valid"
