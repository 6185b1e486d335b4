"""Page settings, slugs, layout, services with status and history, and the replica of what incidents put on services."""

from alembic import op

from common.tables import infrastructure_v1, tenant_table

revision = "0001"
down_revision = None

_STATUS = "IN ('operational', 'degraded', 'partial_outage', 'major_outage')"

_TABLES = [
    """CREATE TABLE catalog.page_settings (
        organization_id text NOT NULL CONSTRAINT pk_page_settings PRIMARY KEY,
        slug text NOT NULL,
        name text NOT NULL,
        description text NOT NULL,
        time_zone text NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        version integer NOT NULL
    )""",
    """CREATE TABLE catalog.slug (
        slug text NOT NULL CONSTRAINT pk_slug PRIMARY KEY,
        organization_id text NOT NULL,
        retired_until timestamptz
    )""",
    "CREATE INDEX ix_slug_organization_id ON catalog.slug (organization_id)",
    # No row-level security: a slug is unique over all organizations, and public.
    "GRANT SELECT, INSERT, UPDATE, DELETE ON catalog.slug TO catalog_app",
    """CREATE TABLE catalog.layout (
        organization_id text NOT NULL CONSTRAINT pk_layout PRIMARY KEY,
        entries jsonb NOT NULL,
        updated_at timestamptz NOT NULL,
        version integer NOT NULL
    )""",
    """CREATE TABLE catalog.service (
        organization_id text NOT NULL,
        id uuid NOT NULL,
        name text NOT NULL,
        description text NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        deleted_at timestamptz,
        version integer NOT NULL,
        CONSTRAINT pk_service PRIMARY KEY (organization_id, id)
    )""",
    f"""CREATE TABLE catalog.service_status (
        organization_id text NOT NULL,
        service_id uuid NOT NULL,
        base_status text NOT NULL CHECK (base_status {_STATUS}),
        status text NOT NULL CHECK (status {_STATUS}),
        previous text NOT NULL CHECK (previous {_STATUS}),
        causes jsonb NOT NULL,
        changed_at timestamptz NOT NULL,
        version integer NOT NULL,
        CONSTRAINT pk_service_status PRIMARY KEY (organization_id, service_id),
        CONSTRAINT fk_service_status_organization_id_service_id_service
            FOREIGN KEY (organization_id, service_id) REFERENCES catalog.service (organization_id, id)
    )""",
    """CREATE TABLE catalog.status_history (
        organization_id text NOT NULL,
        id bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
        service_id uuid NOT NULL,
        status text NOT NULL,
        previous text NOT NULL,
        changed_at timestamptz NOT NULL,
        changed_by jsonb,
        cause jsonb,
        CONSTRAINT pk_status_history PRIMARY KEY (organization_id, id),
        CONSTRAINT fk_status_history_organization_id_service_id_service
            FOREIGN KEY (organization_id, service_id) REFERENCES catalog.service (organization_id, id)
    )""",
    """CREATE INDEX ix_status_history_organization_id_service_id_changed_at
        ON catalog.status_history (organization_id, service_id, changed_at)""",
    """CREATE TABLE catalog.known_incident (
        organization_id text NOT NULL,
        id uuid NOT NULL,
        title text NOT NULL,
        version integer NOT NULL,
        CONSTRAINT pk_known_incident PRIMARY KEY (organization_id, id)
    )""",
    f"""CREATE TABLE catalog.incident_impact (
        organization_id text NOT NULL,
        incident_id uuid NOT NULL,
        service_id uuid NOT NULL,
        status text NOT NULL CHECK (status {_STATUS}),
        since timestamptz NOT NULL,
        CONSTRAINT pk_incident_impact PRIMARY KEY (organization_id, incident_id, service_id),
        CONSTRAINT fk_incident_impact_organization_id_incident_id_known_incident
            FOREIGN KEY (organization_id, incident_id) REFERENCES catalog.known_incident (organization_id, id)
    )""",
    """CREATE INDEX ix_incident_impact_organization_id_service_id
        ON catalog.incident_impact (organization_id, service_id)""",
]


def upgrade() -> None:
    statements = [*infrastructure_v1("catalog"), *_TABLES]
    tenant_tables = ("page_settings", "layout", "service", "service_status", "status_history", "known_incident")
    for table in (*tenant_tables, "incident_impact"):
        statements += tenant_table("catalog", table)
    for statement in statements:
        op.execute(statement)
