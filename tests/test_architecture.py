"""What holds for the whole workspace and no single test would notice missing: tenancy in the database, the lock file, named packages."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from devstack.fixtures import Sql
from devstack.teststack import SCHEMAS

ROOT = Path(__file__).parents[1]
SHIPPED = sorted(
    path
    for path in [*ROOT.glob("libs/*/src/**/*.py"), *ROOT.glob("services/*/src/**/*.py")]
    if "devstack" not in path.parts  # only for development and tests
)

WITHOUT_ROW_LEVEL_SECURITY = {
    "outbox": "the relay reads across tenants; the app role may only insert",
    "checkpoint": "belongs to a consumer, names no tenant",
    "dead_letter": "for operators, across tenants; the app role may only insert",
    "alembic_version": "belongs to the schema",
    "maintenance.due": "the scheduler reads across tenants what is due when; nothing but ids and times",
    "identity.account": "a person belongs to no tenant",
    "identity.session": "belongs to a person; the tenant's id in it is what they chose last",
    "identity.link": "belongs to a person",
    "identity.mail": "to a person, and gone when it is sent",
    "identity.signing_key": "names no tenant",
    "identity.attempts": "hashes and times; names nobody",
    "identity.belonging": "which tenants a person can choose from; nothing but ids",
    "catalog.due": "as maintenance.due",
    "catalog.slug": "a slug is unique over all tenants, and public",
    "public_api.entity": "public by definition",
    "public_api.page": "public by definition",
    "public_api.service_change": "public by definition",
    "public_api.service_day": "public by definition",
    "public_api.service_period": "public by definition",
}
"""Every table without row-level security, by name or by schema and name, and why."""


async def test_every_table_is_under_forced_row_level_security_or_says_why_not(sql: Sql) -> None:
    tables = await sql(
        "SELECT n.nspname AS schema, c.relname AS table, c.relrowsecurity AND c.relforcerowsecurity AS forced, "
        "EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polqual IS NOT NULL AND p.polwithcheck IS NOT NULL) AS policy "
        "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind IN ('r', 'p') AND n.nspname = ANY(:schemas)",
        schemas=list(SCHEMAS.values()),
    )
    open_to_all = {f"{row.schema}.{row.table}" for row in tables if not (row.forced and row.policy)}
    unexplained = {
        name
        for name in open_to_all
        if name not in WITHOUT_ROW_LEVEL_SECURITY and name.partition(".")[2] not in WITHOUT_ROW_LEVEL_SECURITY
    }
    assert unexplained == set()


async def test_no_view_looks_past_row_level_security(sql: Sql) -> None:
    views = await sql(
        "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind IN ('v', 'm') AND n.nspname = ANY(:schemas) "
        "AND NOT coalesce('security_invoker=true' = ANY(c.reloptions), false)",
        schemas=list(SCHEMAS.values()),
    )
    definers = await sql(
        "SELECT p.proname FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace "
        "WHERE p.prosecdef AND n.nspname = ANY(:schemas)",
        schemas=list(SCHEMAS.values()),
    )
    assert (views, definers) == ([], [])


async def test_keys_between_tenants_tables_carry_the_organization(sql: Sql) -> None:
    keys = await sql(
        "SELECT conrelid::regclass::text AS table, conname, pg_get_constraintdef(k.oid) AS definition "
        "FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace "
        "WHERE contype IN ('p', 'f') AND n.nspname = ANY(:schemas)",
        schemas=list(SCHEMAS.values()),
    )
    explained = {f"{schema}.{table}" for schema in SCHEMAS.values() for table in WITHOUT_ROW_LEVEL_SECURITY}
    without = {
        key.conname
        for key in keys
        if key.table not in explained | set(WITHOUT_ROW_LEVEL_SECURITY) and "KEY (organization_id" not in key.definition
    }
    assert without == set()


async def test_no_role_of_a_service_may_more_than_its_work(sql: Sql) -> None:
    roles = [f"{schema}_{kind}" for schema in SCHEMAS.values() for kind in ("app", "relay")]
    found = await sql("SELECT * FROM pg_roles WHERE rolname = ANY(:roles)", roles=roles)
    assert len(found) == len(roles)
    for role in found:
        powers = (role.rolsuper, role.rolbypassrls, role.rolcreaterole, role.rolcreatedb, role.rolreplication)
        assert not any(powers), role.rolname
    memberships = await sql(
        "SELECT member::regrole::text FROM pg_auth_members WHERE member::regrole::text = ANY(:roles)", roles=roles
    )
    assert memberships == [], "nobody becomes an owner"
    owned = await sql("SELECT relname FROM pg_class WHERE relowner::regrole::text = ANY(:roles)", roles=roles)
    assert owned == [], "an owner could switch row-level security off"


async def test_no_role_of_a_service_reaches_into_another_schema(sql: Sql) -> None:
    reaches = await sql(
        "SELECT r.rolname, n.nspname FROM pg_roles r, pg_namespace n WHERE n.nspname = ANY(:schemas) "
        "AND r.rolname = ANY(:roles) AND has_schema_privilege(r.oid, n.oid, 'USAGE')",
        schemas=list(SCHEMAS.values()),
        roles=[f"{schema}_{kind}" for schema in SCHEMAS.values() for kind in ("app", "relay")],
    )
    assert sorted(tuple(row) for row in reaches) == sorted(
        (f"{schema}_{kind}", schema) for schema in SCHEMAS.values() for kind in ("app", "relay")
    )


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))


def called(call: ast.Call) -> str:
    return ast.unparse(call.func)


@pytest.mark.parametrize("name", ["broker.publish", "broker.request", "broker.subscriber", "broker.publisher"])
def test_only_the_bus_talks_to_the_broker(name: str) -> None:
    # There the stream is named, the deadline set and the acknowledgement explicit; nobody else must remember to.
    users = {
        path.relative_to(ROOT).as_posix() for path in SHIPPED for call in calls(path) if called(call).endswith(name)
    }
    assert users <= {"libs/common/src/common/bus.py"}


def test_every_subscriber_says_how_it_acknowledges() -> None:
    subscribers = [call for path in SHIPPED for call in calls(path) if called(call).endswith("broker.subscriber")]
    assert subscribers
    for call in subscribers:
        assert "ack_policy" in {keyword.arg for keyword in call.keywords}, ast.unparse(call)


def test_no_handler_reads_json_by_itself() -> None:
    # FastAPI turns what request.json() raises into a 500; models turn it into a 422.
    assert [str(path) for path in SHIPPED for call in calls(path) if called(call).endswith("request.json")] == []


def requirements(path: Path) -> list[str]:
    """The requirements of a lock file, each with its continuation lines."""
    text = path.read_text().replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


LOCKS = sorted([*ROOT.glob("requirements*.lock"), *ROOT.glob("deploy/**/*.lock")])


@pytest.mark.parametrize("path", LOCKS, ids=lambda path: path.name)
def test_every_locked_package_is_one_version_with_hashes_and_from_no_particular_place(path: Path) -> None:
    assert requirements(path)
    for requirement in requirements(path):
        assert re.match(
            r"[A-Za-z0-9._\[\],-]+==[^ ;]+( ;.*?)?( +--hash=sha256:[0-9a-f]{64})+$", requirement.rstrip()
        ), requirement
        assert "://" not in requirement


NAMED = {
    "fastapi": "FastAPI",
    "uvicorn": "uvicorn.Config",
    "faststream": "NatsBroker",
    "nats": "stream_info",
    "sqlalchemy": "create_async_engine",
    "asyncpg": "asyncpg.connect",
    "pydantic": "BaseModel",
    "jose": "jwt.decode",
    "dateutil": "rrulestr",
    "opentelemetry.sdk": "TracerProvider",
}
"""Each package that the owner named, and something of it that what ships really uses."""


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


@pytest.mark.parametrize("package", NAMED)
def test_a_named_package_is_used_by_what_ships(package: str) -> None:
    users = [
        path
        for path in SHIPPED
        if any(name == package or name.startswith(f"{package}.") for name in imports(ast.parse(path.read_text())))
    ]
    used = {name for path in users for node in ast.walk(ast.parse(path.read_text())) if (name := _name(node))}
    assert any(name == NAMED[package] or name.endswith(f".{NAMED[package]}") for name in used), users


def _name(node: ast.AST) -> str | None:
    """What a call calls, or a class derives from."""
    if isinstance(node, ast.Call):
        return called(node)
    if isinstance(node, ast.ClassDef) and node.bases:
        return ast.unparse(node.bases[0])
    return None


def test_containers_are_a_choice_of_the_tests_servers() -> None:
    trees = [ast.parse(path.read_text()) for path in ROOT.glob("libs/devstack/src/devstack/*.py")]
    assert any(name.startswith("testcontainers") for tree in trees for name in imports(tree))
