"""Catalog's rules without a database: what status a service has, what its history says, and which slugs are tried."""

from datetime import UTC, datetime, timedelta
from itertools import islice

from hypothesis import given
from hypothesis import strategies as st

from catalog.domain.history import Track, read_together
from catalog.domain.page import RESERVED_SLUGS, check_slug, slug_candidates
from catalog.domain.status import Effects, ServiceState
from common.clock import uuid7
from common.contracts.catalog import Cause
from common.contracts.values import SLUG_PATTERN, ServiceStatus, Visibility

START = datetime(2026, 1, 1, tzinfo=UTC)
statuses = st.sampled_from(ServiceStatus)
causes = st.lists(
    st.builds(Cause, id=st.uuids().map(str), title=st.just("x"), status=statuses, since=st.just(START)),
    unique_by=lambda cause: cause.id,
    max_size=4,
)
steps = st.lists(st.one_of(statuses, causes), max_size=12)


@given(steps)
def test_a_status_is_the_worst_of_what_was_set_and_what_causes_it_after_any_history(
    steps: list[ServiceStatus | list[Cause]],
) -> None:
    state = ServiceState.of_new_service(uuid7(), Visibility.PUBLIC, START)
    base, present = ServiceStatus.OPERATIONAL, list[Cause]()
    shown = ServiceStatus.OPERATIONAL
    for number, step in enumerate(steps):
        moment, version = START + timedelta(seconds=number), state.version
        if isinstance(step, ServiceStatus):
            unchanged = step is base
            base = step
            event, transition = state.set_base(step, moment)
        else:
            unchanged = {cause.id: cause for cause in step} == {cause.id: cause for cause in present}
            present = step
            event, transition = state.set_effects(Effects(step), moment)
        expected = max([base, *(cause.status for cause in present)], key=list(ServiceStatus).index)
        assert (state.status, state.base_status) == (expected, base)
        assert (event is None) == unchanged, "every change is told, and nothing else"
        assert state.version == version + (event is not None)
        assert (transition is not None) == (expected is not shown), "visitors see another status"
        if transition is not None:
            assert (transition.status, transition.previous, transition.changed_at) == (expected, shown, moment)
        shown = expected


@given(causes)
def test_the_worst_cause_comes_first_in_whatever_order_they_are_told(told: list[Cause]) -> None:
    one, other = (ServiceState.of_new_service(uuid7(), Visibility.PUBLIC, START) for _ in range(2))
    one.set_effects(Effects(told), START)
    other.set_effects(Effects(told[::-1]), START)
    assert one.causes == other.causes
    severities = [cause.status.severity for cause in one.causes]
    assert severities == sorted(severities, reverse=True)


@given(causes, st.lists(st.integers(-5, 5), min_size=2, max_size=6))
def test_no_transition_is_dated_before_the_one_that_it_follows(told: list[Cause], offsets: list[int]) -> None:
    # Incidents tell the time of another service's clock, and come late.
    state = ServiceState.of_new_service(uuid7(), Visibility.PUBLIC, START)
    dates = [START]
    for number, offset in enumerate(offsets):
        _, transition = state.set_effects(Effects(told if number % 2 else []), START + timedelta(seconds=offset))
        dates += [transition.changed_at] if transition else []
    assert dates == sorted(dates)


tracks = st.sampled_from([None, uuid7(), uuid7()])


@given(st.lists(st.tuples(tracks, statuses), max_size=12), st.integers(0, 12))
def test_history_is_the_worst_of_its_tracks_wherever_a_page_begins(
    changes: list[tuple[Track, ServiceStatus]], begin: int
) -> None:
    def naive(until: int) -> ServiceStatus:
        last = dict(changes[:until])
        return max(last.values(), key=list(ServiceStatus).index, default=ServiceStatus.OPERATIONAL)

    page = changes[begin:]
    read = list(read_together(page, dict(changes[:begin])))
    first = min(begin, len(changes))
    assert read == [(naive(first + number), naive(first + number + 1)) for number in range(len(page))]


@given(st.from_regex(SLUG_PATTERN.replace("$", r"\Z")))
def test_every_slug_that_is_tried_is_one_and_none_is_tried_twice(slug: str) -> None:
    candidates = list(islice(slug_candidates(slug), 120))
    assert len(set(candidates)) == 120
    assert not RESERVED_SLUGS & set(candidates)
    for candidate in candidates:
        check_slug(candidate)
