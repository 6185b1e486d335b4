"""What is generated from the code and committed, so that a change of it is seen in review: `python -m devstack.snapshots` writes it.

- `docs/openapi/<service>.json`: each service's HTTP API. Tests derive the routes that they attack from it.
- `tests/contracts/<event>.json`: the JSON Schema of each event's data. A test fails when one loses or retypes a field.
- `docs/asyncapi.yaml` and `docs/events.md`: the events, for programs and for people.
- `.env.example`: every setting, for people; and `common/variables.txt`, their names, by which a process notices a typing error.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import gettempdir
from typing import Any

from fastapi import FastAPI

from common.contracts.registry import EVENTS
from devstack import asyncapi, env_example, event_catalogue
from devstack.stack import SERVICES

ROOT = Path(__file__).parents[4]
DOCS = ROOT / "docs"
OPENAPI = DOCS / "openapi"
CONTRACTS = ROOT / "tests" / "contracts"

# To make an application is not to start it: nothing connects to any of these.
_SETTINGS = {
    "TIDINGS_NATS_URL": "nats://nowhere.invalid",
    "TIDINGS_DATABASE_URL": "postgresql+asyncpg://nobody@nowhere.invalid/none",
    "TIDINGS_RELAY_DATABASE_URL": "postgresql+asyncpg://nobody@nowhere.invalid/none",
    "TIDINGS_IDENTITY_ISSUER": "http://nowhere.invalid",
    "TIDINGS_MAIL": gettempdir(),
    "TIDINGS_TOKEN_ISSUER": "nobody",
    "TIDINGS_TOKEN_AUDIENCE": "nobody",
    "TIDINGS_TOKEN_JWKS": "/nowhere/jwks.json",
}


def application(service: str) -> FastAPI:
    """The service, made and not started."""
    with _environment(_SETTINGS):
        app: FastAPI = import_module(f"{service.replace('-', '_')}.app").create_app()
    return app


def openapi(service: str) -> dict[str, Any]:
    """The service's OpenAPI document."""
    return application(service).openapi()


def snapshots() -> dict[Path, str]:
    """Every file with its content."""
    documents = {OPENAPI / f"{service}.json": openapi(service) for service in SERVICES}
    documents |= {CONTRACTS / f"{name}.v1.json": contract.schema() for name, contract in EVENTS.items()}
    return {
        DOCS / "asyncapi.yaml": asyncapi.as_yaml(),
        DOCS / "events.md": event_catalogue.as_markdown(),
        ROOT / ".env.example": env_example.text(),
        ROOT / "libs" / "common" / "src" / "common" / "variables.txt": "\n".join(env_example.variables()) + "\n",
        **{path: json.dumps(document, indent=1, sort_keys=True) + "\n" for path, document in documents.items()},
    }


@contextmanager
def _environment(variables: dict[str, str]) -> Iterator[None]:
    before = dict(os.environ)
    os.environ.update(variables)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def main() -> None:
    for path, content in snapshots().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        print(path.relative_to(ROOT))


if __name__ == "__main__":
    main()
