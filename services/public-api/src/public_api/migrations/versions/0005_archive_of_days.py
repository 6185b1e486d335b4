"""What a service's page tells of its days: incidents and windows of all of them, how its status changed, and for how long it was not well.

Every page becomes due, so that it is made when public-api is up and not only when something happens to the organization.
"""

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute(
        "CREATE INDEX ix_entity_ended_at ON public_api.entity (organization_id, aggregate, ended_at) WHERE ended_at IS NOT NULL"
    )
    op.execute("UPDATE public_api.page SET refresh_at = now()")
