"""The history by month: the latest from memory, earlier months from PostgreSQL within a second or not at all, in the organization's zone."""

import re
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import pytest
import pytest_asyncio
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from common.clock import now
from common.database import create_engine
from devstack.page_states import archive, document, incident, moment, service, window
from devstack.teststack import Service, eventually
from public_api.archive import Archive
from public_api.site.months import Month, make

PAGE = "/p/acme/history"
Publish = Callable[..., Awaitable[int]]
PageAt = Callable[..., Awaitable[dict[str, Any]]]
THIS = Month.of(now().date())


def entries(html: str) -> list[list[str]]:
    """The titles of each section, after its heading."""
    sections = re.findall(r"<section>\s*<h2>(.*?)</h2>(.*?)</section>", html, flags=re.DOTALL)
    return [[name, *re.findall(r'<h3><a href="[^"]*">(.*?)</a>', body)] for name, body in sections]


def test_the_latest_months_are_those_of_the_organizations_zone_the_last_first() -> None:
    over = {"status": "resolved", "resolved_at": moment(hours=1)}
    said = document(
        incidents=[
            incident(0, title="Open"),
            incident(1, title="On the first", started_at="2026-10-31T23:30:00Z", **over),
            incident(2, title="On the last", started_at="2026-10-31T22:30:00Z", **over),
            incident(3, title="In summer", started_at="2026-09-30T12:00:00Z", **over),
        ],
        maintenance={
            "completed": [
                window("completed", title="Done", started_at=moment(days=1), completed_at=moment(hours=23)),
                window("scheduled", id="v", title="Planned"),
            ]
        },
    )
    page = make(said, Archive.read(archive(said)))["history"]
    assert entries(page.text) == [["Nov 2026", "Open", "Done", "On the first"], ["Oct 2026", "On the last"]]
    assert "form-action 'self'" in page.headers["Content-Security-Policy"]
    assert '<a href="history/2026-09">' in page.text
    assert "There was more" not in page.text


def test_a_document_without_an_archive_has_a_history_too() -> None:
    assert entries(make(document([service(0)]), None)["history"].text) == [["Nov 2026"], ["Oct 2026"]]


def test_months_are_read_strictly() -> None:
    assert Month.read("2026-02") == Month(2026, 2)
    assert str(Month.read("1970-01")) == "1970-01"
    for text_ in ("2026-13", "2026-00", "2026-1", "26-01", "1969-12", "2026-01-01", "2026-01\n", "٢٠٢٦-01", "", "x"):
        assert Month.read(text_) is None, text_
    assert [Month(2026, 1).later(-1), Month(2026, 12).later(1), Month(2026, 3).later(-14)] == [
        Month(2025, 12), Month(2027, 1), Month(2025, 1),
    ]  # fmt: skip


def noon(month: Month) -> str:
    return f"{month}-10T12:00:00Z"


@pytest_asyncio.fixture
async def history(public_api: Service, publish: Publish, page_at: PageAt) -> Service:
    """An incident of each service six months ago, a window two months before that, and something that nobody may see."""
    await publish("page_settings.provisioned")
    for id in ("s", "t", "hidden"):
        await publish("service.created", id, name=f"Service {id}")
    await publish("service.hidden", "hidden", version=2)
    for number, id in enumerate(("s", "t", "hidden")):
        start = noon(THIS.later(-6))
        named = {"services": [{"service_id": id, "status": "degraded", "name": f"Service {id}"}]}
        over = {"status": "resolved", "resolved_at": start}
        await publish("incident.resolved", f"i{number}", title=f"Trouble with {id}", started_at=start, **named, **over)
    start = noon(THIS.later(-8))
    ran = {"scheduled_start": start, "scheduled_end": start, "started_at": start, "completed_at": start}
    await publish("maintenance.completed", "w", status="completed", **ran)
    await publish("incident.opened", "gone", title="Never mind", started_at=noon(THIS.later(-6)))
    await page_at(public_api, await publish("incident.deleted", "gone", version=2))

    async def is_there() -> bool:
        return (await public_api.client.get(PAGE)).status_code == 200

    await eventually(is_there, "the files are made")
    return public_api


