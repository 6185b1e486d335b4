"""Where each organization's page is, so that people are told by a name they know."""

from alembic import op

from common.tables import tenant_table

revision = "0006"
down_revision = "0005"

_TABLE = """CREATE TABLE identity.page (
    organization_id text NOT NULL CONSTRAINT pk_page PRIMARY KEY,
    slug text NOT NULL,
    version integer NOT NULL
)"""


def upgrade() -> None:
    for statement in (_TABLE, *tenant_table("identity", "page")):
        op.execute(statement)
