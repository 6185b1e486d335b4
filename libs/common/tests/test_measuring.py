"""What a service says at /metrics and /loud: requests by their route, states that are looked at, and nothing to strangers."""

import math
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager

import httpx
import pytest
from prometheus_client import Gauge
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample
from starlette.types import Receive, Scope, Send

from common import loud
from common.errors import not_found
from common.measuring import Requests
from common.metrics import HTTP_REQUEST_SECONDS, PAGES, REGISTRY, Look
from common.web import create_app


@pytest.fixture(autouse=True)
def nothing_counted() -> Iterator[None]:
    HTTP_REQUEST_SECONDS.clear()
    yield
    PAGES.set(0)


async def nothing() -> None: ...


@asynccontextmanager
async def service(looks: Sequence[Look] = ()) -> AsyncIterator[httpx.AsyncClient]:
    app = create_app(title="Test", prefix="/api", start=nothing, stop=nothing, ready=[], looks=looks)

    @app.get("/api/things/{id}")
    async def read(id: str) -> str:
        if id == "missing":
            raise not_found("thing")
        if id == "broken":
            raise LookupError
        return id

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
        yield client


async def samples(client: httpx.AsyncClient, name: str) -> list[Sample]:
    answer = await client.get("/metrics")
    assert answer.status_code == 200
    families = text_string_to_metric_families(answer.text)
    return [sample for family in families for sample in family.samples if sample.name == name]


async def test_requests_are_counted_by_method_route_and_kind_of_answer() -> None:
    async with service() as client:
        for id in ("one", "two", "missing", "broken"):
            await client.get(f"/api/things/{id}")
        await client.post("/api/things/one")
        await client.post("/api/things/one", content="x" * 300_000)
        await client.get("/no/such/place")
        await client.request("BREW", "/no/such/place")
        counted = {
            (sample.labels["method"], sample.labels["route"], sample.labels["status"]): sample.value
            for sample in await samples(client, "tidings_http_request_seconds_count")
        }
    assert counted == {
        ("GET", "/api/things/{id}", "2xx"): 2,
        ("GET", "/api/things/{id}", "4xx"): 1,
        ("GET", "/api/things/{id}", "5xx"): 1,
        ("POST", "/api/things/{id}", "4xx"): 1,
        ("POST", "none", "4xx"): 1,  # refused before it was routed
        ("GET", "none", "4xx"): 1,
        ("other", "none", "4xx"): 1,
    }


async def test_who_leaves_before_there_is_an_answer_is_not_counted() -> None:
    async def leaves(scope: Scope, receive: Receive, send: Send) -> None: ...

    await Requests(leaves)({"type": "http", "method": "GET"}, nothing, nothing)  # type: ignore[arg-type] # nothing is asked of them
    assert REGISTRY.get_sample_value("tidings_http_request_seconds_count", {"method": "GET"}) is None


async def test_what_is_looked_at_is_as_of_now_or_not_a_number() -> None:
    values: list[float] = [7.0]

    async def read() -> list[float]:
        if not values:
            raise ConnectionRefusedError
        return values

    async with service([Look("pages", [PAGES], read)]) as client:
        assert await looked_at(client, PAGES) == (7.0, 1.0)
        values.clear()
        value, succeeded = await looked_at(client, PAGES)
        assert math.isnan(value)
        assert succeeded == 0.0
        values.append(8.0)
        assert await looked_at(client, PAGES) == (8.0, 1.0)


async def looked_at(client: httpx.AsyncClient, gauge: Gauge) -> tuple[float, float]:
    (family,) = gauge.describe()
    (value,) = await samples(client, family.name)
    (succeeded,) = [
        sample for sample in await samples(client, "tidings_look_succeeded") if sample.labels["at"] == "pages"
    ]
    return value.value, succeeded.value


async def test_who_is_loud_is_named_at_a_place_of_its_own() -> None:
    loud.REQUESTS.count("org_of_this_test", 5)
    async with service() as client:
        assert "org_of_this_test" not in (await client.get("/metrics")).text
        found = (await client.get("/loud")).json()["requests"]["this_minute"]
    assert {"organization_id": "org_of_this_test", "count": 5} in found


@pytest.mark.parametrize("path", ["/metrics", "/loud"])
async def test_what_is_for_operators_is_not_there_for_who_comes_through_a_proxy(path: str) -> None:
    async with service() as client:
        assert (await client.get(path)).status_code == 200
        assert (await client.get(path, headers={"X-Forwarded-For": "203.0.113.9"})).status_code == 404
