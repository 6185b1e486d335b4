"""Where each organization's page is, as catalog says it: identity tells people, who read slugs and not ids."""

from sqlalchemy import Column, Integer, Table, Text, select
from sqlalchemy.dialects.postgresql import insert

from common.contracts.catalog import PageSettings
from common.database import Transaction
from identity.store import METADATA

page = Table(
    "page",
    METADATA,
    Column("organization_id", Text, primary_key=True),
    Column("slug", Text, nullable=False),
    Column("version", Integer, nullable=False),
)


async def take_over(transaction: Transaction, settings: PageSettings) -> None:
    """Keep the slug, unless a later version is known."""
    values = {"slug": settings.slug, "version": settings.version}
    saved = insert(page).values(organization_id=transaction.organization_id, **values)
    await transaction.execute(
        saved.on_conflict_do_update(
            index_elements=["organization_id"], set_=values, where=page.c.version < settings.version
        )
    )


async def slug_of(transaction: Transaction) -> str | None:
    """None until the organization's page is known here."""
    statement = select(page.c.slug).where(page.c.organization_id == transaction.organization_id)
    return (await transaction.execute(statement)).scalar_one_or_none()
