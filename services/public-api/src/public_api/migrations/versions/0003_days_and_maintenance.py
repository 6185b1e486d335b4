"""Days of services, maintenance windows, and which services are hidden.

Everything is folded again from the stream's beginning: events that were folded before say what happened when, which was not kept until now.
"""

from alembic import op

revision = "0003"
down_revision = "0002"

_STATEMENTS = [
    "ALTER TABLE public_api.entity ADD COLUMN status text, ADD COLUMN hidden boolean NOT NULL DEFAULT false",
    """CREATE INDEX ix_entity_maintenance ON public_api.entity (organization_id, started_at, id)
        WHERE aggregate = 'maintenance' AND data IS NOT NULL""",
    "ALTER TABLE public_api.page ADD COLUMN calendar text NOT NULL DEFAULT ''",
    """CREATE TABLE public_api.service_change (
        organization_id text NOT NULL,
        service_id text NOT NULL,
        aggregate text NOT NULL,
        version integer NOT NULL,
        changed_at timestamptz NOT NULL,
        value text NOT NULL,
        CONSTRAINT pk_service_change PRIMARY KEY (organization_id, service_id, aggregate, version)
    )""",
    """CREATE INDEX ix_service_change_changed_at
        ON public_api.service_change (organization_id, service_id, changed_at)""",
    """CREATE TABLE public_api.service_period (
        organization_id text NOT NULL,
        service_id text NOT NULL,
        aggregate text NOT NULL,
        id text NOT NULL,
        status text,
        started_at timestamptz NOT NULL,
        ended_at timestamptz,
        CONSTRAINT pk_service_period PRIMARY KEY (organization_id, service_id, aggregate, id)
    )""",
    "CREATE INDEX ix_service_period_id ON public_api.service_period (organization_id, aggregate, id)",
    """CREATE TABLE public_api.service_day (
        organization_id text NOT NULL,
        service_id text NOT NULL,
        day date NOT NULL,
        unknown integer NOT NULL,
        degraded integer NOT NULL,
        partial_outage integer NOT NULL,
        major_outage integer NOT NULL,
        maintenance integer NOT NULL,
        partial_outage_in_maintenance integer NOT NULL,
        major_outage_in_maintenance integer NOT NULL,
        CONSTRAINT pk_service_day PRIMARY KEY (organization_id, service_id, day)
    )""",
    # Public by definition, and read across organizations: no row-level security.
    """GRANT SELECT, INSERT, UPDATE, DELETE
        ON public_api.service_change, public_api.service_period, public_api.service_day TO public_api_app""",
    "UPDATE public_api.checkpoint SET stream_offset = 0, event_id = NULL",
]


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.execute(statement)
