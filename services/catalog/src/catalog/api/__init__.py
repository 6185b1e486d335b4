"""Routes of catalog: the page's settings and layout, services and their status."""

from pydantic import BaseModel, ConfigDict

from catalog.domain.page import Page
from catalog.store import page as page_store
from common.database import Transaction
from common.errors import Problem

PREFIX = "/api/catalog/v1"


class Input(BaseModel):
    """Base of every request body: what is not known is refused, so that a typing error is never half applied."""

    model_config = ConfigDict(extra="forbid")


async def load_page(transaction: Transaction, *, for_update: bool = False) -> Page:
    """The organization's page. Refuses with a 409 while it has none."""
    page = await page_store.load_page(transaction, for_update=for_update)
    if page is None:
        raise Problem(
            409,
            "organization-not-provisioned",
            "The organization has no page yet",
            f"An admin provisions it with POST {PREFIX}/page.",
        )
    return page