async def test_any_month_can_be_read_of_one_service_or_all(history: Service) -> None:
    found = await history.client.get(f"{PAGE}/{THIS.later(-6)}")
    assert (found.status_code, found.headers["content-type"]) == (200, "text/html; charset=utf-8")
    titles = ["Trouble with hidden", "Trouble with t", "Trouble with s"]
    assert entries(found.text) == [[THIS.later(-6).name, *titles]]
    assert "Service hidden" not in found.text
    links = re.findall(r'<a href="\.\./(history[^"]*)"', found.text)
    assert links == ["history", f"history/{THIS.later(-5)}", f"history/{THIS.later(-7)}"]
    assert '<a href="../incidents/i0">' in found.text
    own = await history.client.get(f"/history/{THIS.later(-6)}", headers={"Host": "acme.localhost"})
    assert own.content == found.content
    unchanged = await history.client.get(f"{PAGE}/{THIS.later(-6)}", headers={"If-None-Match": found.headers["etag"]})
    assert unchanged.status_code == 304

    of_one = (await history.client.get(f"{PAGE}/{THIS.later(-6)}?service=s")).text
    assert entries(of_one) == [[THIS.later(-6).name, "Trouble with s"]]
    assert '<option value="s" selected>Service s</option>' in of_one
    assert f'<a href="../history/{THIS.later(-5)}?service=s">' in of_one
    latest = (await history.client.get(f"{PAGE}?service=s")).text
    assert entries(latest) == [[THIS.name], [THIS.later(-1).name]]

    window = await history.client.get(f"{PAGE}/{THIS.later(-8)}")
    assert entries(window.text) == [[THIS.later(-8).name, "Upgrade"]]
    assert f"history/{THIS.later(-9)}" not in window.text, "nothing is known of earlier months"
    assert f"history/{THIS.later(1)}" not in (await history.client.get(f"{PAGE}/{THIS}")).text


async def test_what_is_no_month_or_no_service_is_a_404_for_people(history: Service) -> None:
    tomorrow = Month.of(date.today() + timedelta(days=40))
    for path in (
        f"/{tomorrow}",
        "/2026-13",
        "/1066-10",
        "/",
        "/x",
        f"/{THIS}?service=hidden",
        f"/{THIS}?service=%00",
        "?service=" + "x" * 999,
    ):
        response = await history.client.get(PAGE + path)
        assert (response.status_code, response.headers["content-type"]) == (404, "text/html; charset=utf-8"), path
    assert (await history.client.get("/p/nobody/history/2026-01")).status_code == 404


async def test_a_month_in_which_too_much_happened_says_that_it_is_cut(
    history: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("public_api.site.history_routes.LISTED_MAX", 2)
    html = (await history.client.get(f"{PAGE}/{THIS.later(-6)}")).text
    assert entries(html) == [[THIS.later(-6).name, "Trouble with hidden", "Trouble with t"]]
    assert "There was more than is listed here." in html


@pytest.mark.parametrize("fault", ["away", "slow"])
async def test_without_the_database_the_latest_months_answer_and_others_say_when_to_come_back(
    history: Service, admin: AsyncEngine, fault: str
) -> None:
    async with admin.connect() as connection:
        if fault == "slow":
            await connection.execute(text("LOCK TABLE public_api.entity IN ACCESS EXCLUSIVE MODE"))
        else:
            await history.app.state.history_engine.dispose()
            nobody = SecretStr("postgresql+asyncpg://nobody:nothing@127.0.0.1:1/nowhere")
            history.app.state.history_engine = create_engine(nobody, application_name="test")
        assert (await history.client.get(PAGE)).status_code == 200
        for path, home in {f"/{THIS}": "../", "?service=s": "./"}.items():
            response = await history.client.get(PAGE + path)
            assert (response.status_code, response.headers["retry-after"]) == (503, "5")
            assert response.headers["content-type"] == "text/html; charset=utf-8"
            assert f'<a href="{home}">' in response.text
