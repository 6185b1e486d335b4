"""Two schedulers race over 500 windows; one dies in the middle of a move and comes back: every move is made once, in order, none is lost."""

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from devstack.fixtures import Sql
from devstack.teststack import Process, Stack, eventually

WINDOWS, OVER = 500, 100
"""How many windows there are, and how many of them are over."""
Plan = Callable[..., Awaitable[dict[str, Any]]]

MANY = """
    WITH made AS (
        INSERT INTO maintenance.maintenance
        SELECT (jsonb_populate_record(m, jsonb_build_object(
            'id', gen_random_uuid(),
            'scheduled_start', now() - interval '1 hour' + n * interval '1 second',
            'scheduled_end', now() + n * interval '1 second' + CASE WHEN n > :over THEN interval '1 hour' ELSE interval '-30 minutes' END
        ))).* FROM maintenance.maintenance m, generate_series(1, :windows) n
        RETURNING organization_id, id, scheduled_start
    )
    INSERT INTO maintenance.due SELECT organization_id, id, 'start', scheduled_start FROM made
"""


async def test_two_schedulers_make_every_move_once_although_one_of_them_dies(
    stack: Stack, plan: Plan, service: str, maintenance: Any, sql: Sql
) -> None:
    await plan(services=[{"service_id": service}], reminder_minutes=[])
    await maintenance.app.state.workers[0].stop()
    await sql(MANY, windows=WINDOWS, over=OVER)
    steady, mortal = stack.process("maintenance"), stack.process("maintenance")
    try:
        await race(steady, mortal, sql)
    finally:
        steady.kill()
        mortal.kill()
    rows = await sql(
        "SELECT o.audience, m.status, m.version, array_agg(o.sequence || ' ' || o.type ORDER BY o.position) AS moves, "
        "(started_at, completed_at) IS NOT DISTINCT FROM "
        "(scheduled_start, CASE WHEN m.status = 'completed' THEN scheduled_end END) AS as_scheduled "
        "FROM maintenance.maintenance m JOIN maintenance.outbox o ON o.aggregate_id = m.id::text "
        "WHERE o.type <> 'maintenance.scheduled' GROUP BY o.audience, m.organization_id, m.id"
    )
    moves = ["2 maintenance.started", "3 maintenance.completed"]
    expected = {("completed", 3): moves, ("in_progress", 2): moves[:1]}
    assert Counter((row.audience, row.status) for row in rows) == {
        (audience, status): count
        for audience in ("internal", "public")
        for status, count in (("completed", OVER), ("in_progress", WINDOWS - OVER))
    }
    assert all(row.as_scheduled and row.moves == expected[row.status, row.version] for row in rows)
    kinds = await sql("SELECT kind, count(*) FROM maintenance.due WHERE due_at > now() GROUP BY kind ORDER BY kind")
    assert [tuple(row) for row in kinds] == [("complete", WINDOWS - OVER), ("start", 1)]


async def race(steady: Process, mortal: Process, sql: Sql) -> None:
    steady.start()
    mortal.start(TIDINGS_FAULT="scheduler.applied@60")

    async def is_done() -> bool:
        return not await sql("SELECT 1 FROM maintenance.due WHERE due_at <= now()")

    await eventually(mortal.has_ended, "one dies within its sixtieth move", timeout=90)
    assert not await is_done(), "in the middle"
    mortal.start()
    await eventually(is_done, "every window is over", timeout=90)
