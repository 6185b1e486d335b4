"""Where who did something came from. Of entries of before it is not known."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.execute("ALTER TABLE identity.audit ADD COLUMN actor_address text")
