"""Settings of the page, who may see a service, its start, windows in progress, and the past that incidents were backfilled with.

New columns have defaults, so that replicas of the former version go on writing until they are replaced.
"""

from alembic import op

from common.tables import tenant_table

revision = "0003"
down_revision = "0002"

_STATUS = "IN ('operational', 'degraded', 'partial_outage', 'major_outage')"
_VISIBILITY = "visibility text NOT NULL DEFAULT 'public' CHECK (visibility IN ('public', 'internal'))"

_COLUMNS = [
    """ALTER TABLE catalog.page_settings
        ADD COLUMN logo_url text,
        ADD COLUMN favicon_url text,
        ADD COLUMN accent_color text,
        ADD COLUMN theme text NOT NULL DEFAULT 'system' CHECK (theme IN ('system', 'light', 'dark')),
        ADD COLUMN support_url text,
        ADD COLUMN links jsonb NOT NULL DEFAULT '[]',
        ADD COLUMN search_engines_allowed boolean NOT NULL DEFAULT true,
        ADD COLUMN history_days integer NOT NULL DEFAULT 90""",
    # Services made before have no start_date: it reads as the day of their creation.
    f"ALTER TABLE catalog.service ADD COLUMN {_VISIBILITY}, ADD COLUMN start_date date",
    "ALTER TABLE catalog.service_status ADD COLUMN windows jsonb NOT NULL DEFAULT '[]'",
    f"ALTER TABLE catalog.known_incident ADD COLUMN {_VISIBILITY}",
]

_TABLES = [
    f"""CREATE TABLE catalog.past_impact (
        organization_id text NOT NULL,
        incident_id uuid NOT NULL,
        service_id uuid NOT NULL,
        number bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
        status text NOT NULL CHECK (status {_STATUS}),
        started_at timestamptz NOT NULL,
        resolved_at timestamptz NOT NULL,
        changed_by jsonb,
        CONSTRAINT pk_past_impact PRIMARY KEY (organization_id, incident_id, service_id),
        CONSTRAINT fk_past_impact_organization_id_incident_id_known_incident
            FOREIGN KEY (organization_id, incident_id) REFERENCES catalog.known_incident (organization_id, id)
    )""",
    "CREATE INDEX ix_past_impact_organization_id_service_id ON catalog.past_impact (organization_id, service_id)",
    """CREATE TABLE catalog.known_maintenance (
        organization_id text NOT NULL,
        id uuid NOT NULL,
        title text NOT NULL,
        visibility text NOT NULL CHECK (visibility IN ('public', 'internal')),
        version integer NOT NULL,
        CONSTRAINT pk_known_maintenance PRIMARY KEY (organization_id, id)
    )""",
    """CREATE TABLE catalog.open_window (
        organization_id text NOT NULL,
        maintenance_id uuid NOT NULL,
        service_id uuid NOT NULL,
        since timestamptz NOT NULL,
        CONSTRAINT pk_open_window PRIMARY KEY (organization_id, maintenance_id, service_id),
        CONSTRAINT fk_open_window_organization_id_maintenance_id_known_maintenance
            FOREIGN KEY (organization_id, maintenance_id) REFERENCES catalog.known_maintenance (organization_id, id)
    )""",
    """CREATE INDEX ix_open_window_organization_id_service_id
        ON catalog.open_window (organization_id, service_id)""",
    # The history is read in the order of its times.
    "DROP INDEX catalog.ix_status_history_organization_id_service_id_changed_at",
    """CREATE INDEX ix_status_history_organization_id_service_id_changed_at_id
        ON catalog.status_history (organization_id, service_id, changed_at, id)""",
]


def upgrade() -> None:
    statements = [*_COLUMNS, *_TABLES]
    for table in ("past_impact", "known_maintenance", "open_window"):
        statements += tenant_table("catalog", table)
    for statement in statements:
        op.execute(statement)
