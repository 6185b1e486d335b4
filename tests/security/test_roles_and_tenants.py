"""Who may do what, on every route: each role what it may, nothing without a good token, nobody a list of what is another's."""

from typing import Any

import pytest

# The classes of this directory's conftest, which cannot be imported.
World = Any
Route = Any
Contents = Any

ROLES = ("viewer", "responder", "admin")
NEEDS = {
    "catalog": {
        "GET /caller": "viewer",
        "GET /page": "viewer",
        "POST /page": "admin",
        "PATCH /page": "admin",
        "GET /page/domains": "admin",
        "POST /page/domains": "admin",
        "POST /page/domains/{domain_id}/check": "admin",
        "DELETE /page/domains/{domain_id}": "admin",
        "GET /layout": "viewer",
        "PUT /layout": "admin",
        "GET /services": "viewer",
        "POST /services": "admin",
        "GET /services/{service_id}": "viewer",
        "PATCH /services/{service_id}": "admin",
        "DELETE /services/{service_id}": "admin",
        "POST /services/{deleted_service_id}/restore": "admin",
        "PUT /services/{service_id}/status": "responder",
        "POST /services/status": "responder",
        "GET /services/{service_id}/history": "viewer",
        "POST /imports/services": "admin",
    },
    "identity": {
        "GET /organization": "viewer",
        "PATCH /organization": "admin",
        "GET /members": "viewer",
        "DELETE /members/me": "viewer",
        "PATCH /members/{account_id}": "admin",
        "DELETE /members/{account_id}": "admin",
        "GET /invitations": "admin",
        "POST /invitations": "admin",
        "DELETE /invitations/{invitation_id}": "admin",
        "GET /api-keys": "admin",
        "POST /api-keys": "admin",
        "DELETE /api-keys/{key_id}": "admin",
        "GET /audit": "admin",
        "GET /audit.csv": "admin",
    },
    "incidents": {
        "GET /incidents": "viewer",
        "POST /incidents": "responder",
        "GET /incidents/{incident_id}": "viewer",
        "PATCH /incidents/{incident_id}": "responder",
        "DELETE /incidents/{incident_id}": "responder",
        "POST /incidents/{incident_id}/updates": "responder",
        "PATCH /incidents/{incident_id}/updates/{update_id}": "responder",
        "DELETE /incidents/{incident_id}/updates/{update_id}": "responder",
        "GET /incidents/{incident_id}/edits": "viewer",
        "PUT /incidents/{incident_id}/postmortem": "responder",
        "DELETE /incidents/{incident_id}/postmortem": "responder",
        "GET /templates": "responder",
        "POST /templates": "admin",
        "GET /templates/{template_id}": "responder",
        "PUT /templates/{template_id}": "admin",
        "DELETE /templates/{template_id}": "admin",
        "POST /templates/{template_id}/render": "responder",
        "POST /imports/incidents": "admin",
    },
    "maintenance": {
        "GET /maintenances": "viewer",
        "POST /maintenances": "responder",
        "GET /maintenances/{maintenance_id}": "viewer",
        "PATCH /maintenances/{maintenance_id}": "responder",
        "DELETE /maintenances/{maintenance_id}": "responder",
        "POST /maintenances/{maintenance_id}/start": "responder",
        "POST /maintenances/{maintenance_id}/complete": "responder",
        "POST /maintenances/{maintenance_id}/cancel": "responder",
        "POST /maintenances/{maintenance_id}/extend": "responder",
        "POST /maintenances/{maintenance_id}/updates": "responder",
        "PATCH /maintenances/{maintenance_id}/updates/{update_id}": "responder",
        "DELETE /maintenances/{maintenance_id}/updates/{update_id}": "responder",
        "GET /series": "viewer",
        "POST /series": "responder",
        "GET /series/{series_id}": "viewer",
        "PATCH /series/{series_id}": "responder",
        "DELETE /series/{series_id}": "responder",
        "GET /series/{series_id}/occurrences": "viewer",
        "POST /imports/maintenances": "admin",
        "POST /imports/series": "admin",
    },
}
"""The lowest role that may use a route. A route that is missing here fails its test."""


def needed_role(route: Route) -> str:
    return NEEDS[route.service][f"{route.method} {route.path.partition('/v1')[2]}"]


async def test_a_route_is_not_for_a_role_below_its_own(
    world: World, routes: list[Route], contents: Contents, subtests: pytest.Subtests
) -> None:
    before = await contents.read()
    for route in routes:
        with subtests.test(str(route)):
            sent = {"ids": world.ids["acme"], "body": world.valid_body(route, "acme")}
            for role in ROLES[: ROLES.index(needed_role(route))]:
                refused = await world.send(route, token=world.token("acme", role), **sent)
                assert (refused.status_code, refused.json()["type"]) == (403, "urn:tidings:problem:role-too-low"), role
    assert await contents.read() == before


async def test_a_route_is_for_its_role_and_higher_ones(
    world: World, routes: list[Route], subtests: pytest.Subtests
) -> None:
    for route in routes:
        with subtests.test(str(route)):
            lowest = ROLES.index(needed_role(route))
            sent = {"ids": world.ids["acme"], "body": world.valid_body(route, "acme")}
            allowed = await world.send(route, token=world.token("acme", ROLES[lowest]), **sent)
            assert 200 <= allowed.status_code < 300, allowed.text
            for role in ROLES[lowest + 1 :]:
                higher = await world.send(route, token=world.token("acme", role), **sent)
                assert higher.status_code not in (401, 403), role


async def test_nothing_answers_without_a_good_token(
    world: World, routes: list[Route], contents: Contents, subtests: pytest.Subtests
) -> None:
    good = world.token("acme", "admin")
    before = await contents.read()
    for route in routes:
        with subtests.test(str(route)):
            sent = {"ids": world.ids["acme"], "body": world.valid_body(route, "acme")}
            for token in (None, "", "x", "a.b.c", good[:-4], good + "=", f"{good} {good}"):
                refused = await world.send(route, token=token, **sent)
                assert (refused.status_code, refused.json()["type"]) == (401, "urn:tidings:problem:invalid-token")
                assert refused.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
    assert await contents.read() == before


async def test_lists_hold_nothing_of_another_organization(
    world: World, routes: list[Route], subtests: pytest.Subtests
) -> None:
    for route in (route for route in routes if route.method == "GET" and not route.has_id):
        with subtests.test(str(route)):
            answer = await world.send(route, token=world.token("globex"), ids={})
            assert answer.status_code == 200
            assert not any(id in answer.text for id in world.ids["acme"].values())
            assert "acme" not in answer.text
