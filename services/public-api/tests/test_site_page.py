"""The page for people: what it says, in which bytes, and that nothing which somebody wrote can do harm there."""

import base64
import copy
import gzip
import hashlib
import json
import re
from datetime import date
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.position import Position
from devstack import page_states
from devstack.page_states import TODAY, ZONE, Document, archive, document, incident, moment, service, window
from public_api.codings import Content
from public_api.files import make_files
from public_api.site import colors
from public_api.site.bars import in_words
from public_api.site.markdown import to_html
from public_api.site.outline import banner
from public_api.site.page import make
from public_api.site.script import SCRIPT, SCRIPT_PATH
from public_api.site.times import Times
from public_api.site.words import WORDS
from public_api.store.page import PageRecord

TIMES = Times(ZONE, TODAY)
HTML_MAX_BYTES = 10 * 1024
SCRIPT_MAX_BYTES = 6 * 1024
NO_ARCHIVE = ""


@pytest.fixture
def busy() -> Document:
    return page_states.busy()


def index(document: Document) -> Content:
    return make(document, NO_ARCHIVE)[""]


def text_of(html: str) -> str:
    """What is to be read on it, without the style."""
    return re.sub(r"\s+", " ", re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.DOTALL))


def test_a_busy_page_is_small(busy: Document) -> None:
    assert len(gzip.compress(index(busy).text.encode(), 6)) <= HTML_MAX_BYTES


def test_the_script_is_small() -> None:
    assert len(SCRIPT.coded("gzip").body) <= SCRIPT_MAX_BYTES


def test_a_page_tells_of_the_latest_incidents_alone() -> None:
    html = index(document(incidents=[incident(number, "resolved") for number in range(300)])).text
    assert html.count("<article") == 20
    assert "i-i0" in html
    assert '<a href="history">' in html


def test_the_page_is_a_function_of_the_document(busy: Document) -> None:
    assert index(busy) == index(copy.deepcopy(busy))


def test_the_banner_names_what_is_affected_the_worst_first() -> None:
    unwell = ["degraded", "major_outage", "partial_outage", "degraded", "degraded"]
    services = [service(number, status=status) for number, status in enumerate(unwell)]
    said = banner(document(services, status="major_outage"))
    assert said["title"] == "Major outage"
    assert said["text"] == "Affected: Service 1, Service 2, Service 0 and 2 more."


def test_the_banner_tells_of_maintenance_and_hides_no_outage_behind_it() -> None:
    running = {"in_progress": [window("in_progress")]}
    services = [service(0), service(1, under_maintenance=True)]
    assert banner(document(services, maintenance=running)) == {
        "kind": "maintenance",
        "title": "Maintenance in progress",
        "text": "In maintenance: Service 1. Everything else is operational.",
    }
    services[0]["status"] = "partial_outage"
    said = banner(document(services, maintenance=running, status="partial_outage"))
    assert (said["kind"], said["text"]) == ("partial_outage", "Affected: Service 0. In maintenance: Service 1.")


def test_an_organization_without_services_is_not_called_well() -> None:
    assert banner(document([]))["kind"] == "none"
    assert "operational" not in text_of(index(document([])).text)


def test_open_incidents_come_before_services_with_the_latest_update_first(busy: Document) -> None:
    said = text_of(index(busy).text)
    order = ["Partial outage", "Card payments fail", "Monitoring", "Identified", "Investigating", "Database upgrade"]
    places = [said.index(text, said.index("Reload")) for text in [*order, "Uptime is that of the last 90 days"]]
    assert places == sorted(places)
    assert "Service 0 (partial outage)" in said


def test_only_windows_of_the_next_days_are_announced() -> None:
    later = window(title="Later", scheduled_start=moment(days=-8), scheduled_end=moment(days=-9))
    said = text_of(index(document(maintenance={"upcoming": [window(), later]})).text)
    assert "Database upgrade Planned for 24 Nov, 13:02 to 14:02 CET" in said
    assert "Later" not in said


