"""Who may see a service, and where an organization's days begin."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.execute(
        """ALTER TABLE incidents.known_service ADD COLUMN visibility text NOT NULL DEFAULT 'public'
            CHECK (visibility IN ('public', 'internal'))"""
    )
    op.execute("ALTER TABLE incidents.known_service ALTER COLUMN visibility DROP DEFAULT")
    op.execute("ALTER TABLE incidents.known_organization ADD COLUMN time_zone text NOT NULL DEFAULT 'UTC'")
    op.execute("ALTER TABLE incidents.known_organization ALTER COLUMN time_zone DROP DEFAULT")
