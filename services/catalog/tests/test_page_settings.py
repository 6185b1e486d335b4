"""What a page is like: looks, links and how much of its past it shows."""

from itertools import product

import pytest

from devstack.fixtures import Sql
from devstack.teststack import Api, Service

PAGE = "/api/catalog/v1/page"
LOOKS: dict[str, object] = {
    "logo_url": "https://acme.test/logo.svg",
    "favicon_url": "http://acme.test/favicon.ico",
    "accent_color": "#aabbcc",
    "theme": "dark",
    "support_url": "mailto:help@acme.test?subject=Status",
    "links": [{"label": "Terms", "url": "https://acme.test/terms"}],
    "search_engines_allowed": False,
    "history_days": 30,
}
PLAIN: dict[str, object] = {
    **dict.fromkeys(("logo_url", "favicon_url", "accent_color", "support_url")),
    "theme": "system",
    "links": [],
    "search_engines_allowed": True,
    "history_days": 90,
}


def looks_of(page: dict[str, object]) -> dict[str, object]:
    return {name: page[name] for name in LOOKS}


async def test_a_page_may_be_provisioned_with_its_settings_or_is_plain(catalog: Service) -> None:
    for organization, given, expected in (("acme", LOOKS, LOOKS), ("globex", {}, PLAIN)):
        body = {"name": "Acme", "slug": organization, **given}
        page = (await catalog.as_(organization)("POST", PAGE, body)).json()
        assert looks_of(page) == expected
        assert (await catalog.as_(organization, "viewer")("GET", PAGE)).json() == page


async def test_a_change_keeps_what_is_not_given_and_null_clears_what_a_page_may_lack(api: Api, sql: Sql) -> None:
    assert looks_of((await api("PATCH", PAGE, LOOKS)).json()) == LOOKS
    renamed = await api("PATCH", PAGE, {"name": "Acme Inc.", "accent_color": "#AABBCC"})
    assert (looks_of(renamed.json()), renamed.json()["version"]) == (LOOKS, 3)
    cleared = (await api("PATCH", PAGE, dict.fromkeys(LOOKS))).json()
    kept = ("theme", "links", "search_engines_allowed", "history_days")
    assert looks_of(cleared) == {**PLAIN, **{name: LOOKS[name] for name in kept}}
    assert (await api("PATCH", PAGE, {"links": []})).json()["links"] == []
    assert (await api("PATCH", PAGE, {"links": [], "logo_url": None})).json()["version"] == 5, "nothing changes"
    [published] = await sql("SELECT data::jsonb FROM catalog.outbox WHERE sequence = 2 AND audience = 'public'")
    assert looks_of(published[0]) == LOOKS


REFUSED = [
    *((field, value) for field in ("logo_url", "support_url") for value in ("javascript:alert(1)", "//acme.test", "x")),
    *(("support_url", f"mailto:{address}") for address in ("", "a@b,c@d", 'a"b@c', "a@b\n", "\x00@b")),
    *(("logo_url", url) for url in ("mailto:a@b", "https://user:secret@acme.test/", "https://acme.test/" + "x" * 2000)),
    *(("accent_color", color) for color in ("red", "#abc", "#aabbcc\n")),
    ("theme", "pink"),
    ("links", [{"label": "x", "url": "https://acme.test"}] * 11),
    ("links", [{"label": "", "url": "https://acme.test"}]),
    ("links", [{"label": "x", "url": "javascript:alert(1)"}]),
    ("links", [{"label": "x", "url": "https://acme.test", "extra": 1}]),
    *(("history_days", days) for days in (6, 91, "30", True)),
    *(("search_engines_allowed", value) for value in (1, "yes")),
]


async def test_what_no_page_can_be_like_is_refused(api: Api, subtests: pytest.Subtests) -> None:
    for method, (field, value) in product(("POST", "PATCH"), REFUSED):
        with subtests.test(f"{method} {field} = {value!r:.50}"):
            refused = await api(method, PAGE, {"name": "Acme", "slug": "acme", field: value})
            assert refused.status_code == 422
            assert refused.json()["errors"][0]["where"].startswith(f"body.{field}")
