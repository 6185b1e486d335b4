"""Events on their way: what is written to headers comes back as it was, and what is no event is said to be none."""

import string
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.contracts.events import Tombstone
from common.contracts.registry import EVENTS
from common.contracts.values import Audience
from common.envelope import Actor, Envelope, MalformedEventError

EVENT = Envelope(
    id=UUID("01890a5d-ac96-774b-bcce-b302099a8057"),
    organization_id="org_2ab",
    audience=Audience.INTERNAL,
    service="catalog",
    type="service.deleted",
    aggregate_id="0189",
    sequence=3,
    time=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    data=b'{"id": "0189", "deleted_at": "2026-01-02T03:04:05Z"}',
    actor=Actor(id="user_1", name="Ada", address="192.0.2.7"),
    traceparent="00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
)
SUBJECT = "status.org_2ab.internal.catalog.service.deleted"

# NATS carries headers as lines: whatever an id or a name holds must not be able to end one.
any_text = st.text(st.characters(exclude_categories=["Cs"]), min_size=1)
events = st.builds(
    Envelope,
    id=st.uuids(),
    organization_id=st.text(string.ascii_letters + string.digits + "_-", min_size=1, max_size=64),
    audience=st.just(Audience.INTERNAL),
    service=st.sampled_from(["catalog", "incidents", "public-api"]),
    type=st.sampled_from(sorted(EVENTS)),
    aggregate_id=any_text,
    sequence=st.integers(1, 2**31 - 1),
    time=st.datetimes(timezones=st.just(UTC)),
    data=st.binary(),
    actor=st.none() | st.builds(Actor, id=any_text, name=any_text),
    traceparent=st.none() | st.just(EVENT.traceparent),
    republished=st.booleans(),
)


@given(events)
def test_an_event_comes_back_as_it_was(event: Envelope) -> None:
    assert Envelope.read(event.subject, event.headers(), event.data) == event


@given(events)
def test_headers_are_printable_ascii_in_one_line(event: Envelope) -> None:
    for name, value in event.headers().items():
        assert value.isascii(), name
        assert value.isprintable(), name


def test_attributes_are_those_of_cloudevents() -> None:
    assert EVENT.subject == SUBJECT
    assert EVENT.headers() == {
        "Nats-Msg-Id": "01890a5d-ac96-774b-bcce-b302099a8057",
        "content-type": "application/json",
        "ce-specversion": "1.0",
        "ce-id": "01890a5d-ac96-774b-bcce-b302099a8057",
        "ce-source": "/tidings/catalog",
        "ce-type": "tidings.service.deleted.v1",
        "ce-subject": "0189",
        "ce-time": "2026-01-02T03:04:05Z",
        "ce-datacontenttype": "application/json",
        "ce-organizationid": "org_2ab",
        "ce-sequence": "3",
        "tidings-actor": "{%22id%22:%22user_1%22,%22name%22:%22Ada%22,%22address%22:%22192.0.2.7%22}",
        "traceparent": EVENT.traceparent,
    }


def test_the_actor_never_goes_to_the_public() -> None:
    assert "tidings-actor" not in replace(EVENT, audience=Audience.PUBLIC).headers()


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "status",
        "status.org_2ab.internal.catalog.service",
        SUBJECT + ".x",
        SUBJECT.replace("status.", "other."),
        SUBJECT.replace("org_2ab", ""),
        SUBJECT.replace("org_2ab", "org 2ab"),
        SUBJECT.replace("org_2ab", "other"),
        SUBJECT.replace("internal", "secret"),
        SUBJECT.replace("deleted", "created"),
    ],
)
def test_a_subject_that_is_none_of_the_event_is_malformed(subject: str) -> None:
    with pytest.raises(MalformedEventError):
        Envelope.read(subject, EVENT.headers(), EVENT.data)


@pytest.mark.parametrize("name", ["ce-id", "ce-type", "ce-subject", "ce-time", "ce-organizationid", "ce-sequence"])
def test_a_missing_attribute_is_malformed(name: str) -> None:
    headers = EVENT.headers()
    del headers[name]
    with pytest.raises(MalformedEventError, match=name):
        Envelope.read(SUBJECT, headers, EVENT.data)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ce-id", "7"),
        ("ce-type", "tidings.service.deleted.v2"),
        ("ce-organizationid", "other"),
        ("ce-time", "yesterday"),
        ("ce-time", "2026-01-02T03:04:05"),
        ("ce-sequence", "three"),
        ("ce-sequence", "0"),
        ("ce-sequence", "-1"),
        ("ce-sequence", "9" * 30),
        ("ce-sequence", "9" * 5000),
        ("tidings-actor", "%7B"),
        ("tidings-actor", '{"id": 7}'),
    ],
    ids=lambda value: value[:30],
)
def test_an_attribute_of_a_wrong_form_is_malformed(name: str, value: str) -> None:
    with pytest.raises(MalformedEventError):
        Envelope.read(SUBJECT, {**EVENT.headers(), name: value}, EVENT.data)


def test_a_message_without_headers_is_malformed() -> None:
    with pytest.raises(MalformedEventError):
        Envelope.read(SUBJECT, None, EVENT.data)


def test_header_names_are_read_in_any_case() -> None:
    headers = {name.upper(): value for name, value in EVENT.headers().items()}
    assert Envelope.read(SUBJECT, headers, EVENT.data) == EVENT


def test_the_payload_is_what_the_contract_names() -> None:
    assert isinstance(EVENT.payload(), Tombstone)


def test_fields_of_a_later_minor_version_are_ignored() -> None:
    later = replace(EVENT, data=EVENT.data[:-1] + b', "new": true}')
    assert later.payload() == EVENT.payload()


@pytest.mark.parametrize("data", [b"", b"{", b"\xff", b"[]", b"{}", b'{"id": 7, "deleted_at": "2026-01-02T03:04:05Z"}'])
def test_data_that_does_not_fit_the_contract_is_malformed(data: bytes) -> None:
    with pytest.raises(MalformedEventError):
        replace(EVENT, data=data).payload()


def test_an_unknown_type_is_malformed() -> None:
    with pytest.raises(MalformedEventError, match="unknown event type"):
        replace(EVENT, type="service.exploded").payload()
