"""Badges say a status by word, shape and colour, are pictures whatever is in a name, and can be read."""

import xml.etree.ElementTree as ElementTree

import pytest

from public_api.badges import badge, render

SVG = "{http://www.w3.org/2000/svg}"
STATUSES = ["operational", "maintenance", "degraded", "partial_outage", "major_outage", "none"]
HOSTILE = '</title><script>alert(1)</script>" onload="&\ufffe\U0001f600'


def row(id: str, status: str, *, under_maintenance: bool = False) -> dict[str, object]:
    return {"id": id, "name": id.upper(), "status": status, "under_maintenance": under_maintenance}


def label(svg: str) -> str:
    title = ElementTree.fromstring(svg).findtext(f"{SVG}title")
    assert title is not None
    return title


def test_no_two_statuses_share_a_colour_or_a_shape() -> None:
    pictures = [badge("Acme", status, status) for status in STATUSES]
    for parts in (
        [picture.partition('z" fill="')[2][:7] for picture in pictures],
        [picture.partition('stroke-width="3">')[2].partition("</svg>")[0] for picture in pictures],
    ):
        assert len(set(parts)) == len(STATUSES)


@pytest.mark.parametrize("status", STATUSES)
def test_white_text_can_be_read_on_the_colour(status: str) -> None:
    color = badge("Acme", status, status).partition('z" fill="#')[2][:6]
    channels = [int(color[place : place + 2], 16) / 255 for place in (0, 2, 4)]
    linear = [channel / 12.92 if channel <= 0.03928 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels]
    luminance = sum(weight * channel for weight, channel in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    assert 1.05 / (luminance + 0.05) >= 4.5


def test_a_name_is_text_whatever_is_in_it() -> None:
    picture = ElementTree.fromstring(badge(HOSTILE, "operational", "Operational"))
    assert [element.tag.removeprefix(SVG) for element in picture.iter()] == [
        *("svg", "title", "rect", "path"),
        *("svg", "circle", "path"),
        *("g", "text", "text"),
    ]
    assert set(picture.attrib) == {"width", "height", "role", "aria-label"}
    assert label(badge(HOSTILE, "operational", "Operational")) == HOSTILE.replace("\ufffe", "\ufffd") + ": Operational"


def test_a_long_name_is_cut_and_whole_in_the_title() -> None:
    svg = badge("A" * 200, "degraded", "Degraded performance")
    assert label(svg) == "A" * 200 + ": Degraded performance"
    assert int(ElementTree.fromstring(svg).get("width", "0")) < 600


def test_the_page_and_each_service_have_one_and_an_outage_goes_before_maintenance() -> None:
    document = {
        "organization": {"name": "Acme"},
        "status": {"indicator": "operational"},
        "maintenance": {"in_progress": [{}]},
        "services": [
            row("a", "operational"),
            row("b", "operational", under_maintenance=True),
            row("c", "major_outage", under_maintenance=True),
        ],
    }
    assert {path: label(svg) for path, svg in render(document).items()} == {
        "badge.svg": "Acme: Maintenance in progress",
        "badges/a.svg": "A: Operational",
        "badges/b.svg": "B: Maintenance",
        "badges/c.svg": "C: Major outage",
    }
    assert label(render({**document, "status": {"indicator": "degraded"}})["badge.svg"]) == "Acme: Degraded performance"
