"""Incidents with their updates and services, and replicas of what catalog has."""

from alembic import op

from common.tables import infrastructure_v1, tenant_table

revision = "0001"
down_revision = None

_TABLES = [
    """CREATE TABLE incidents.incident (
        organization_id text NOT NULL,
        id uuid NOT NULL,
        title text NOT NULL,
        description text NOT NULL,
        status text NOT NULL CHECK (status IN ('investigating', 'identified', 'monitoring', 'resolved')),
        impact text NOT NULL CHECK (impact IN ('none', 'minor', 'major', 'critical')),
        started_at timestamptz NOT NULL,
        resolved_at timestamptz,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        deleted_at timestamptz,
        version integer NOT NULL,
        CONSTRAINT pk_incident PRIMARY KEY (organization_id, id)
    )""",
    "CREATE INDEX ix_incident_organization_id_started_at_id ON incidents.incident (organization_id, started_at, id)",
    """CREATE TABLE incidents.incident_update (
        organization_id text NOT NULL,
        incident_id uuid NOT NULL,
        id uuid NOT NULL,
        number integer NOT NULL,
        status text NOT NULL,
        message text NOT NULL,
        created_at timestamptz NOT NULL,
        edited_at timestamptz,
        CONSTRAINT pk_incident_update PRIMARY KEY (organization_id, incident_id, id),
        CONSTRAINT fk_incident_update_organization_id_incident_id_incident
            FOREIGN KEY (organization_id, incident_id) REFERENCES incidents.incident (organization_id, id)
    )""",
    """CREATE TABLE incidents.known_service (
        organization_id text NOT NULL,
        id uuid NOT NULL,
        name text NOT NULL,
        version integer NOT NULL,
        deleted_at timestamptz,
        CONSTRAINT pk_known_service PRIMARY KEY (organization_id, id)
    )""",
    """CREATE TABLE incidents.service_incident (
        organization_id text NOT NULL,
        incident_id uuid NOT NULL,
        service_id uuid NOT NULL,
        status text NOT NULL CHECK (status IN ('operational', 'degraded', 'partial_outage', 'major_outage')),
        CONSTRAINT pk_service_incident PRIMARY KEY (organization_id, incident_id, service_id),
        CONSTRAINT fk_service_incident_organization_id_incident_id_incident
            FOREIGN KEY (organization_id, incident_id) REFERENCES incidents.incident (organization_id, id),
        CONSTRAINT fk_service_incident_organization_id_service_id_known_service
            FOREIGN KEY (organization_id, service_id) REFERENCES incidents.known_service (organization_id, id)
    )""",
    """CREATE INDEX ix_service_incident_organization_id_service_id
        ON incidents.service_incident (organization_id, service_id)""",
    """CREATE TABLE incidents.known_organization (
        organization_id text NOT NULL CONSTRAINT pk_known_organization PRIMARY KEY,
        version integer NOT NULL
    )""",
]


def upgrade() -> None:
    statements = [*infrastructure_v1("incidents"), *_TABLES]
    for table in ("incident", "incident_update", "known_service", "service_incident", "known_organization"):
        statements += tenant_table("incidents", table)
    for statement in statements:
        op.execute(statement)
