"""The loudest few are found with little memory, and what they did a while ago is forgotten."""

import random

from common.loud import WINDOW_SECONDS, Loudest

from .clock import Clock


def test_the_loudest_are_found_among_more_than_are_remembered() -> None:
    loudest = Loudest(20, Clock())
    quiet = [f"quiet{number}" for number in range(1000)]
    happenings = ["loud"] * 500 + ["louder"] * 700 + quiet
    random.Random(1).shuffle(happenings)
    for organization_id in happenings:
        loudest.count(organization_id)
    found = loudest.top()["this_minute"]
    assert [each["organization_id"] for each in found[:2]] == ["louder", "loud"]
    # Never too low, and too high by at most one in 20 of all.
    assert all(
        true <= each["count"] <= true + len(happenings) / 20 for each, true in zip(found, (700, 500), strict=False)
    )


def test_who_was_pushed_out_and_comes_back_is_not_counted_too_low() -> None:
    loudest = Loudest(2, Clock())
    for organization_id in ("loud", "one", "other", "loud"):
        loudest.count(organization_id)
    counted = {each["organization_id"]: each["count"] for each in loudest.top()["this_minute"]}
    assert counted["loud"] >= 2


def test_a_minute_is_shown_until_the_next_one_has_passed() -> None:
    clock = Clock()
    loudest = Loudest(20, clock)
    loudest.count("acme", 3)
    clock.seconds += WINDOW_SECONDS
    assert loudest.top() == {"this_minute": [], "minute_before": [{"organization_id": "acme", "count": 3}]}
    clock.seconds += WINDOW_SECONDS
    assert loudest.top()["minute_before"] == []


def test_what_was_long_ago_is_not_the_minute_before() -> None:
    clock = Clock()
    loudest = Loudest(20, clock)
    loudest.count("acme")
    clock.seconds += 10 * WINDOW_SECONDS
    assert loudest.top()["minute_before"] == []
