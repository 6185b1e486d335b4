"""The aggregate as clients get it: its bytes and headers, the same for everybody at any time, and addresses that moved."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio

from common.clock import now, rfc3339
from devstack.teststack import Service
from public_api.answers import accepts, matches

V1 = "/api/public/v1"
PAGE = f"{V1}/pages/acme"
Publish = Callable[..., Awaitable[int]]
PageAt = Callable[..., Awaitable[dict[str, Any]]]


@pytest_asyncio.fixture
async def offset(public_api: Service, publish: Publish, page_at: PageAt) -> int:
    """A page with a group, two services and an incident, folded. The offset it stands at."""
    group = {"type": "group", "id": "g", "name": "Website", "entries": [{"type": "service", "id": "s"}]}
    await publish("page_settings.provisioned")
    await publish("service.created", "s", name="Größe ✓")
    await publish("service.created", "t")
    await publish("layout.changed", entries=[group])
    last = await publish("incident.opened", "i", impact="minor", services=[{"service_id": "s", "status": "degraded"}])
    await page_at(public_api, last)
    return last


async def test_the_aggregate_holds_what_visitors_see(public_api: Service, offset: int) -> None:
    document = (await public_api.client.get(PAGE)).json()
    assert list(document) == [
        "organization", "status", "groups", "services", "incidents", "maintenance", "uptime", "page_version", "position",
    ]  # fmt: skip
    assert document["status"]["indicator"] == "degraded"
    assert [(row["name"], row["group_id"]) for row in document["services"]] == [("Größe ✓", "g"), ("Website", None)]
    assert document["position"].endswith(f"-{offset}")
    assert document["page_version"] > 0


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("gzip", True),
        ("GZIP", True),
        ("br, gzip", True),
        ("gzip;q=0.5, identity", True),
        ("*", True),
        ("br, *;q=0.1", True),
        ("gzip;q=0", False),
        ("gzip; q=0.000", False),
        ("gzip;q=0, *", False),
        ("*;q=0", False),
        ("identity", False),
        ("br", False),
        ("", False),
        (";;;,,q=,gzip;q=many", False),
    ],
)
def test_gzip_is_sent_to_whom_accepts_it(accepted: str, expected: bool) -> None:
    assert accepts("gzip", accepted) is expected


@pytest.mark.usefixtures("offset")
async def test_the_coding_is_the_one_that_is_named(public_api: Service) -> None:
    for accepted, coding in {"gzip": "gzip", "*": "br", "br, gzip": "br", "identity": None, "gzip;q=0": None}.items():
        response = await public_api.client.get(PAGE, headers={"Accept-Encoding": accepted})
        assert response.headers.get("content-encoding") == coding
        assert response.json()["organization"]["slug"] == "acme"


@pytest.mark.usefixtures("offset")
async def test_the_headers_let_caches_and_other_origins_use_it(public_api: Service) -> None:
    response = await public_api.client.get(PAGE)
    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "public, max-age=0, stale-if-error=86400"
    assert response.headers["vary"] == "Accept-Encoding"
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.headers["access-control-expose-headers"] == "ETag"


@pytest.mark.usefixtures("offset")
async def test_every_coding_has_a_strong_validator_of_its_own(public_api: Service) -> None:
    tags = set()
    for coding in ("gzip", "identity"):
        response = await public_api.client.get(PAGE, headers={"Accept-Encoding": coding})
        tag = response.headers["etag"]
        assert tag.startswith('"')
        tags.add(tag)
        same = {"Accept-Encoding": coding, "If-None-Match": tag}
        unchanged = await public_api.client.get(PAGE, headers=same)
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert unchanged.headers["etag"] == tag
        assert unchanged.headers["vary"] == "Accept-Encoding"
        assert "max-age=0" in unchanged.headers["cache-control"]
        assert unchanged.headers["access-control-allow-origin"] == "*"
    assert len(tags) == 2


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ('"tag"', True),
        ('W/"tag"', True),
        ('"other", "tag"', True),
        ('"other" ,W/"tag", "more"', True),
        ("*", True),
        ('"other"', False),
        ('W/"other"', False),
        ("tag", False),
        ("", False),
        (',,"', False),
    ],
)
def test_if_none_match_compares_weakly_and_knows_lists(asked: str, expected: bool) -> None:
    assert matches(asked, '"tag"') is expected


async def test_a_change_gives_new_validators_and_a_higher_version(
    public_api: Service, offset: int, publish: Publish, page_at: PageAt
) -> None:
    before = await public_api.client.get(PAGE)
    await page_at(public_api, await publish("service.updated", "t", version=2, name="Shop"))
    after = await public_api.client.get(PAGE, headers={"If-None-Match": before.headers["etag"]})
    assert after.status_code == 200
    assert after.json()["page_version"] == before.json()["page_version"] + 1


@pytest.mark.usefixtures("offset")
async def test_nothing_in_the_answer_depends_on_when_it_is_asked_for(
    public_api: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = await public_api.client.get(PAGE)
    monkeypatch.setattr("public_api.pages.now", lambda: now() + timedelta(days=400))
    monkeypatch.setattr("public_api.fold.now", lambda: now() + timedelta(days=400))
    later = await public_api.client.get(PAGE)
    assert (later.content, later.headers) == (first.content, first.headers)


@pytest.mark.usefixtures("offset")
async def test_head_has_the_headers_of_get_and_no_body(public_api: Service) -> None:
    for coding in ("gzip", "identity"):
        whole = await public_api.client.get(PAGE, headers={"Accept-Encoding": coding})
        head = await public_api.client.head(PAGE, headers={"Accept-Encoding": coding})
        assert (head.status_code, head.content, head.headers) == (200, b"", whole.headers)


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}/incidents"])
async def test_a_browser_of_another_origin_may_ask_conditionally(public_api: Service, path: str) -> None:
    asked = {"Origin": "https://example.com", "Access-Control-Request-Method": "GET"}
    response = await public_api.client.options(path, headers=asked)
    assert response.status_code == 204
    assert response.headers["access-control-allow-origin"] == "*"
    assert "If-None-Match" in response.headers["access-control-allow-headers"]
    assert "GET" in response.headers["access-control-allow-methods"]


@pytest.mark.parametrize("path", ["/pages/nobody", "/pages/nobody/incidents"])
async def test_an_unknown_slug_is_a_404_problem(public_api: Service, path: str) -> None:
    response = await public_api.client.get(V1 + path)
    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["access-control-allow-origin"] == "*"
    assert response.json()["type"] == "urn:tidings:problem:not-found"


@pytest.mark.usefixtures("offset")
async def test_a_retired_slug_leads_to_the_new_one_and_can_be_taken_back(
    public_api: Service, publish: Publish, page_at: PageAt
) -> None:
    retired = [{"slug": "acme", "until": rfc3339(now() + timedelta(days=90))}]
    last = await publish("page_settings.updated", version=2, slug="acme-inc", retired_slugs=retired)
    await page_at(public_api, last, slug="acme-inc")
    for path in ("", "/incidents?limit=3&cursor=abc"):
        moved = await public_api.client.get(PAGE + path)
        assert moved.status_code == 308
        assert moved.headers["location"] == f"{V1}/pages/acme-inc{path}"
        assert moved.headers["cache-control"] == "no-cache"
        assert moved.headers["access-control-allow-origin"] == "*"

    retired = [{"slug": "acme-inc", "until": rfc3339(now() + timedelta(days=90))}]
    last = await publish("page_settings.updated", version=3, slug="acme", retired_slugs=retired)
    await page_at(public_api, last)
    assert (await public_api.client.get(f"{V1}/pages/acme-inc")).headers["location"] == PAGE


@pytest.mark.usefixtures("offset")
async def test_a_retired_slug_ends_and_may_become_somebody_elses(
    public_api: Service, publish: Publish, page_at: PageAt
) -> None:
    retired = [{"slug": "acme", "until": rfc3339(now() - timedelta(seconds=1))}]
    last = await publish("page_settings.updated", version=2, slug="acme-inc", retired_slugs=retired)
    await page_at(public_api, last, slug="acme-inc")
    assert (await public_api.client.get(PAGE)).status_code == 404

    last = await publish("page_settings.provisioned", "globex", organization="globex", slug="acme", name="Globex")
    assert (await page_at(public_api, last))["organization"]["name"] == "Globex"
    last = await publish("service.created", "u")
    assert (await page_at(public_api, last, slug="acme-inc"))["organization"]["name"] == "Acme"
    assert (await public_api.client.get(PAGE)).json()["organization"]["name"] == "Globex"


ODD_SLUGS = ["%00", "..", "%2e%2e%2fsecret", "a" * 64, "%ff%fe", "ACME", "acme%20", "'; DROP", "%F0%9F%94%A5", "{slug}"]
ODD_HEADERS = ["\xff\xfe", "x" * 5000, ";q=", ",", "\t", 'W/"', "gzip;q=1e999", "gzip;q=nan"]


@pytest.mark.usefixtures("offset")
async def test_odd_slugs_are_refused_politely(public_api: Service) -> None:
    for path in [f"{V1}/pages/{slug}{suffix}" for slug in ODD_SLUGS for suffix in ("", "/incidents")]:
        response = await public_api.client.get(path)
        assert response.status_code in (404, 422), path
        assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.usefixtures("offset")
async def test_odd_headers_never_break_the_answer(public_api: Service) -> None:
    for name in ("Accept-Encoding", "If-None-Match", "Origin", "Accept", "Range"):
        for value in ODD_HEADERS:
            response = await public_api.client.get(PAGE, headers=[(name.encode(), value.encode("latin-1"))])
            assert response.status_code == 200, (name, value)
            assert response.json()["organization"]["slug"] == "acme"
