"""API keys."""

from alembic import op

from common.tables import tenant_table

revision = "0002"
down_revision = "0001"

_TABLE = """CREATE TABLE identity.api_key (
    organization_id text NOT NULL
        CONSTRAINT fk_api_key_organization_id_organization REFERENCES identity.organization (organization_id),
    id uuid NOT NULL,
    name text NOT NULL,
    role text NOT NULL CHECK (role IN ('viewer', 'responder', 'admin')),
    key_hash bytea NOT NULL,
    hint text NOT NULL,
    created_by uuid NOT NULL,
    created_at timestamptz NOT NULL,
    expires_at timestamptz,
    version integer NOT NULL,
    last_used_at timestamptz,
    revoked_at timestamptz,
    CONSTRAINT pk_api_key PRIMARY KEY (organization_id, id)
)"""


def upgrade() -> None:
    for statement in (_TABLE, *tenant_table("identity", "api_key")):
        op.execute(statement)
