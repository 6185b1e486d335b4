"""Replicas of what catalog has."""

from alembic import op

from common.known_services import known_services_v1
from common.tables import infrastructure_v1, infrastructure_v2

revision = "0001"
down_revision = None


def upgrade() -> None:
    for statement in (
        *infrastructure_v1("maintenance"),
        *infrastructure_v2("maintenance"),
        *known_services_v1("maintenance"),
    ):
        op.execute(statement)
