"""Mails: handed over to an SMTP server or put into a folder, tried again when that fails, and never lost with a process."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from devstack.fixtures import Sql
from devstack.teststack import Service, Stack, eventually
from identity.settings import IdentitySettings, MailServer
from identity.store import mail, work

Join = Callable[..., Awaitable[Any]]


class SmtpServer:
    """An SMTP server that refuses the first mails that it gets, as many as it is told to."""

    def __init__(self, refusals: int) -> None:
        self.refusals = refusals
        self.mails: list[str] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := await reader.readline():
            command = line.split()[0].upper()
            if command == b"DATA":
                writer.write(b"354 go on\r\n")
                text = (await reader.readuntil(b"\r\n.\r\n")).decode()
                self.refusals -= 1
                if self.refusals >= 0:
                    writer.write(b"451 not now\r\n")
                else:
                    self.mails.append(text)
                    writer.write(b"250 taken\r\n")
            else:
                writer.write(b"221 bye\r\n" if command == b"QUIT" else b"250 fine\r\n")
        writer.close()


@asynccontextmanager
async def smtp(refusals: int = 0) -> AsyncIterator[SmtpServer]:
    server = SmtpServer(refusals)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    server.port = listening.sockets[0].getsockname()[1]
    async with listening:
        yield server


async def send(service: Service, to: str) -> None:
    async with work(service.app.state.database) as unit:
        await mail.add_mail(unit, to, "Grüße", "Ein Code:\n\n.\nabc\n")


async def test_a_mail_that_is_refused_is_tried_again_and_sent_once(stack: Stack, sql: Sql) -> None:
    async with smtp(refusals=2) as server:
        stack.extra |= {"TIDINGS_MAIL": f"smtp://127.0.0.1:{server.port}", "TIDINGS_MAIL_FROM": "tidings@example.org"}
        async with stack.service("identity") as identity:
            await send(identity, "ada@example.org")
            await eventually(lambda: bool(server.mails), "the mail arrives")

            async def gone() -> bool:
                return not await sql("SELECT 1 FROM identity.mail")

            await eventually(gone, "it waits no more")
            ready = (await identity.client.get("/health/ready")).json()
    assert ready["notes"] == []
    assert len(server.mails) == 1
    for line in ("To: ada@example.org", "From: tidings@example.org", "abc"):
        assert f"\r\n{line}\r\n" in f"\r\n{server.mails[0]}"


async def test_while_mail_cannot_be_handed_over_an_operator_is_told_and_nothing_is_lost(stack: Stack, sql: Sql) -> None:
    async with smtp() as server:
        port = server.port
    stack.extra["TIDINGS_MAIL"] = f"smtp://127.0.0.1:{port}"
    async with stack.service("identity") as identity:
        await send(identity, "ada@example.org")

        async def told() -> bool:
            notes = (await identity.client.get("/health/ready")).json()["notes"]
            return "Mails wait: ConnectionRefusedError" in notes

        await eventually(told, "the note says that mails wait")
    waiting = await sql("SELECT recipient, attempts FROM identity.mail")
    assert [row.recipient for row in waiting] == ["ada@example.org"]
    assert waiting[0].attempts >= 1


async def test_a_mail_is_sent_at_once_and_not_when_somebody_looks_for_mails(
    identity: Service, join: Join, invite: Join, mailbox: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("identity.mailing.POLL_SECONDS", 3600)
    await send(identity, "alan@example.org")
    await mailbox.next("alan@example.org")  # so the pause is over that had begun before
    ada = await join("ada@example.org", organization="acme")
    await invite(ada, "grace@example.org")


async def test_a_folder_of_mails_is_for_nobody_else(identity: Service, join: Join, stack: Stack) -> None:
    await join("ada@example.org")
    assert ((stack.state / "mail").stat().st_mode & 0o777) == 0o700


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("smtp://ada%40example.org:p%3Aw@mail.test", ("mail.test", 587, False, "ada@example.org", "p:w", None)),
        ("smtps://mail.test", ("mail.test", 465, True, None, "", None)),
        ("smtp://mail.test:25", ("mail.test", 25, False, None, "", None)),
        ("/var/mail/tidings", ("", 587, False, None, "", Path("/var/mail/tidings"))),
    ],
)
def test_one_setting_says_how_mail_is_sent(value: str, expected: tuple[object, ...]) -> None:
    server = MailServer(SecretStr(value))
    assert (server.host, server.port, server.is_tls, server.user, server.password, server.folder) == expected


@pytest.mark.parametrize("value", ["mail.test", "http://mail.test", "smtp://", "smtps:mail.test"])
def test_another_way_of_sending_mail_is_refused_at_start(
    value: str, stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, known in stack.environment("identity").items():
        monkeypatch.setenv(name, known)
    monkeypatch.setenv("TIDINGS_MAIL", value)
    with pytest.raises(ValidationError, match=r"smtp://user:password@host:587"):
        IdentitySettings()
