"""Accounts, sessions and links; organizations with members and invitations; signing keys; mails that wait."""

from alembic import op

from common.tables import infrastructure_v1, infrastructure_v2, tenant_table

revision = "0001"
down_revision = None

_ROLE = "role text NOT NULL CHECK (role IN ('viewer', 'responder', 'admin'))"

# No row-level security: none of it is an organization's. `belonging` comes last, as it names one.
_OF_NOBODY = [
    """CREATE TABLE identity.account (
        id uuid NOT NULL CONSTRAINT pk_account PRIMARY KEY,
        email text NOT NULL CONSTRAINT uq_account_email UNIQUE,
        name text NOT NULL,
        password_hash text NOT NULL,
        created_at timestamptz NOT NULL,
        password_changed_at timestamptz NOT NULL,
        verified_at timestamptz
    )""",
    """CREATE TABLE identity.session (
        id uuid NOT NULL CONSTRAINT pk_session PRIMARY KEY,
        account_id uuid NOT NULL CONSTRAINT fk_session_account_id_account REFERENCES identity.account (id),
        organization_id text,
        selector_hash bytea NOT NULL CONSTRAINT uq_session_selector_hash UNIQUE,
        secret_hash bytea NOT NULL,
        created_at timestamptz NOT NULL,
        rotated_at timestamptz NOT NULL,
        last_used_at timestamptz NOT NULL,
        preceding_hash bytea,
        nonce bytea,
        ended_at timestamptz
    )""",
    "CREATE INDEX ix_session_account_id ON identity.session (account_id)",
    """CREATE TABLE identity.link (
        secret_hash bytea NOT NULL CONSTRAINT pk_link PRIMARY KEY,
        purpose text NOT NULL,
        account_id uuid CONSTRAINT fk_link_account_id_account REFERENCES identity.account (id),
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        used_at timestamptz
    )""",
    "CREATE INDEX ix_link_account_id ON identity.link (account_id)",
    """CREATE TABLE identity.signing_key (
        id text NOT NULL CONSTRAINT pk_signing_key PRIMARY KEY,
        private_pem text NOT NULL,
        signs_from timestamptz NOT NULL
    )""",
    """CREATE TABLE identity.mail (
        id uuid NOT NULL CONSTRAINT pk_mail PRIMARY KEY,
        recipient text NOT NULL,
        subject text NOT NULL,
        body text NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        due_at timestamptz NOT NULL DEFAULT now()
    )""",
    "CREATE INDEX ix_mail_due_at ON identity.mail (due_at)",
    "GRANT SELECT, INSERT, UPDATE ON identity.account TO identity_app",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON identity.session, identity.link, identity.mail TO identity_app",
    "GRANT SELECT, INSERT ON identity.signing_key TO identity_app",
]

_OF_ORGANIZATIONS = [
    """CREATE TABLE identity.organization (
        organization_id text NOT NULL CONSTRAINT pk_organization PRIMARY KEY,
        name text NOT NULL,
        proposed_slug text NOT NULL,
        created_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        version integer NOT NULL
    )""",
    f"""CREATE TABLE identity.member (
        organization_id text NOT NULL
            CONSTRAINT fk_member_organization_id_organization REFERENCES identity.organization (organization_id),
        account_id uuid NOT NULL,
        name text NOT NULL,
        email text NOT NULL,
        {_ROLE},
        joined_at timestamptz NOT NULL,
        updated_at timestamptz NOT NULL,
        version integer NOT NULL,
        removed_at timestamptz,
        not_before timestamptz,
        access_version integer NOT NULL,
        CONSTRAINT pk_member PRIMARY KEY (organization_id, account_id)
    )""",
    f"""CREATE TABLE identity.invitation (
        organization_id text NOT NULL
            CONSTRAINT fk_invitation_organization_id_organization REFERENCES identity.organization (organization_id),
        id uuid NOT NULL,
        email text NOT NULL,
        {_ROLE},
        secret_hash bytea NOT NULL,
        invited_by uuid NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        accepted_at timestamptz,
        withdrawn_at timestamptz,
        CONSTRAINT pk_invitation PRIMARY KEY (organization_id, id)
    )""",
    """CREATE INDEX ix_invitation_organization_id_secret_hash
        ON identity.invitation (organization_id, secret_hash)""",
    # Which organizations a person can choose from, and no more: it is read before one is chosen.
    """CREATE TABLE identity.belonging (
        account_id uuid NOT NULL CONSTRAINT fk_belonging_account_id_account REFERENCES identity.account (id),
        organization_id text NOT NULL
            CONSTRAINT fk_belonging_organization_id_organization REFERENCES identity.organization (organization_id),
        CONSTRAINT pk_belonging PRIMARY KEY (account_id, organization_id)
    )""",
    "GRANT SELECT, INSERT, DELETE ON identity.belonging TO identity_app",
]


def upgrade() -> None:
    statements = [
        *infrastructure_v1("identity"),
        *infrastructure_v2("identity"),
        *_OF_NOBODY,
        *_OF_ORGANIZATIONS,
    ]
    for table in ("organization", "member", "invitation"):
        statements += tenant_table("identity", table)
    for statement in statements:
        op.execute(statement)
