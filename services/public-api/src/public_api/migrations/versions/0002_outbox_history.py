"""The events of one organization, by aggregate."""

from alembic import op

from common.tables import infrastructure_v2

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    for statement in infrastructure_v2("public_api"):
        op.execute(statement)