def test_incidents_and_windows_have_pages_of_their_own_with_everything_that_was_said(busy: Document) -> None:
    said = {
        "id": "done",
        "status": "resolved",
        "message": "All is well.",
        "created_at": moment(),
        "edited_at": moment(),
    }
    postmortem = {"body": "## Why", "published_at": moment(), "updated_at": moment()}
    busy["incidents"].append(incident(2, "resolved", updates=[said] * 30, postmortem=postmortem))
    busy["maintenance"]["completed"] = [window("completed", id="v", started_at=moment(days=3), completed_at=moment())]
    pages = make(busy, NO_ARCHIVE)
    assert set(pages) == {"", "incidents/i0", "incidents/i1", "incidents/i2", "maintenance/w", "maintenance/v"}
    resolved = pages["incidents/i2"].text
    assert "Resolved 22 Nov, 12:17 to 13:01 CET" in text_of(resolved)
    assert resolved.count("All is well.</p>\n</div></li>") == 30
    assert '<h2 id="postmortem"><a href="#postmortem">Postmortem</a></h2>' in resolved
    assert "<h5>Why</h5>" in resolved
    assert "Completed 19 Nov, 13:02 CET to 22 Nov, 13:02 CET" in text_of(pages["maintenance/v"].text)


def test_every_link_on_a_page_leads_to_something_that_is_there(busy: Document) -> None:
    busy["incidents"].append(incident(2, "resolved"))
    record = PageRecord("acme", "acme", (), 7, json.dumps(busy), Position("abcdefghijkl", 7), None, "", archive(busy))
    pages = {path: content.text for path, content in make_files(record, None, page_address="https://*.example").items()}
    elsewhere = {"../../api/public/v1/pages/acme", "https://example.com"}
    for path, html in pages.items():
        for link in set(re.findall(r'<a href="([^"]*)"', html)) - elsewhere:
            target, _, fragment = link.partition("#")
            target = target.partition("?")[0]
            if re.match(r"(\.\./)?history/\d", target):
                continue  # made when it is asked for
            to = urljoin(f"http://host/{path}", target).removeprefix("http://host/") if target else path
            assert to in pages, (path, link)
            assert not fragment or f'id="{fragment}"' in pages[to], (path, link)


def test_every_way_to_get_updates_is_listed() -> None:
    html = index(document()).text
    assert '<link rel="alternate" type="application/atom+xml; charset=utf-8"' in html
    menu = html[html.index('<details class="menu">') : html.index("</details>")]
    assert re.findall(r'<a href="([^"]*)"', menu) == [*WORDS["ways"], "../../api/public/v1/pages/acme"]


def test_groups_are_open_where_something_is_wrong_unless_they_are_to_be_collapsed(busy: Document) -> None:
    html = index(busy).text
    assert re.findall(r'<details class="group" id="([^"]*)" open>', html) == ["g-shop", "g-pay"]
    busy["groups"][1]["collapsed"] = True
    assert re.findall(r'<details class="group" id="([^"]*)" open>', index(busy).text) == ["g-shop"]
    order = [html.index(f">{name}<") for name in ("Shop", "Service 0", "Payments", "Service 7", "Back office")]
    assert order == sorted(order)


def test_the_bars_say_in_words_what_they_show() -> None:
    days = "." * 3 + "0" * 80 + "3" * 2 + "00" + "m" + "01"
    words = (
        "90 days, 83 of them operational. 25 Aug to 27 Aug: no data. 16 Nov to 17 Nov: major outage."
        " 20 Nov: maintenance. 22 Nov: degraded performance"
    )
    assert in_words(days, date(2026, 8, 25), TIMES) == words
    html = index(document([service(0)], days={"s0": days})).text
    assert f'aria-label="{words}"' in html


