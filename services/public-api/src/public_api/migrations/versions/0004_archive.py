"""What feeds and the interfaces for machines tell beyond the aggregate.

Every page becomes due, so that it is made when public-api is up and not only when something happens to the organization.
"""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.execute("ALTER TABLE public_api.page ADD COLUMN archive text NOT NULL DEFAULT ''")
    op.execute("UPDATE public_api.page SET refresh_at = now()")
