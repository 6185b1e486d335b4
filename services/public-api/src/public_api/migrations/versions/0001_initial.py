"""The newest version of every aggregate, and finished documents."""

from alembic import op

from common.tables import infrastructure_v1

revision = "0001"
down_revision = None

_TABLES = [
    """CREATE TABLE public_api.entity (
        organization_id text NOT NULL,
        aggregate text NOT NULL,
        id text NOT NULL,
        version integer NOT NULL,
        data text,
        started_at timestamptz,
        ended_at timestamptz,
        CONSTRAINT pk_entity PRIMARY KEY (organization_id, aggregate, id)
    )""",
    """CREATE INDEX ix_entity_incidents ON public_api.entity (organization_id, started_at, id)
        WHERE aggregate = 'incident' AND data IS NOT NULL""",
    """CREATE TABLE public_api.page (
        organization_id text NOT NULL CONSTRAINT pk_page PRIMARY KEY,
        slug text NOT NULL,
        retired_slugs jsonb NOT NULL,
        page_version bigint NOT NULL,
        document text NOT NULL,
        epoch text NOT NULL,
        stream_offset bigint NOT NULL,
        refresh_at timestamptz
    )""",
    # Public by definition, and read across organizations: no row-level security.
    "GRANT SELECT, INSERT, UPDATE, DELETE ON public_api.entity, public_api.page TO public_api_app",
]


def upgrade() -> None:
    for statement in [*infrastructure_v1("public_api"), *_TABLES]:
        op.execute(statement)
