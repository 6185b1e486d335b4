"""The tables that every service with a database has: outbox, checkpoint, dead_letter and idempotency.

Their shape is the same everywhere; `infrastructure` adds them to a service's metadata, `infrastructure_v1` and `_v2` are
what its migrations run. Three database roles a service: `<schema>_owner` (no login) owns, `<schema>_app` serves requests and consumers,
`<schema>_relay` reads and marks the outbox. Tables of tenants are under forced row-level security; outbox, checkpoint and dead_letter
are not, because relay and operators read across tenants: for the app role the outbox is insert-only, so a request reads nobody's events.
"""

from dataclasses import dataclass

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

_NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


def metadata(schema: str) -> MetaData:
    return MetaData(schema=schema, naming_convention=_NAMING)


@dataclass(frozen=True)
class Infrastructure:
    outbox: Table
    checkpoint: Table
    dead_letter: Table
    idempotency: Table


def infrastructure(meta: MetaData) -> Infrastructure:
    outbox = Table(
        "outbox",
        meta,
        Column("id", Uuid, primary_key=True),
        Column("position", BigInteger, Identity(always=True), nullable=False, unique=True),
        Column("organization_id", Text, nullable=False),
        Column("audience", Text, nullable=False),
        Column("type", Text, nullable=False),
        Column("aggregate_id", Text, nullable=False),
        Column("sequence", Integer, nullable=False),
        Column("occurred_at", DateTime(timezone=True), nullable=False),
        Column("data", Text, nullable=False),
        Column("actor", JSONB),
        Column("traceparent", Text),
        Column("published_at", DateTime(timezone=True)),
        Column("epoch", Text),
        Column("stream_offset", BigInteger),
        Column("parked_at", DateTime(timezone=True)),
        Column("parked_because", Text),
        Index(
            "ix_outbox_waiting",
            "organization_id",
            "position",
            postgresql_where=text("published_at IS NULL AND parked_at IS NULL"),
        ),
        Index("ix_outbox_published", "epoch", "stream_offset", postgresql_where=text("published_at IS NOT NULL")),
        Index("ix_outbox_history", "organization_id", "aggregate_id", "sequence"),
    )
    checkpoint = Table(
        "checkpoint",
        meta,
        Column("consumer", Text, primary_key=True),
        Column("epoch", Text, nullable=False),
        Column("stream_offset", BigInteger, nullable=False),
        Column("event_id", Uuid),
        Column("updated_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    )
    dead_letter = Table(
        "dead_letter",
        meta,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("consumer", Text, nullable=False),
        Column("epoch", Text, nullable=False),
        Column("stream_offset", BigInteger, nullable=False),
        Column("subject", Text, nullable=False),
        Column("headers", JSONB, nullable=False),
        Column("data", Text, nullable=False),
        Column("error", Text, nullable=False),
        Column("parked_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
        UniqueConstraint("consumer", "epoch", "stream_offset"),
    )
    idempotency = Table(
        "idempotency",
        meta,
        Column("organization_id", Text, nullable=False),
        Column("principal", Text, nullable=False),
        Column("method", Text, nullable=False),
        Column("path", Text, nullable=False),
        Column("key", Text, nullable=False),
        Column("request_hash", Text, nullable=False),
        Column("status", SmallInteger, nullable=False),
        Column("headers", JSONB, nullable=False),
        Column("body", Text, nullable=False),
        Column("created_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
        PrimaryKeyConstraint("organization_id", "principal", "method", "path", "key"),
        Index("ix_idempotency_organization_id_created_at", "organization_id", "created_at"),
    )
    return Infrastructure(outbox, checkpoint, dead_letter, idempotency)


def infrastructure_v1(schema: str) -> list[str]:
    """The statements that make the infrastructure tables, grants and triggers of one service. Never edited: later changes are _v2."""
    app, relay = f"{schema}_app", f"{schema}_relay"
    return [
        f"GRANT USAGE ON SCHEMA {schema} TO {app}, {relay}",
        f"""CREATE TABLE {schema}.outbox (
            id uuid NOT NULL CONSTRAINT pk_outbox PRIMARY KEY,
            position bigint NOT NULL GENERATED ALWAYS AS IDENTITY CONSTRAINT uq_outbox_position UNIQUE,
            organization_id text NOT NULL,
            audience text NOT NULL,
            type text NOT NULL,
            aggregate_id text NOT NULL,
            sequence integer NOT NULL,
            occurred_at timestamptz NOT NULL,
            data text NOT NULL,
            actor jsonb,
            traceparent text,
            published_at timestamptz,
            epoch text,
            stream_offset bigint,
            parked_at timestamptz,
            parked_because text
        )""",
        f"""CREATE INDEX ix_outbox_waiting ON {schema}.outbox (organization_id, position)
            WHERE published_at IS NULL AND parked_at IS NULL""",
        f"CREATE INDEX ix_outbox_published ON {schema}.outbox (epoch, stream_offset) WHERE published_at IS NOT NULL",
        f"GRANT INSERT ON {schema}.outbox TO {app}",
        f"GRANT SELECT, DELETE ON {schema}.outbox TO {relay}",
        f"""GRANT UPDATE (published_at, epoch, stream_offset, parked_at, parked_because)
            ON {schema}.outbox TO {relay}""",
        # A notification wakes the relays of all replicas. A trigger, so that no writer can forget it or pay a round trip for it.
        f"""CREATE FUNCTION {schema}.notify_outbox() RETURNS trigger LANGUAGE plpgsql AS
            $$BEGIN PERFORM pg_notify('outbox_{schema}', ''); RETURN NULL; END$$""",
        f"""CREATE TRIGGER notify_outbox AFTER INSERT ON {schema}.outbox
            FOR EACH STATEMENT EXECUTE FUNCTION {schema}.notify_outbox()""",
        f"""CREATE TABLE {schema}.checkpoint (
            consumer text NOT NULL CONSTRAINT pk_checkpoint PRIMARY KEY,
            epoch text NOT NULL,
            stream_offset bigint NOT NULL,
            event_id uuid,
            updated_at timestamptz NOT NULL DEFAULT now()
        )""",
        f"GRANT SELECT, INSERT, UPDATE ON {schema}.checkpoint TO {app}",
        f"""CREATE TABLE {schema}.dead_letter (
            id bigint NOT NULL GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_dead_letter PRIMARY KEY,
            consumer text NOT NULL,
            epoch text NOT NULL,
            stream_offset bigint NOT NULL,
            subject text NOT NULL,
            headers jsonb NOT NULL,
            data text NOT NULL,
            error text NOT NULL,
            parked_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT uq_dead_letter_consumer_epoch_stream_offset UNIQUE (consumer, epoch, stream_offset)
        )""",
        f"GRANT INSERT ON {schema}.dead_letter TO {app}",
        f"GRANT SELECT, DELETE ON {schema}.dead_letter TO {relay}",
        f"""CREATE TABLE {schema}.idempotency (
            organization_id text NOT NULL,
            principal text NOT NULL,
            method text NOT NULL,
            path text NOT NULL,
            key text NOT NULL,
            request_hash text NOT NULL,
            status smallint NOT NULL,
            headers jsonb NOT NULL,
            body text NOT NULL,
            created_at timestamptz NOT NULL DEFAULT now(),
            CONSTRAINT pk_idempotency PRIMARY KEY (organization_id, principal, method, path, key)
        )""",
        f"CREATE INDEX ix_idempotency_organization_id_created_at ON {schema}.idempotency (organization_id, created_at)",
        *tenant_table(schema, "idempotency"),
    ]


def infrastructure_v2(schema: str) -> list[str]:
    """Lets the events of one organization be read without those of all: a rebuild does."""
    return [f"CREATE INDEX ix_outbox_history ON {schema}.outbox (organization_id, aggregate_id, sequence)"]


def tenant_table(schema: str, table: str, *, may: str = "SELECT, INSERT, UPDATE, DELETE") -> list[str]:
    """The statements that put a table with `organization_id` under forced row-level security and let the app role do what it `may`."""
    # nullif: after a transaction the unset setting reads as '', which must match no organization.
    tenant = "organization_id = nullif(current_setting('app.organization_id', true), '')"
    return [
        f"ALTER TABLE {schema}.{table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {schema}.{table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY tenant ON {schema}.{table} USING ({tenant}) WITH CHECK ({tenant})",
        f"GRANT {may} ON {schema}.{table} TO {schema}_app",
    ]
