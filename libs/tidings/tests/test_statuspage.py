"""What a Statuspage says becomes a portable file: pure, on answers like those that live pages gave."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from tidings import portable, statuspage
from tidings.access import OperatorError
from tidings.from_statuspage import convert
from tidings.markup import plain
from tidings.portable import IncidentLine, LayoutLine, Line, ServiceLine, SettingsLine, WindowLine

PAGE = {"id": "yh6f0r4529hb", "name": "Globex", "url": "http://status.globex.test", "time_zone": "America/Tijuana"}


def component(id: str, name: str, **more: Any) -> dict[str, Any]:
    return {
        "id": id, "name": name, "status": "operational", "created_at": "2022-02-15T13:37:37.407-08:00", "position": 1,
        "updated_at": "2022-02-15T13:37:37.407-08:00", "description": None, "showcase": True, "start_date": None, "group_id": None,
        "page_id": PAGE["id"], "group": False, "only_show_if_degraded": False, **more,
    }  # fmt: skip


def update(status: str, at: str, body: str, affected: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {
        "id": at, "status": status, "body": body, "created_at": at, "display_at": at, "updated_at": at,
        "affected_components": affected,
    }  # fmt: skip


def affected(code: str, new: str) -> dict[str, str]:
    return {"code": code, "name": f"Group - {code}", "old_status": "operational", "new_status": new}


API = component("api000000000", "API", status="partial_outage", group_id="group0000000", position=2)
COMPONENTS = [
    component("group0000000", "Backend", group=True, position=2, components=["db0000000000", "api000000000"]),
    API,
    component("db0000000000", "Database", group_id="group0000000", status="degraded_performance"),
    component("web000000000", "Website", position=1, start_date="2021-03-01", description="  The <b>site</b>"),
]
OVER = {
    "id": "over00000000", "name": "It was\r\ndown", "status": "postmortem", "impact": "major", "created_at": "2026-01-02T10:00:00.000-08:00",
    "started_at": "2026-01-02T09:30:00.000-08:00", "resolved_at": "2026-01-02T12:00:00.000-08:00", "updated_at": "2026-01-05T12:00:00.000-08:00",
    "components": [API],
    "incident_updates": [
        update("postmortem", "2026-01-05T12:00:00.000-08:00", "<h2>Why</h2><p>A <a href='https://x.test'>disk</a></p>"),
        update("resolved", "2026-01-02T12:00:00.000-08:00", "Fixed", [affected("api000000000", "operational")]),
        update("identified", "2026-01-02T10:30:00.000-08:00", "A disk<br />or two", [affected("api000000000", "major_outage"), affected("gone00000000", "major_outage")]),
        update("investigating", "2026-01-02T10:00:00.000-08:00", "We look", [affected("api000000000", "partial_outage")]),
    ],
}  # fmt: skip
LASTS = {
    "id": "lasts0000000", "name": "Slow", "status": "monitoring", "impact": "minor", "created_at": "2026-02-02T10:00:00.000Z",
    "started_at": "2026-02-02T10:00:00.000Z", "resolved_at": None, "updated_at": "2026-02-02T11:00:00.000Z", "components": [API],
    "incident_updates": [update("monitoring", "2026-02-02T11:00:00.000Z", "Better")],
}  # fmt: skip
DONE = {
    "id": "done00000000", "name": "Swap", "status": "completed", "impact": "maintenance", "created_at": "2026-01-10T10:00:00.000Z",
    "started_at": "2026-01-10T10:00:00.000Z", "resolved_at": "2026-01-12T11:00:00.000Z", "updated_at": "2026-01-12T11:00:00.000Z",
    "scheduled_for": "2026-01-12T10:00:00.000Z", "scheduled_until": "2026-01-12T12:00:00.000Z", "components": [API],
    "incident_updates": [
        update("completed", "2026-01-12T11:00:00.000Z", "Done"), update("verifying", "2026-01-12T10:50:00.000Z", "Looks well"),
        update("in_progress", "2026-01-12T10:05:00.000Z", "We begin"), update("scheduled", "2026-01-10T10:00:00.000Z", "Soon"),
    ],
}  # fmt: skip
ANSWERS = {
    "summary": {"page": PAGE, "components": COMPONENTS, "incidents": [LASTS], "scheduled_maintenances": []},
    "components": {"page": PAGE, "components": COMPONENTS},
    "incidents": {"page": PAGE, "incidents": [LASTS, OVER]},
    "scheduled-maintenances": {"page": PAGE, "scheduled_maintenances": [DONE]},
}


@pytest.fixture
def converted() -> dict[str, Line]:
    """Each thing by its kind and what it is called."""
    _, lines, _ = convert(ANSWERS)
    return {getattr(line.body, "title", None) or getattr(line.body, "name", None) or line.kind: line for line in lines}


def test_settings_components_and_groups_are_taken_over(converted: dict[str, Line]) -> None:
    settings, layout = converted["Globex"], converted["layout"]
    services = {name: converted[name] for name in ("Website", "Database", "API")}
    assert isinstance(settings, SettingsLine)
    assert isinstance(layout, LayoutLine)
    assert (settings.body.name, settings.body.time_zone) == ("Globex", "America/Tijuana")
    ids = {line.body.external_id: name for name, line in services.items() if isinstance(line, ServiceLine)}
    shown = json.loads(layout.body.model_dump_json())["entries"]
    assert [ids.get(entry["id"], entry.get("name")) for entry in shown] == ["Website", "Backend"]
    assert [ids[entry["id"]] for entry in shown[1]["entries"]] == ["Database", "API"]
    said = {name: line.body for name, line in services.items() if isinstance(line, ServiceLine)}
    assert (said["Website"].description, str(said["Website"].start_date)) == ("The **site**", "2021-03-01")
    assert said["Database"].base_status == "degraded", "people have set it"
    assert said["API"].base_status == "operational", "an incident puts its status on it"


def test_an_incident_that_is_over_has_its_worst_status_its_whole_timeline_and_what_was_learned(
    converted: dict[str, Line],
) -> None:
    over = converted["It was down"]
    assert isinstance(over, IncidentLine)
    body = over.body
    assert (body.status, body.impact, body.created_at) == ("resolved", "major", None)
    assert [service.status for service in body.services] == ["major_outage"], "what is gone is left out"
    assert [(said.status, said.message) for said in body.updates] == [
        ("investigating", "We look"),
        ("identified", "A disk\nor two"),
        ("resolved", "Fixed"),
    ]
    assert body.postmortem is not None
    assert body.postmortem.body == "## Why\n\nA [disk](https://x.test)"
    assert body.started_at.isoformat() == "2026-01-02T17:30:00+00:00"


def test_an_incident_that_lasts_has_the_status_that_its_component_has_now(converted: dict[str, Line]) -> None:
    lasts = converted["Slow"]
    assert isinstance(lasts, IncidentLine)
    assert (lasts.body.status, lasts.body.resolved_at) == ("monitoring", None)
    assert [service.status for service in lasts.body.services] == ["partial_outage"]


def test_maintenance_that_is_over_is_a_window_of_the_past(converted: dict[str, Line]) -> None:
    done = converted["Swap"]
    assert isinstance(done, WindowLine)
    assert (done.body.status, len(done.body.services)) == ("completed", 1)
    assert done.body.started_at is not None
    assert done.body.started_at.minute == 5
    assert [said.status for said in done.body.updates] == ["scheduled", "in_progress", "in_progress", "completed"]


async def test_saved_copies_become_the_same_file_each_time_and_what_is_left_out_is_said(tmp_path: Path) -> None:
    saved = tmp_path / "saved"
    saved.mkdir()
    for part, answer in ANSWERS.items():
        (saved / f"{part}.json").write_text(json.dumps(answer))
    (tmp_path / "all.json").write_text(json.dumps(ANSWERS))
    file, remarks = await statuspage.fetch(f"{saved}/")
    again, _ = await statuspage.fetch(str(tmp_path / "all.json"))
    assert portable.load(file)[1] == portable.load(again)[1]
    assert remarks == ["Incidents name components that are gone: those are left out (1)"]


ANSWERED = {
    "https://elsewhere.test": (httpx.Response(302, headers={"Location": "https://elsewhere.test"}), "leads on to https://elsewhere.test"),
    "html": (httpx.Response(200, text="<html>"), "no answer of a Statuspage"),
    "a list": (httpx.Response(200, json=[]), "no answer of a Statuspage"),
    "something else": (httpx.Response(200, json={"page": {}}), "not what a Statuspage says"),
    "not found": (httpx.Response(404), "answers 404"),
    "too much": (httpx.Response(200, content=b"x" * 3000), "answers more than"),
}  # fmt: skip


@pytest.mark.parametrize("what", ANSWERED)
async def test_what_is_no_statuspage_is_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    response, sentence = ANSWERED[what]
    monkeypatch.setattr("tidings.statuspage.BYTES_MAX", 2000)
    monkeypatch.setattr("tidings.statuspage.TRANSPORT", httpx.MockTransport(lambda _: response))
    with pytest.raises(OperatorError, match=sentence):
        await statuspage.fetch("https://status.globex.test/")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a < b & c > d", "a < b & c > d"),
        ("one\r\ntwo\x00\x1b[31m", "one\ntwo[31m"),
        ("<p>One</p><p>Two &amp; three</p>", "One\n\nTwo & three"),
        ("<ul><li>One</li><li>Two</li></ul>", "- One\n- Two"),
        ("<a href='javascript:x()'>go</a><script>x()</script>", "go"),
    ],
)
def test_html_becomes_markdown_that_does_nothing(text: str, said: str) -> None:
    assert plain(text) == said
