"""Frames and queries, without a server."""

import json
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.clock import now
from common.contracts.values import Audience
from common.envelope import Envelope
from common.position import Position
from realtime_gateway.protocol import (
    BAD_REQUEST,
    RETRY_AFTER_MAX_MS,
    Frame,
    Refused,
    Subscription,
    Types,
    heartbeat,
    hello,
)

HERE = Position("abcdefghijkl", 7)


def event(data: bytes, type: str = "incident.opened") -> Envelope:
    return Envelope(
        id=UUID(int=1),
        organization_id="acme",
        audience=Audience.PUBLIC,
        service="incidents",
        type=type,
        aggregate_id="1",
        sequence=1,
        time=now(),
        data=data,
    )


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=10))
def test_whatever_the_data_is_sockets_and_event_streams_carry_it_in_one_line(data: object) -> None:
    frame = Frame.of(event(json.dumps(data, indent=1, ensure_ascii=True).encode()), HERE)
    assert json.loads(frame.text)["data"] == data
    head, _, content = frame.server_sent.decode().partition("data: ")
    assert head == "id: abcdefghijkl-7\nevent: incident.opened\n"
    assert content == frame.text + "\n\n"
    assert not {"\n", "\r"} & set(frame.text)


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"NaN", b'{"a":1}{'])
def test_data_that_is_no_json_makes_no_frame(data: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - pydantic_core raises just that
        Frame.of(event(data), HERE)


def test_hello_spreads_only_those_who_were_not_recovered() -> None:
    told = {"type": "hello", "position": str(HERE), "audience": "public", "recovered": True, "retry_after_ms": 0}
    assert json.loads(hello(HERE, Audience.PUBLIC, recovered=True).text) == told
    delays = {json.loads(hello(HERE, Audience.PUBLIC, recovered=False).text)["retry_after_ms"] for _ in range(100)}
    assert len(delays) > 50
    assert max(delays) <= RETRY_AFTER_MAX_MS
    assert json.loads(heartbeat(HERE).text) == {"type": "heartbeat", "position": "abcdefghijkl-7"}


def test_types_are_whole_names() -> None:
    opened = Frame.of(event(b"1"), HERE)
    for names, wanted in (((), True), (("incident",), True), (("incident.opened",), True), (("incident.open",), False)):
        assert Types(frozenset(names)).wants(opened) is wanted


def test_what_a_browser_saw_last_outranks_the_url_it_repeats() -> None:
    assert Subscription.parse(str(HERE), None, "abcdefghijkl-9").since == Position("abcdefghijkl", 9)
    assert Subscription.parse(str(HERE), None, "").since == HERE
    assert Subscription.parse(None, "a,b.c", None) == Subscription(None, Types(frozenset({"a", "b.c"})))


@pytest.mark.parametrize(
    ("since", "types"),
    [("", None), ("7", None), ("abcdefghijkl-07", None), ("abcdefghijkl-7\n", None)]
    + [(None, types) for types in ("", "a,", "A", "a.b.c", "a b", "*", "a.", ",".join(f"a{n}" for n in range(51)))],
)
def test_malformed_queries_are_refused(since: str | None, types: str | None) -> None:
    with pytest.raises(Refused) as refused:
        Subscription.parse(since, types)
    assert refused.value.close is BAD_REQUEST
