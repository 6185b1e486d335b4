"""Who may see an incident, its postmortem, what its updates said before, and templates."""

from alembic import op

from common.tables import tenant_table

revision = "0004"
down_revision = "0003"

_STATEMENTS = [
    # Whatever there is was told to everybody. With a constant default no row is rewritten.
    """ALTER TABLE incidents.incident
        ADD COLUMN visibility text NOT NULL DEFAULT 'public' CHECK (visibility IN ('public', 'internal')),
        ADD COLUMN postmortem text,
        ADD COLUMN postmortem_published_at timestamptz,
        ADD COLUMN postmortem_updated_at timestamptz CHECK ((postmortem IS NULL) = (postmortem_updated_at IS NULL))""",
    "ALTER TABLE incidents.incident ALTER COLUMN visibility DROP DEFAULT",
    """CREATE TABLE incidents.former_update (
        organization_id text NOT NULL,
        incident_id uuid NOT NULL,
        version integer NOT NULL,
        update_id uuid NOT NULL,
        kind text NOT NULL CHECK (kind IN ('edited', 'deleted')),
        status text NOT NULL,
        message text NOT NULL,
        replaced_at timestamptz NOT NULL,
        replaced_by jsonb,
        CONSTRAINT pk_former_update PRIMARY KEY (organization_id, incident_id, version),
        CONSTRAINT fk_former_update_organization_id_incident_id_incident
            FOREIGN KEY (organization_id, incident_id) REFERENCES incidents.incident (organization_id, id)
    )""",
    """CREATE TABLE incidents.template (
        organization_id text NOT NULL,
        id uuid NOT NULL,
        name text NOT NULL,
        title text NOT NULL,
        message text NOT NULL,
        impact text CHECK (impact IN ('none', 'minor', 'major', 'critical')),
        status text NOT NULL CHECK (status IN ('investigating', 'identified', 'monitoring', 'resolved')),
        visibility text NOT NULL CHECK (visibility IN ('public', 'internal')),
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        version integer NOT NULL,
        CONSTRAINT pk_template PRIMARY KEY (organization_id, id)
    )""",
    """CREATE TABLE incidents.template_service (
        organization_id text NOT NULL,
        template_id uuid NOT NULL,
        service_id uuid NOT NULL,
        status text CHECK (status IN ('operational', 'degraded', 'partial_outage', 'major_outage')),
        CONSTRAINT pk_template_service PRIMARY KEY (organization_id, template_id, service_id),
        CONSTRAINT fk_template_service_organization_id_template_id_template
            FOREIGN KEY (organization_id, template_id) REFERENCES incidents.template (organization_id, id) ON DELETE CASCADE,
        CONSTRAINT fk_template_service_organization_id_service_id_known_service
            FOREIGN KEY (organization_id, service_id) REFERENCES incidents.known_service (organization_id, id)
    )""",
]


def upgrade() -> None:
    for statement in _STATEMENTS:
        op.execute(statement)
    for table in ("former_update", "template", "template_service"):
        for statement in tenant_table("incidents", table):
            op.execute(statement)
