"""Custom domains: the hosts of organizations' own at which their pages are."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute("ALTER TABLE public_api.page ADD COLUMN domains jsonb NOT NULL DEFAULT '[]'")
