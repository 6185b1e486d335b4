"""Sends the mails that wait, in every replica, each by one at a time. A mail is sent at least once; one that is refused is tried again, later and later.

The mail's row is held while it is sent and deleted with the same transaction, so a process that dies leaves it to the next.
"""

import asyncio
import logging
import smtplib
import ssl
from datetime import timedelta
from email.message import EmailMessage

from common.database import Database
from common.metrics import MAILS
from common.worker import Worker
from identity.settings import IdentitySettings, MailServer
from identity.store import mail, work

log = logging.getLogger(__name__)

POLL_SECONDS = 1.0
TIMEOUT_SECONDS = 2.5  # the row is held meanwhile
DELAY_MAX = timedelta(hours=1)
ATTEMPTS_MAX = 24


class Mailing(Worker):
    def __init__(self, database: Database, settings: IdentitySettings) -> None:
        super().__init__()
        self._database = database
        self._server = MailServer(settings.mail)
        self._sender = settings.mail_from
        self._failing: str | None = None
        for outcome in ("sent", "failed"):
            MAILS.labels(outcome)  # from 0 on: the first one counts as well

    async def note(self) -> str | None:
        return self._failing and f"Mails wait: {self._failing}"

    async def run(self) -> None:
        """Mail after mail, for ever."""
        while True:
            self._woken.clear()
            try:
                if await self.send_next():
                    continue
            except Exception as error:  # the database is away, or so it seems: try for ever
                log.warning("mails wait", extra={"reason": f"{type(error).__name__}: {error}"})
            await self.rest(POLL_SECONDS)

    async def send_next(self) -> bool:
        """Send the mail that waits longest. False when there is none."""
        async with work(self._database) as unit:
            due = await mail.take_due(unit)
            if due is None:
                return False
            id, attempts, message = due
            message["From"] = self._sender
            try:
                await asyncio.to_thread(self._send, message)
            except (OSError, smtplib.SMTPException) as error:
                MAILS.labels("failed").inc()
                self._failing = type(error).__name__
                # Without its text: servers quote what they refuse, and that may be an address.
                log.warning("a mail was not sent", extra={"id": str(id), "attempts": attempts, "reason": self._failing})
                if attempts + 1 >= ATTEMPTS_MAX:
                    await mail.forget(unit, id)
                else:
                    await mail.postpone(unit, id, min(timedelta(seconds=2**attempts), DELAY_MAX))
                return True
            MAILS.labels("sent").inc()
            self._failing = None
            await mail.forget(unit, id)
        return True

    def _send(self, message: EmailMessage) -> None:
        server = self._server
        if server.folder is not None:
            server.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            name = str(message["Message-ID"]).strip("<>").partition("@")[0]
            fresh = server.folder / f"{name}.new"
            fresh.write_bytes(bytes(message))
            fresh.replace(server.folder / f"{name}.eml")
            return
        context = ssl.create_default_context()
        if server.is_tls:
            with smtplib.SMTP_SSL(server.host, server.port, timeout=TIMEOUT_SECONDS, context=context) as client:
                self._hand_over(client, message)
        else:
            with smtplib.SMTP(server.host, server.port, timeout=TIMEOUT_SECONDS) as client:
                if not server.is_here:
                    client.starttls(context=context)
                self._hand_over(client, message)

    def _hand_over(self, client: smtplib.SMTP, message: EmailMessage) -> None:
        if self._server.user is not None:
            client.login(self._server.user, self._server.password)
        client.send_message(message)
