"""What an update did to each service of its incident. Nobody knows it of the updates there are."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("ALTER TABLE incidents.incident_update ADD COLUMN services jsonb")
