"""public-api without PostgreSQL and NATS: a real process goes on answering from memory, or from its snapshot after a restart."""

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import httpx
import pytest

from devstack.teststack import Process, Stack, eventually

PAGE = "/api/public/v1/pages/acme"
AWAY = {
    "TIDINGS_DATABASE_URL": "postgresql+asyncpg://nobody:nothing@127.0.0.1:1/nowhere",
    "TIDINGS_RELAY_DATABASE_URL": "postgresql+asyncpg://nobody:nothing@127.0.0.1:1/nowhere",
    "TIDINGS_NATS_URL": "nats://127.0.0.1:1",
}
BELOW_PAGE = (
    "",
    "maintenance.ics",
    "api/v2/summary.json",
    "api/v2/incidents.json",
    "incidents/i",
    "history.atom",
    "badges/s.svg",
)
Publish = Callable[..., Awaitable[int]]


@pytest.fixture
def process(stack: Stack) -> Iterator[Process]:
    process = stack.process("public-api")
    yield process
    process.kill()


async def answers(client: httpx.AsyncClient) -> dict[tuple[str, str], tuple[int, str, bytes]]:
    """The page, for programs and for people, in every coding, with the bytes as they are on the wire. By path and coding."""
    found = {}
    every = ("identity", "gzip", "br")
    for path, codings in {PAGE: ("identity", "gzip"), **{f"/p/acme/{path}": every for path in BELOW_PAGE}}.items():
        for coding in codings:
            async with client.stream("GET", path, headers={"Accept-Encoding": coding}) as response:
                body = b"".join([chunk async for chunk in response.aiter_raw()])
            found[path, coding] = (response.status_code, response.headers.get("etag", ""), body)
    return found


async def test_after_a_crash_with_everything_away_the_snapshot_answers_the_same_bytes(
    stack: Stack, process: Process, publish: Publish
) -> None:
    await publish("page_settings.provisioned")
    await publish("incident.resolved", "i", status="resolved", resolved_at="2026-01-01T00:00:00Z", title="Long ago")
    last = await publish("service.created", "s", name="Größe ✓")
    snapshot = stack.state / f"public-api-{process.port}.jsonl"

    def is_kept() -> bool:
        return snapshot.exists() and f"-{last}" in snapshot.read_text()

    async def is_shown() -> bool:
        return "Größe ✓" in (await client.get("/p/acme/")).text

    process.start()
    await process.wait_until_ready()
    async with httpx.AsyncClient(base_url=process.url) as client:
        await eventually(is_kept, "the snapshot holds the last event", timeout=20)
        await eventually(is_shown, "the page shows the last event", timeout=20)
        before = await answers(client)
        assert [status for status, _, _ in before.values()] == [200] * (2 + 3 * len(BELOW_PAGE))
        ready = (await client.get("/health/ready")).json()
        assert ready["reasons"] == ready["notes"] == []
    process.kill()

    process.start(**AWAY)
    await process.wait_until_ready()
    async with httpx.AsyncClient(base_url=process.url) as client:
        after = await answers(client)
        # What people read says that it may be out of date, in every coding.
        assert {path for path, coding in after if after[path, coding] != before[path, coding]} == {
            "/p/acme/",
            "/p/acme/incidents/i",
        }
        assert "This may be out of date: last confirmed <time" in (await client.get("/p/acme/")).text
        for path in ("api/v2/incidents.json", "incidents/i", "history.atom"):
            assert "Long ago" in (await client.get(f"/p/acme/{path}")).text, "what the aggregate holds no longer"
        unchanged = await client.get(
            PAGE, headers={"Accept-Encoding": "gzip", "If-None-Match": before[PAGE, "gzip"][1]}
        )
        assert unchanged.status_code == 304
        ready = (await client.get("/health/ready")).json()
        assert ready["status"] == "ready"
        assert ready["notes"][0].startswith("Last confirmed ")
        history = await client.get(f"{PAGE}/incidents")
        assert (history.status_code, history.headers["retry-after"]) == (503, "5")


async def test_without_documents_it_says_why_it_is_not_ready_and_when_to_come_back(process: Process) -> None:
    process.start(**AWAY)
    async with httpx.AsyncClient(base_url=process.url) as client:
        answer: dict[str, Any] = {}

        async def answered() -> bool:
            nonlocal answer
            try:
                response = await client.get("/health/ready")
            except httpx.TransportError:
                return False
            answer = {"status": response.status_code, **response.json()}
            return True

        await eventually(answered, "it listens", timeout=20)
        assert answer["status"] == "not ready"
        assert "PostgreSQL" in answer["reasons"][0]
        for path in (PAGE, "/p/acme/"):
            page = await client.get(path)
            assert (page.status_code, page.headers["retry-after"]) == (503, "1")
    assert not process.has_ended()


async def test_the_age_of_the_documents_is_told_once_the_streams_head_is_unconfirmed_for_a_while(
    stack: Stack, process: Process, publish: Publish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("public_api.app.CONFIRMED_SECONDS", -1.0)
    await publish("page_settings.provisioned")
    async with stack.service("public-api") as service:
        notes: list[str] = []

        async def is_told() -> bool:
            nonlocal notes
            notes = (await service.client.get("/health/ready")).json()["notes"]
            return any(note.startswith("Last confirmed ") and note.endswith(" UTC") for note in notes)

        await eventually(is_told, f"the age is told: {notes}")
