"""Who posted an update, and who edited it last. Nobody knows it of the updates there are."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute("ALTER TABLE incidents.incident_update ADD COLUMN posted_by jsonb, ADD COLUMN edited_by jsonb")
