"""What was tried how often."""

from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    for statement in (
        """CREATE TABLE identity.attempts (
            key bytea NOT NULL CONSTRAINT pk_attempts PRIMARY KEY,
            full_at timestamptz NOT NULL
        )""",
        "CREATE INDEX ix_attempts_full_at ON identity.attempts (full_at)",
        # No row-level security: it names nobody.
        "GRANT SELECT, INSERT, UPDATE, DELETE ON identity.attempts TO identity_app",
    ):
        op.execute(statement)
