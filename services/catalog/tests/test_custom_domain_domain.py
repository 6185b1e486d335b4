"""Rules of a custom domain without a database: which names there are, and what a look for the record means, whenever it is made."""

from datetime import UTC, datetime, timedelta

import pytest

from catalog.domain.custom_domain import CustomDomain, Finding, normalized
from common.clock import uuid7
from common.contracts.catalog import DomainStatus
from common.contracts.events import DomainEvent
from common.contracts.rules import RuleError

START = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def requested() -> CustomDomain:
    domain, _ = CustomDomain.request("acme", uuid7(), name="status.acme.example", now=START)
    return domain


def proved() -> CustomDomain:
    domain = requested()
    domain.checked(Finding.FOUND, START)
    return domain


def looked_after(domain: CustomDomain, finding: Finding, until: timedelta) -> list[tuple[float, str]]:
    """The events of looking as often as is due until then, each with its day."""
    told = []
    while (due := domain.next_check_at()) is not None and due <= START + until:
        event = domain.checked(finding, due)
        told += [((due - START) / DAY, kind(event))] if event else []
    return told


def kind(event: DomainEvent | None) -> str:
    return event.type.removeprefix("custom_domain.") if event else ""


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Status.ACME.example", "status.acme.example"),
        (" status.acme.example. ", "status.acme.example"),
        ("acme.example", "acme.example"),
        ("status.bücher.example", "status.xn--bcher-kva.example"),
        ("straße.example", "xn--strae-oqa.example"),
        ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
        ("notlocalhost.test", "notlocalhost.test"),
    ],
)
def test_a_name_is_kept_as_dns_has_it(typed: str, name: str) -> None:
    assert normalized(typed, "pages.example") == name


@pytest.mark.parametrize(
    "typed",
    [
        *("", ".", "example", "192.0.2.1", "[2001:db8::1]", "2001:db8::1", "https://acme.example", "acme.example/x"),
        *("acme.example:80", "a_b.example", "-a.example", "a..example", "*.example", "a b.example", "a@b.example"),
        *("pages.example", "x.pages.example", "X.Y.PAGES.example.", "\x00.example", f"{'a' * 64}.example"),
        ".".join(["a" * 60] * 5),
    ],
)
def test_what_is_no_host_name_or_the_platforms_own_is_refused(typed: str) -> None:
    with pytest.raises(RuleError, match=r"host name|own"):
        normalized(typed, "pages.example")


def test_one_that_waits_is_looked_for_less_and_less_often_and_no_more_after_a_week() -> None:
    domain, looks = requested(), []
    while due := domain.next_check_at():
        looks.append(due - START)
        event = domain.checked(Finding.MISSING, due)
    assert looks[:3] == [timedelta(), timedelta(minutes=2), timedelta(minutes=4)]
    assert sum(look < timedelta(minutes=30) for look in looks) > 5, (
        "whoever just made the record does not wait for long"
    )
    assert len(looks) < 80
    assert (looks[-1], kind(event), domain.status) == (7 * DAY, "expired", DomainStatus.EXPIRED)


def test_one_that_is_held_is_looked_for_daily_and_told_once() -> None:
    domain = requested()
    assert kind(domain.checked(Finding.FOUND, START)) == "proved"
    assert looked_after(domain, Finding.FOUND, 30 * DAY) == []
    assert (domain.next_check_at(), domain.version) == (START + 31 * DAY, 2)


@pytest.mark.parametrize("finding", [Finding.MISSING, Finding.DIFFERENT, Finding.UNREACHABLE])
def test_a_record_that_is_gone_releases_the_name_after_seven_days(finding: Finding) -> None:
    domain = proved()
    [(failed_at, failing), (released_at, released)] = looked_after(domain, finding, 60 * DAY)
    assert (failed_at, failing, released) == (1, "failing", "released")
    assert released_at == 8
    assert (domain.status.is_held, domain.next_check_at()) == (False, None)


def test_a_record_that_comes_back_in_time_changes_nothing_for_visitors() -> None:
    domain = proved()
    looked_after(domain, Finding.MISSING, 7.5 * DAY)
    assert domain.status is DomainStatus.FAILING
    event = domain.checked(Finding.FOUND, START + 7.9 * DAY)
    assert event is not None
    assert (kind(event), event.public, domain.ends_at) == ("recovered", None, None)
    assert looked_after(domain, Finding.MISSING, 15.8 * DAY) == [(8.9, "failing")], "the seven days begin anew"


def test_a_look_that_began_before_another_one_takes_nothing_back() -> None:
    domain = requested()
    domain.checked(Finding.FOUND, START + DAY)
    noted = domain.payload()
    for anew in (False, True):
        assert domain.checked(Finding.MISSING, START + 0.9 * DAY, anew=anew) is None
    assert (domain.payload(), domain.finding, domain.next_check_at()) == (noted, Finding.FOUND, START + 2 * DAY)


def test_a_week_in_which_nobody_looked_releases_nothing() -> None:
    domain = proved()
    domain.checked(Finding.MISSING, START + DAY)
    assert domain.checked(Finding.MISSING, START + 12 * DAY) is None
    assert domain.status is DomainStatus.FAILING


def test_where_looking_had_ended_a_person_begins_it_again() -> None:
    domain = requested()
    looked_after(domain, Finding.MISSING, 10 * DAY)
    assert domain.checked(Finding.MISSING, START + 20 * DAY) is None, "a late look of the scheduler"
    assert kind(domain.checked(Finding.MISSING, START + 20 * DAY, anew=True)) == "requested"
    assert (domain.status, domain.ends_at) == (DomainStatus.PENDING, START + 27 * DAY)
    assert kind(domain.checked(Finding.FOUND, START + 21 * DAY, anew=True)) == "proved"


def test_everybody_hears_of_a_name_once_it_is_proved_and_of_its_end_then() -> None:
    waiting, held = requested(), proved()
    assert waiting.delete(START).public is None
    released = None
    for day in range(1, 9):
        released = held.checked(Finding.MISSING, START + day * DAY)
    assert released is not None
    assert released.public == held.payload()
    assert held.delete(START + 9 * DAY).public is not None
