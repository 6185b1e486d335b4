"""The layout's rules without a database: what everybody sees of it, and that deleted services keep their place."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from catalog.domain.layout import Layout, PageServices
from common.contracts.catalog import GroupEntry, LayoutEntry, ServiceEntry
from common.contracts.catalog import Layout as Payload

NOW = datetime(2026, 1, 1, tzinfo=UTC)
SERVICES = tuple("abcdefgh")
some_services = st.sets(st.sampled_from(SERVICES)).map(frozenset)


@st.composite
def layouts(draw: st.DrawFn) -> tuple[LayoutEntry, ...]:
    """Some of the services, in groups up to three deep and beside them."""
    numbers = iter(range(100))
    placed = draw(st.permutations(SERVICES))[: draw(st.integers(0, len(SERVICES)))]

    def take(at_most: int) -> list[ServiceEntry]:
        count = draw(st.integers(0, min(at_most, len(placed))))
        return [ServiceEntry(id=placed.pop()) for _ in range(count)]

    def group(depth: int) -> GroupEntry:
        inner = [group(depth + 1) for _ in range(draw(st.integers(0, 2)))] if depth < 3 else []
        return GroupEntry(id=f"g{next(numbers)}", name="x", entries=tuple(take(3)), groups=tuple(inner))

    entries: list[LayoutEntry] = []
    for _ in range(draw(st.integers(0, 3))):
        entries += [group(1), *take(2)]
    return tuple(entries)


def groups(entries: Sequence[LayoutEntry]) -> Iterator[GroupEntry]:
    for entry in entries:
        if isinstance(entry, GroupEntry):
            yield entry
            yield from groups(entry.groups)


def services(entries: Sequence[LayoutEntry]) -> list[str]:
    """The services in the order in which they are read."""
    found: list[str] = []
    for entry in entries:
        found += [entry.id] if isinstance(entry, ServiceEntry) else services([*entry.entries, *entry.groups])
    return found


def saved(entries: tuple[LayoutEntry, ...]) -> Layout:
    return Layout("acme", entries, NOW, version=1)


@settings(deadline=None)
@given(layouts(), some_services, some_services)
def test_the_public_side_has_no_internal_service_and_no_group_without_another(
    entries: tuple[LayoutEntry, ...], internal: frozenset[str], deleted: frozenset[str]
) -> None:
    alive = tuple(id for id in SERVICES if id not in deleted)
    after = PageServices(alive, restorable=deleted, internal=internal)
    event = saved(entries).services_changed(PageServices(()), after, NOW)
    public = event.public if event is not None else Payload(entries=(), version=1, updated_at=NOW)
    assert isinstance(public, Payload)
    shown = {group.id for group in groups(public.entries)}
    for group in groups(entries):
        held = set(services([group]))
        assert (group.id in shown) == bool(held & set(alive) - internal), "one in which there is something to be seen"
    expected = [id for id in services(entries) if id not in internal]
    assert [id for id in services(public.entries) if id in alive] == [id for id in expected if id in alive]
    assert not internal & set(services(public.entries))
    if event is not None:
        assert event.internal == Payload(entries=entries, version=2, updated_at=NOW), "members see the whole order"


@settings(deadline=None)
@given(layouts(), some_services)
def test_services_that_are_deleted_while_somebody_saves_what_he_sees_come_back_to_their_place(
    entries: tuple[LayoutEntry, ...], deleted: frozenset[str]
) -> None:
    layout = saved(entries)
    remaining = PageServices(tuple(id for id in SERVICES if id not in deleted), restorable=deleted)
    seen = layout.view(remaining).entries
    assert not deleted & set(services(seen))
    layout.replace(seen, remaining, NOW)
    everything = layout.view(PageServices(SERVICES)).entries
    assert everything[: len(entries)] == entries
    assert sorted(services(everything)) == sorted(SERVICES), "each once"


@settings(deadline=None)
@given(layouts(), some_services)
def test_services_that_are_gone_for_good_leave_no_trace(entries: tuple[LayoutEntry, ...], gone: frozenset[str]) -> None:
    layout = saved(entries)
    remaining = PageServices(tuple(id for id in SERVICES if id not in gone))
    layout.replace(layout.view(remaining).entries, remaining, NOW)
    assert sorted(services(layout.entries)) == sorted(remaining.alive)
