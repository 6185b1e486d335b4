"""One principal calls as often as is allowed and not more, whatever others do. Time is set, not waited for."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import rates
from common.claims import Principal
from common.contracts.values import Role
from common.errors import Problem
from common.rates import Rates, RateSettings

from .clock import Clock

ADA = Principal("issuer", "ada", "Ada", "acme", Role.ADMIN, None, None, 0, 0)


def make(clock: Clock, writes: int = 60, reads: int = 600) -> Rates:
    return Rates(RateSettings(writes_per_minute=writes, reads_per_minute=reads), clock=clock)


def refusal(rates: Rates, principal: Principal = ADA, *, write: bool = True) -> Problem:
    with pytest.raises(Problem) as refused:
        rates.take(principal, write=write)
    return refused.value


def test_a_minutes_worth_may_come_at_once_and_then_one_after_the_other(clock: Clock) -> None:
    rates = make(clock)
    for _ in range(60):
        rates.take(ADA, write=True)
    problem = refusal(rates)
    assert (problem.status, problem.document["type"]) == (429, "urn:tidings:problem:too-many-requests")
    assert problem.headers == {"Retry-After": "1"}
    for _ in range(10):
        clock.seconds += 1
        rates.take(ADA, write=True)
        refusal(rates)


def test_who_waits_as_long_as_was_said_is_let_in(clock: Clock) -> None:
    rates = make(clock, writes=2)
    rates.take(ADA, write=True)
    rates.take(ADA, write=True)
    wait = int(refusal(rates).headers["Retry-After"])
    assert wait == 30
    clock.seconds += wait
    rates.take(ADA, write=True)


def test_what_is_refused_costs_nothing(clock: Clock) -> None:
    rates = make(clock, writes=1)
    rates.take(ADA, write=True)
    for _ in range(1000):
        refusal(rates)
    clock.seconds += 60
    rates.take(ADA, write=True)


def test_reads_and_writes_are_counted_apart(clock: Clock) -> None:
    rates = make(clock, writes=1, reads=2)
    rates.take(ADA, write=True)
    rates.take(ADA, write=False)
    rates.take(ADA, write=False)
    refusal(rates, write=True)
    refusal(rates, write=False)


@pytest.mark.parametrize(
    "other",
    [replace(ADA, issuer="other"), replace(ADA, user_id="bob"), replace(ADA, organization_id="globex")],
    ids=["issuer", "subject", "organization"],
)
def test_nobody_uses_up_what_is_anothers(clock: Clock, other: Principal) -> None:
    rates = make(clock, writes=1)
    rates.take(ADA, write=True)
    rates.take(other, write=True)
    refusal(rates)


def test_another_role_or_session_is_the_same_principal(clock: Clock) -> None:
    rates = make(clock, writes=1)
    rates.take(ADA, write=True)
    refusal(rates, replace(ADA, role=Role.VIEWER, session_id="another", name="Countess"))


def test_memory_is_bounded_and_the_longest_unused_is_forgotten(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "BUCKETS_MAX", 3)
    counted = make(clock, writes=1)
    for number in range(100):
        counted.take(replace(ADA, user_id=str(number)), write=True)
    assert len(counted) == 3
    refusal(counted, replace(ADA, user_id="97"))
    counted.take(replace(ADA, user_id="96"), write=True)


@given(st.integers(1, 1000), st.lists(st.floats(0, 100), max_size=200))
def test_no_minute_has_more_than_two_minutes_worth(limit: int, pauses: list[float]) -> None:
    """A full bucket, and what fills it meanwhile."""
    clock, allowed = Clock(), []
    rates = make(clock, writes=limit)
    for pause in pauses:
        clock.seconds += pause
        try:
            rates.take(ADA, write=True)
        except Problem:
            continue
        allowed.append(clock.seconds)
    for since in allowed:
        assert sum(since <= moment < since + 60 for moment in allowed) <= 2 * limit