def test_times_are_in_the_organizations_zone_and_name_it() -> None:
    summer = TIMES.moment("2025-07-01T22:30:00Z")
    assert summer == '<time datetime="2025-07-01T22:30:00Z">2 Jul 2025, 00:30 CEST</time>'
    assert "12:00 UTC+0545" in Times("Asia/Kathmandu", TODAY).moment("2026-11-22T06:15:00Z")


def test_the_page_reloads_itself_only_while_something_is_open() -> None:
    refresh = 'http-equiv="refresh"'
    assert refresh in index(document(incidents=[incident(0)])).text
    assert refresh in index(document(maintenance={"in_progress": [window("in_progress")]})).text
    assert (
        refresh not in index(document(incidents=[incident(0, "resolved")], maintenance={"upcoming": [window()]})).text
    )


def test_search_engines_are_kept_away_where_wanted() -> None:
    assert "noindex" not in index(document()).text
    assert (
        '<meta name="robots" content="noindex">' in index(document(organization={"search_engines_allowed": False})).text
    )


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "[a](javascript:alert(1)) [b](data:text/html;base64,x) [c](vbscript:x)",
    "![beacon](https://elsewhere.example/pixel.png)",
    "<svg onload=alert(1)>",
    "[x](https://a.example 'y\" onmouseover=alert(1)')",
    "&lt;script&gt; </style><style>*{color:red}</style>",
]


def test_what_people_write_can_do_no_harm() -> None:
    written = "\n\n".join(HOSTILE)
    update = {"id": "u", "status": "identified", "message": written, "created_at": moment(), "edited_at": None}
    postmortem = {"body": written, "published_at": moment(), "updated_at": moment()}
    named: Document = {"title": written, "description": written, "updates": [update], "postmortem": postmortem}
    html = index(
        document(
            [service(0, name=written, description=written)],
            organization={"name": written, "description": written, "links": [{"label": written, "url": "https://a.b"}]},
            incidents=[incident(0, **named), incident(1, "resolved", **named)],
            maintenance={"upcoming": [window(title=written, description=written)]},
        )
    ).text
    assert re.findall(r"<(?:script|img|iframe|object|form|base|template)\b.*", html) == [
        f'<script src="{SCRIPT_PATH}" defer></script>'
    ]
    assert html.count("<style>") == html.count("</style>") == 1
    assert not re.search(r"<[^>\"]*(\"[^\"]*\"[^>\"]*)*\son\w+=", html)
    assert not re.search(
        r"href=\"(?!https?:|mailto:|data:image/svg|maintenance|history|feed.json|api/v2/|incidents/|services/|#|\.\./|\")",
        html,
    )


def test_markdown_is_rendered_with_headings_below_those_of_the_page() -> None:
    assert to_html("# Cause\n**a** and\nb") == "<h4>Cause</h4>\n<p><strong>a</strong> and<br>\nb</p>\n"
    assert to_html("[a](https://b.example)") == (
        '<p><a href="https://b.example" rel="nofollow noopener noreferrer">a</a></p>\n'
    )


def test_only_the_pages_own_style_is_obeyed_and_only_its_pictures_are_loaded() -> None:
    content = index(document(organization={"logo_url": "https://img.example/logo.svg", "accent_color": "#ffee00"}))
    (style,) = re.findall(r"<style>(.*?)</style>", content.text, flags=re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = content.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert f"style-src 'sha256-{digest}'" in policy
    assert "img-src data: https://img.example;" in policy
    assert "style=" not in content.text
    assert "@import" not in style
    assert "url(" not in style


@given(st.from_regex(r"#[0-9a-f]{6}", fullmatch=True), st.sampled_from([colors.LIGHT, colors.DARK]))
def test_an_organizations_colour_can_always_be_read(color: str, background: str) -> None:
    shown = colors.readable(color, background)
    assert colors.contrast(shown, background) >= colors.READABLE
    if colors.contrast(color, background) >= colors.READABLE + 0.1:
        assert shown == color
