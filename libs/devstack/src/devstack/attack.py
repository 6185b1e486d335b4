"""`make attack`: schemathesis sends the running stack whatever each OpenAPI document allows, and much that it does not.

No answer may be a 5xx, or one that the document does not declare: status, content type, headers, body. Schemathesis is fetched by pip into an
environment of its own when it is asked for; tests do not need it. What it writes goes into an organization that is made for it.
"""

import asyncio
import subprocess
import venv
from pathlib import Path

from devstack.asking import Edge, client
from devstack.errors import DevstackError
from devstack.people import ADMIN, Browser
from devstack.stack import Stack

SCHEMATHESIS = "schemathesis==4.32.5"
ORGANIZATION = "Attacked"
SLUG = "attacked"
DOCUMENTS = {
    "catalog": "/api/catalog/v1",
    "identity": "/api/identity/v1",
    "incidents": "/api/incidents/v1",
    "maintenance": "/api/maintenance/v1",
    "public-api": "/api/public/v1",
    "realtime-gateway": "/realtime/v1",
}
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
)


def attack(stack: Stack, examples: int) -> None:
    """Raises DevstackError when something was found. `examples` for each operation and kind of attack."""
    program = _installed(stack.state / "schemathesis")
    token = asyncio.run(_token(stack))
    found = [name for name in DOCUMENTS if not _is_clean(stack, program, name, token, examples)]
    if found:
        raise DevstackError(f"Found something in {', '.join(found)}: read above.")


async def _token(stack: Stack) -> str:
    """Of the demo's admin, for an organization that nobody minds."""
    async with client(stack.url) as http:
        admin = Browser(stack, Edge(http, "An organization to attack", 20), ADMIN)
        return await admin.token(await admin.found(ORGANIZATION, SLUG))


def _installed(directory: Path) -> Path:
    program = directory / "bin" / "schemathesis"
    if not program.exists():
        print(f"Fetching {SCHEMATHESIS} …")
        venv.create(directory, with_pip=True)
        pip = [str(directory / "bin" / "python"), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, SCHEMATHESIS], check=True)
    return program


def _is_clean(stack: Stack, program: Path, name: str, token: str, examples: int) -> bool:
    print(f"\n{name}", flush=True)
    # Schemathesis reads the file from where it is run, and keeps what it found there. The page is the one that has something on it.
    home = stack.state / "attack" / name
    home.mkdir(parents=True, exist_ok=True)
    (home / "schemathesis.toml").write_text(f'[parameters]\nslug = "{SLUG}"\n')
    command = [str(program), "run", f"{stack.url}{DOCUMENTS[name]}/openapi.json", "--url", stack.url]
    command += ["--header", f"Authorization: Bearer {token}", "--checks", ",".join(CHECKS)]
    command += ["--continue-on-failure", "--max-examples", str(examples), "--request-timeout", "20"]
    # An event stream never ends.
    command += ["--exclude-path-regex", "/events$"]
    return subprocess.run(command, cwd=home, check=False).returncode == 0
