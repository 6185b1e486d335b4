"""The embedded servers as tests and `make run` use them: they keep their data and leave nothing behind."""

import asyncio
import os
import signal
from pathlib import Path

import asyncpg
import pytest

from devstack.errors import DevstackError
from devstack.postgres import Postgres
from devstack.processes import free_port, working_in


@pytest.fixture
def state(tmp_path: Path) -> Path:
    return tmp_path


def new_postgres(state: Path, port: int | None = None) -> Postgres:
    return Postgres(state / "postgres", port or free_port(), state / "postgres.log")


def test_postgres_keeps_its_data_through_kill_and_restart(state: Path) -> None:
    server = new_postgres(state)
    server.start()
    try:
        server.create_database("tidings")
        server.create_database("tidings")
        server.sql("create table word (value text)", "tidings")
        server.sql("insert into word values ('kept')", "tidings")
        server.kill()
        assert not working_in(server.home, server.program)
        server.start()
        server.restart()
        assert server.sql("select value from word", "tidings") == "kept"
        assert server.sql("show fsync") == server.sql("show synchronous_commit") == "on"
    finally:
        server.stop()


def test_a_living_server_of_the_same_data_is_ended_first(state: Path) -> None:
    earlier = new_postgres(state)
    earlier.start()
    later = new_postgres(state)
    later.start()
    try:
        assert earlier.process is not None
        assert earlier.process.wait(5) == 0
        assert later.sql("select 1") == "1"
    finally:
        later.stop()


def test_the_server_ends_with_the_process_that_started_it(state: Path) -> None:
    child = os.fork()
    if child == 0:
        new_postgres(state).start()
        os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(child, 0)
    server = new_postgres(state)
    server.start()
    server.stop()
    assert not working_in(server.home, server.program)


def test_only_the_right_password_connects(state: Path) -> None:
    server = new_postgres(state)
    server.start()
    try:

        async def connect(url: str) -> None:
            connection = await asyncpg.connect(url.replace("+asyncpg", ""))
            await connection.close()

        asyncio.run(connect(server.admin_url))
        with pytest.raises(asyncpg.InvalidPasswordError):
            asyncio.run(connect(server.url("postgres", "postgres", "wrong")))
        assert (state / "passwords.json").stat().st_mode & 0o777 == 0o600
    finally:
        server.stop()


def test_a_server_that_cannot_start_says_why(state: Path) -> None:
    first = new_postgres(state / "first")
    first.start()
    try:
        second = new_postgres(state / "second", first.port)
        with pytest.raises(DevstackError, match=f"Port {first.port} is in use"):
            second.start()
    finally:
        first.stop()
