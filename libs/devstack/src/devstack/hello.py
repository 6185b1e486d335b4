"""What to open and what to type: printed when everything is ready, and again by `make hello`.

Every command pastes unchanged into another terminal in any directory.
"""

import json
import shlex
from collections.abc import Mapping

import httpx

from devstack.demo import SHOWCASE
from devstack.demo_story import ORGANIZATIONS
from devstack.people import ADMIN, IDENTITY, PEOPLE, password
from devstack.stack import Stack


async def text(stack: Stack) -> str:
    """The greeting for a running stack whose demo organizations exist."""
    page = f"{stack.url}/api/public/v1/pages/{SHOWCASE}"
    async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
        answer = await client.get(page)
        answer.raise_for_status()
    service = answer.json()["services"][0]
    incidents = f"{stack.url}/api/incidents/v1/incidents"
    opened = {
        "title": f"{service['name']} answers slowly",
        "status": "investigating",
        "impact": "minor",
        "message": "We are looking into it.",
        "services": [{"service_id": service["id"]}],
    }
    updated = {"status": "identified", "message": "A cache was full; we are emptying it."}
    sign_in = {"email": ADMIN.email, "password": password(stack)}
    account = {"email": "you@example.org", "name": "You", "password": "seven green lamps"}
    people = "\n".join(f"{person.email:<31}{person.role}" for person in PEOPLE.values())
    resolved = {"status": "resolved", "message": "All is well again."}
    # The first "id" of the answer is the incident's own: what follows it is cut off, then what precedes it.
    first_id = """sed 's/"id": *"\\([^"]*\\)".*/\\1/; s/.*[{, ]//'"""
    return f"""\
Open the page in a browser, at either address, or ask for the same as JSON:

{stack.page_url(SHOWCASE)}
{stack.url}/p/{SHOWCASE}/
{page}

See changes as they happen, in a second terminal:

curl -N {stack.url}/realtime/v1/{SHOWCASE}/events

Sign in as one of the members of {" and ".join(ORGANIZATIONS)}, in a browser or by curl. They have this password in this clone alone:
{sign_in["password"]}

{people}

{stack.console_url}/
{_post(f"{stack.url}{IDENTITY}/session", sign_in, authorized=False)}

Or sign up. The code in the mail confirms the address; mails land in {stack.mail}:

{_post(f"{stack.url}{IDENTITY}/accounts", account, authorized=False)}

Open, update and resolve an incident, in a third one (a token is valid for 10 minutes, then ask for another):

TOKEN=$(make -s -C {shlex.quote(str(stack.root))} token ORG={SHOWCASE} ROLE=responder)
INCIDENT=$({_post(incidents, opened)} | {first_id}); echo "$INCIDENT"
{_post(f"{incidents}/$INCIDENT/updates", updated)}
{_post(f"{incidents}/$INCIDENT/updates", resolved)}

make hello prints this again; make logs, make stop; make -s token ORG={SHOWCASE} ROLE=admin
"""


def _post(url: str, body: Mapping[str, object], *, authorized: bool = True) -> str:
    # An apostrophe in the data would end the shell's quotes.
    data = json.dumps(body).replace("'", "\\u0027")
    token = '-H "Authorization: Bearer $TOKEN" ' if authorized else ""
    headers = f"{token}-H 'Content-Type: application/json'"
    return f"curl -sS \"{url}\" {headers} -d '{data}'"
