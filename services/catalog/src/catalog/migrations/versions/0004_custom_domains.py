"""Custom domains, and when the scheduler looks for their records."""

from alembic import op

from common.due import due_v1
from common.tables import tenant_table

revision = "0004"
down_revision = "0003"

_TABLE = [
    """CREATE TABLE catalog.custom_domain (
        organization_id text NOT NULL,
        id uuid NOT NULL,
        name text NOT NULL,
        token text NOT NULL,
        status text NOT NULL CHECK (status IN ('pending', 'proved', 'failing', 'released', 'expired')),
        requested_at timestamptz NOT NULL,
        proved_at timestamptz,
        failing_since timestamptz,
        failed_checks integer NOT NULL,
        checked_at timestamptz,
        finding text,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        version integer NOT NULL,
        CONSTRAINT pk_custom_domain PRIMARY KEY (organization_id, id)
    )""",
    "CREATE UNIQUE INDEX uq_custom_domain_organization_id_name ON catalog.custom_domain (organization_id, name)",
    # Over all organizations: an index knows no row-level security.
    "CREATE UNIQUE INDEX uq_custom_domain_name ON catalog.custom_domain (name) WHERE status IN ('proved', 'failing')",
]


def upgrade() -> None:
    for statement in (*_TABLE, *tenant_table("catalog", "custom_domain"), *due_v1("catalog")):
        op.execute(statement)
