"""Keys of organizations that are another issuer's, made by people who have no account here."""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("ALTER TABLE identity.api_key DROP CONSTRAINT fk_api_key_organization_id_organization")
    op.execute("ALTER TABLE identity.api_key ALTER COLUMN created_by TYPE text USING created_by::text")
