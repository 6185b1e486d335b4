"""Whose a slug is, whatever the order in which page settings arrive."""

from datetime import timedelta
from itertools import permutations

import pytest

from common.clock import now, uuid7
from common.contracts.catalog import PageSettings, RetiredSlug
from common.contracts.values import Audience
from common.envelope import Envelope, MalformedEventError
from realtime_gateway.slugs import Slugs


def settings(organization: str, version: int, slug: str, retired: dict[str, int] | None = None) -> Envelope:
    """`retired`: former slugs, and in how many days each becomes free."""
    moment = now()
    page = PageSettings(
        organization_id=organization,
        slug=slug,
        name=organization,
        description="",
        time_zone="UTC",
        retired_slugs=tuple(
            RetiredSlug(slug=former, until=moment + timedelta(days=days)) for former, days in (retired or {}).items()
        ),
        version=version,
        created_at=moment,
        updated_at=moment,
    )
    return Envelope(
        id=uuid7(),
        organization_id=organization,
        audience=Audience.PUBLIC,
        service="catalog",
        type="page_settings.updated",
        aggregate_id=organization,
        sequence=version,
        time=moment,
        data=page.model_dump_json().encode(),
    )


def learned(*events: Envelope) -> Slugs:
    slugs = Slugs()
    for event in events:
        slugs.learn(event)
    return slugs


def test_the_highest_version_counts() -> None:
    history = [settings("a", 1, "one"), settings("a", 2, "two", {"one": 30}), settings("a", 3, "three", {"two": 30})]
    for order in permutations(history):
        slugs = learned(*order)
        assert [slugs.organization(slug) for slug in ("one", "two", "three")] == [None, "a", "a"]


def test_a_slug_that_became_free_belongs_to_who_took_it() -> None:
    history = [settings("a", 2, "new", {"old": -1}), settings("b", 1, "old")]
    for order in permutations(history):
        slugs = learned(*order)
        assert [slugs.organization(slug) for slug in ("new", "old")] == ["a", "b"]


def test_a_slug_that_became_free_is_nobodys() -> None:
    assert learned(settings("a", 2, "new", {"old": -1})).organization("old") is None


def test_other_data_is_refused_and_changes_nothing() -> None:
    slugs = learned(settings("a", 1, "one"))
    with pytest.raises(MalformedEventError):
        slugs.learn(
            Envelope(
                id=uuid7(),
                organization_id="a",
                audience=Audience.PUBLIC,
                service="catalog",
                type="page_settings.updated",
                aggregate_id="a",
                sequence=2,
                time=now(),
                data=b"{}",
            )
        )
    assert slugs.organization("one") == "a"
