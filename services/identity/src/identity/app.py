"""Composition root of the identity service."""

from fastapi import FastAPI

from common.bus import Bus
from common.database import Database
from common.service import create_service, run_service
from common.settings import load
from identity import store
from identity.api import (
    PREFIX,
    account,
    api_key,
    audit,
    discovery,
    first_admin,
    invitation,
    organization,
    profile,
    session,
)
from identity.consumers import DURABLE, HANDLERS
from identity.first_start import FirstStart
from identity.key_uses import KeyUses
from identity.mailing import Mailing
from identity.publishing import KeySetFile
from identity.settings import IdentitySettings, SignUp


def create_app() -> FastAPI:
    settings = load(IdentitySettings)

    def mailing(database: Database, _: Bus) -> Mailing:
        return Mailing(database, settings)

    def key_set_file(database: Database, _: Bus) -> KeySetFile:
        assert settings.identity_key_set is not None
        return KeySetFile(database, settings.identity_key_set)

    def first_start(database: Database, _: Bus) -> FirstStart:
        return FirstStart(database, settings)

    app = create_service(
        name="identity",
        title="Tidings identity",
        prefix=PREFIX,
        routers=[
            session.router,
            account.router,
            profile.router,
            organization.router,
            invitation.router,
            api_key.router,
            audit.router,
            first_admin.router,
            discovery.router,
        ],
        tables=store.TABLES,
        durable=DURABLE,
        handlers=HANDLERS,
        make_workers=[
            mailing,
            KeyUses,
            *([key_set_file] if settings.identity_key_set is not None else []),
            *([first_start] if settings.sign_up is SignUp.INVITED else []),
        ],
    )
    app.state.settings = settings
    return app


def main() -> None:
    run_service("identity", create_app)


if __name__ == "__main__":
    main()
