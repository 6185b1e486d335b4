"""The audit. Nobody may change or remove what it has, its owner neither."""

from alembic import op

from common.tables import tenant_table

revision = "0004"
down_revision = "0003"

_TABLE = """CREATE TABLE identity.audit (
    organization_id text NOT NULL,
    event_id uuid NOT NULL,
    occurred_at timestamptz NOT NULL,
    actor_id text,
    actor_name text,
    service text NOT NULL,
    traceparent text,
    type text NOT NULL,
    aggregate text NOT NULL,
    aggregate_id text NOT NULL,
    sequence integer NOT NULL,
    data text NOT NULL,
    CONSTRAINT pk_audit PRIMARY KEY (organization_id, event_id)
)"""


def upgrade() -> None:
    for statement in (
        _TABLE,
        """CREATE INDEX ix_audit_organization_id_occurred_at_event_id
            ON identity.audit (organization_id, occurred_at, event_id)""",
        """CREATE INDEX ix_audit_organization_id_actor_id_occurred_at_event_id
            ON identity.audit (organization_id, actor_id, occurred_at, event_id)""",
        """CREATE INDEX ix_audit_organization_id_aggregate_aggregate_id_sequence
            ON identity.audit (organization_id, aggregate, aggregate_id, sequence)""",
        *tenant_table("identity", "audit", may="SELECT, INSERT"),
        "REVOKE UPDATE, DELETE, TRUNCATE ON identity.audit FROM identity_owner",
    ):
        op.execute(statement)
