"""Small values: times, ids, positions, cursors and texts."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from common.clock import now, rfc3339, uuid7
from common.contracts.values import IncidentImpact, ServiceStatus, Text, Title, UtcDatetime, worst
from common.errors import Problem
from common.pagination import cut, decode_cursor, decode_time_cursor, encode_cursor
from common.position import Position


def test_ids_are_of_version_7_and_in_order_of_time(monkeypatch: pytest.MonkeyPatch) -> None:
    ids = []
    for millisecond in range(1_750_000_000_000, 1_750_000_000_100):
        monkeypatch.setattr("time.time_ns", lambda at=millisecond: at * 1_000_000)
        ids.append(uuid7())
    assert ids == sorted(ids)
    assert {(id.version, id.variant) for id in ids} == {(7, "specified in RFC 4122")}


def test_ids_of_the_same_moment_differ() -> None:
    assert len({uuid7() for _ in range(10_000)}) == 10_000


def test_times_are_written_in_utc_with_z() -> None:
    assert rfc3339(datetime(2026, 1, 1, 1, tzinfo=timezone(timedelta(hours=2)))) == "2025-12-31T23:00:00Z"


@given(st.from_regex(r"[a-z]{12}", fullmatch=True), st.integers(0, 10**19 - 1))
def test_a_position_comes_back_from_how_it_is_written(epoch: str, offset: int) -> None:
    assert Position.parse(str(Position(epoch, offset))) == Position(epoch, offset)


@pytest.mark.parametrize(
    "text", ["", "7", "abcdefghijkl", "abcdefghijkl-", "abcdefghijkl-01", "abcdefghijkl--1", "abcdefghijkl-1\n",
             "ABCDEFGHIJKL-1", "abcdefghijk-1", "abcdefghijkl-1 ", "abcdefghijkl-٣", "abcdefghijkl-" + "9" * 20]
)  # fmt: skip
def test_what_is_no_position_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="epoch-offset"):
        Position.parse(text)


@given(st.lists(st.text(), min_size=1, max_size=3))
def test_a_cursor_comes_back_as_its_key(key: list[str]) -> None:
    assert decode_cursor(encode_cursor(*key), len(key)) == tuple(key)


def test_a_cursor_of_time_and_id_comes_back() -> None:
    key = (now(), uuid7())
    assert decode_time_cursor(encode_cursor(key[0].isoformat(), str(key[1]))) == key


_ID = "01890a5d-ac96-774b-bcce-b302099a8057"


@pytest.mark.parametrize(
    "cursor",
    ["", "!", "é", "\ud800", "bm9uc2Vuc2U", encode_cursor("one"), encode_cursor("1", "2", "3"), encode_cursor("x", _ID),
     encode_cursor("2026-01-01T00:00:00Z", "x"), encode_cursor("2026-01-01T00:00:00", _ID),
     encode_cursor("0001-01-01T00:00:00+14:00", _ID), encode_cursor("\ud800", _ID), "W1tbW1tb" * 60],
)  # fmt: skip
def test_a_cursor_that_no_answer_gave_is_refused(cursor: str) -> None:
    with pytest.raises(Problem) as refused:
        decode_time_cursor(cursor)
    assert refused.value.status == 422
    assert refused.value.document["errors"][0]["where"] == "query.cursor"


@pytest.mark.parametrize(
    ("rows", "page", "more"), [([], [], False), ([1, 2], [1, 2], False), ([1, 2, 3], [1, 2], True)]
)
def test_one_row_more_than_asked_for_says_that_there_is_a_next_page(
    rows: list[int], page: list[int], more: bool
) -> None:
    shown, cursor = cut(rows, 2, lambda last: (str(last),))
    assert (list(shown), cursor) == (page, encode_cursor("2") if more else None)


def test_the_worst_status_wins() -> None:
    assert worst([ServiceStatus.DEGRADED, ServiceStatus.MAJOR_OUTAGE, ServiceStatus.OPERATIONAL]) == "major_outage"
    assert worst([]) == "operational"


@pytest.mark.parametrize(
    ("impact", "status"),
    [("none", "operational"), ("minor", "degraded"), ("major", "partial_outage"), ("critical", "major_outage")],
)
def test_impact_and_status_answer_each_other(impact: str, status: str) -> None:
    assert IncidentImpact(impact).service_status == status
    assert IncidentImpact.of(ServiceStatus(status)) == impact


@pytest.mark.parametrize("text", ["a\x00b", "a\x1bb", "a\x7fb", "a\u0085b", "a\ud800b", "a\rb"])
@pytest.mark.parametrize("kind", [Title, Text])
def test_text_with_what_storage_or_terminals_choke_on_is_refused(kind: Any, text: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(text)


@pytest.mark.parametrize(
    ("kind", "text", "accepted"),
    [
        (Title, "  Ünïcode 🚒 ", True),
        (Title, "   ", False),
        (Title, "two\nlines", False),
        (Title, "x" * 200, True),
        (Title, "x" * 201, False),
        (Text, "two\n\tlines", True),
        (Text, "", True),
        (Text, "é" * (8 * 1024), True),
        (Text, "é" * (8 * 1024) + "x", False),
    ],
)
def test_texts_have_bounds(kind: Any, text: str, accepted: bool) -> None:
    check: Callable[[str], Any] = TypeAdapter(kind).validate_python
    if accepted:
        assert check(text) == text.strip()
    else:
        with pytest.raises(ValidationError):
            check(text)


def test_times_become_utc() -> None:
    parsed = TypeAdapter(UtcDatetime).validate_python("2026-01-01T00:00:00+02:00")
    assert parsed == datetime(2025, 12, 31, 22, tzinfo=UTC)
    assert parsed.tzinfo is UTC


@pytest.mark.parametrize("moment", ["2026-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_a_time_that_is_none_in_utc_is_refused(moment: str) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(UtcDatetime).validate_python(moment)
