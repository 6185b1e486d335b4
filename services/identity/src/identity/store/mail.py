"""Mails that wait to be sent: written in the transaction that makes what they tell of, and gone once they are sent."""

from datetime import timedelta
from email.message import EmailMessage
from uuid import UUID

from sqlalchemy import Column, DateTime, Index, Integer, Table, Text, Uuid, delete, func, insert, select, text, update

from common.clock import uuid7
from identity.store import METADATA, Unit

mail = Table(
    "mail",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("recipient", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("due_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Index("ix_mail_due_at", "due_at"),
)


async def add_mail(unit: Unit, recipient: str, subject: str, body: str) -> None:
    unit.leaves_work = True
    await unit.execute(insert(mail).values(id=uuid7(), recipient=recipient, subject=subject, body=body))


async def take_due(unit: Unit) -> tuple[UUID, int, EmailMessage] | None:
    """The mail that waits longest and that nobody else is sending, with how often that was tried. Held until the transaction ends."""
    statement = select(mail).where(mail.c.due_at <= func.now()).order_by(mail.c.due_at).limit(1)
    row = (await unit.execute(statement.with_for_update(skip_locked=True))).one_or_none()
    if row is None:
        return None
    message = EmailMessage()
    message["To"], message["Subject"] = row.recipient, row.subject
    message["Message-ID"] = f"<{row.id}@tidings>"
    message.set_content(row.body)
    return row.id, row.attempts, message


async def forget(unit: Unit, id: UUID) -> None:
    await unit.execute(delete(mail).where(mail.c.id == id))


async def postpone(unit: Unit, id: UUID, delay: timedelta) -> None:
    await unit.execute(
        update(mail).where(mail.c.id == id).values(attempts=mail.c.attempts + 1, due_at=func.now() + delay)
    )
