"""Windows and series, what is due of them, and replicas of what catalog has."""

from alembic import op

from common.known_services import known_services_v1
from common.tables import infrastructure_v1, infrastructure_v2, tenant_table

revision = "0001"
down_revision = None

_TABLES = [
    """CREATE TABLE maintenance.maintenance (
        organization_id text NOT NULL,
        id uuid NOT NULL,
        title text NOT NULL,
        description text NOT NULL,
        status text NOT NULL CHECK (status IN ('scheduled', 'in_progress', 'completed', 'cancelled')),
        visibility text NOT NULL CHECK (visibility IN ('public', 'internal')),
        scheduled_start timestamptz NOT NULL,
        scheduled_end timestamptz NOT NULL CHECK (scheduled_end > scheduled_start),
        started_at timestamptz,
        completed_at timestamptz,
        cancelled_at timestamptz,
        starts_by_itself boolean NOT NULL,
        completes_by_itself boolean NOT NULL,
        reminder_minutes integer[] NOT NULL,
        reminders_pending integer[] NOT NULL,
        service_ids uuid[] NOT NULL,
        updates jsonb NOT NULL,
        series_id uuid,
        local_start timestamp,
        is_attached boolean,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        deleted_at timestamptz,
        version integer NOT NULL,
        CONSTRAINT pk_maintenance PRIMARY KEY (organization_id, id),
        CONSTRAINT fk_maintenance_organization_id_series_id_series
            FOREIGN KEY (organization_id, series_id) REFERENCES maintenance.series (organization_id, id),
        CHECK ((series_id IS NULL) = (local_start IS NULL) AND (series_id IS NULL) = (is_attached IS NULL))
    )""",
    """CREATE INDEX ix_maintenance_organization_id_scheduled_start_id
        ON maintenance.maintenance (organization_id, scheduled_start, id)""",
    "CREATE INDEX ix_maintenance_service_ids ON maintenance.maintenance USING gin (service_ids)",
    """CREATE UNIQUE INDEX uq_maintenance_organization_id_series_id_local_start
        ON maintenance.maintenance (organization_id, series_id, local_start)
        WHERE deleted_at IS NULL OR NOT is_attached""",
]

_SERIES = """CREATE TABLE maintenance.series (
    organization_id text NOT NULL,
    id uuid NOT NULL,
    title text NOT NULL,
    description text NOT NULL,
    visibility text NOT NULL CHECK (visibility IN ('public', 'internal')),
    rule text NOT NULL,
    first_start timestamp NOT NULL,
    duration_minutes integer NOT NULL CHECK (duration_minutes > 0),
    starts_by_itself boolean NOT NULL,
    completes_by_itself boolean NOT NULL,
    reminder_minutes integer[] NOT NULL,
    service_ids uuid[] NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    deleted_at timestamptz,
    version integer NOT NULL,
    CONSTRAINT pk_series PRIMARY KEY (organization_id, id)
)"""

# Read across tenants by the scheduler: no row-level security, and nothing in it but ids and times.
_DUE = [
    """CREATE TABLE maintenance.due (
        organization_id text NOT NULL,
        id uuid NOT NULL,
        kind text NOT NULL,
        due_at timestamptz NOT NULL,
        failures smallint NOT NULL DEFAULT 0,
        CONSTRAINT pk_due PRIMARY KEY (organization_id, id, kind)
    )""",
    "CREATE INDEX ix_due_due_at ON maintenance.due (due_at)",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON maintenance.due TO maintenance_app",
]


def upgrade() -> None:
    for statement in (
        *infrastructure_v1("maintenance"),
        *infrastructure_v2("maintenance"),
        *known_services_v1("maintenance"),
        _SERIES,
        *_TABLES,
        *tenant_table("maintenance", "series"),
        *tenant_table("maintenance", "maintenance"),
        *_DUE,
    ):
        op.execute(statement)
