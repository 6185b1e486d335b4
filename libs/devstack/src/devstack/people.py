"""The people of the demo, and what they do in their browsers: sign up, found organizations, invite each other, and get tokens.

They are accounts like any other. Codes are read from the mails, which land in a folder; the password is random for each clone. The cookie
of each one's session is kept in a file (0600), so that whoever asks for tokens again and again has signed in once.
"""

import asyncio
import email
import email.policy
import os
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from devstack.asking import STARTING, Edge
from devstack.errors import DevstackError
from devstack.passwords import Passwords
from devstack.stack import Stack

IDENTITY = "/api/identity/v1"
MAIL_SECONDS = 20.0
_SECRET = r"[A-Za-z0-9_-]{43}"


@dataclass(frozen=True)
class Person:
    role: str
    name: str

    @property
    def email(self) -> str:
        return f"{self.name.split()[0].lower()}@tidings.localhost"


ADMIN = Person("admin", "Demo Admin")
PEOPLE = {person.role: person for person in (ADMIN, Person("responder", "Responder"), Person("viewer", "Viewer"))}
"""By the role that each has in every organization of the demo's admin."""


@dataclass(frozen=True)
class Belonging:
    """An organization of theirs: its name, the slug of its page, and their role there."""

    organization: str
    slug: str | None
    role: str


@dataclass(frozen=True)
class Access:
    """What identity says to who is signed in: where they belong, by the organization's id, and a token for one of these."""

    organizations: dict[str, Belonging]
    token: str | None


def password(stack: Stack) -> str:
    """Of all of them."""
    return Passwords(stack.state / "passwords.json").get("people of the demo")


class Browser:
    """One person's."""

    def __init__(self, stack: Stack, edge: Edge, person: Person) -> None:
        self.person = person
        self._edge = edge
        self._mails = stack.mail
        self._kept = stack.people / person.role
        self._password = password(stack)
        self._cookie = self._kept.read_text() if self._kept.exists() else ""

    async def access(self, organization_id: str | None = None) -> Access | None:
        """A token for this organization of theirs, else for any. None for somebody who has no account."""
        wanted = {"organization_id": organization_id} if organization_id is not None else {}
        answer = await self._post("/session/refresh", wanted)
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            answer = await self._post("/session", {"email": self.person.email, "password": self._password, **wanted})
        if answer.status_code == httpx.codes.UNAUTHORIZED:
            return None
        said = self._edge.expect(answer)
        belongings = {each["id"]: Belonging(each["name"], each["slug"], each["role"]) for each in said["organizations"]}
        return Access(belongings, said["access_token"])

    async def token(self, organization_id: str) -> str:
        """For an organization that they belong to."""
        access = await self.access(organization_id)
        assert access is not None
        assert access.token is not None
        return access.token

    async def sign_up(self) -> None:
        """Have an account."""
        if await self._known() is not None:
            return
        account = {"email": self.person.email, "name": self.person.name, "password": self._password}
        self._edge.expect(await self._post("/accounts", account))

        async def confirm(code: str) -> httpx.Response:
            return await self._post("/accounts/confirm", {"token": code, "password": self._password})

        await self._use_mail("Confirm your address", _SECRET, confirm)

    async def found(self, name: str, slug: str) -> str:
        """The id of their organization of this name, made now if there is none."""
        while True:
            access = await self.access()
            for id, belonging in access.organizations.items() if access is not None else ():
                if belonging.organization == name:
                    return id
            # Once, and then looked for: one whose answer was lost may have been made.
            answer = await self._post("/organizations", {"name": name, "slug": slug}, not_yet=frozenset())
            if answer.status_code not in STARTING:
                return str(self._edge.expect(answer)["id"])
            await self._edge.pause(answer)

    async def join(self, organization_id: str, admins_token: str) -> None:
        """Be a member of the organization, by invitation of an admin."""
        access = await self._known()
        if access is not None and organization_id in access.organizations:
            return
        authorization = {"Authorization": f"Bearer {admins_token}"}
        invitation = {"email": self.person.email, "role": self.person.role}
        self._edge.expect(await self._edge.ask("POST", f"{IDENTITY}/invitations", invitation, headers=authorization))

        async def accept(code: str) -> httpx.Response:
            # Name and password count where there is no account yet.
            body = {"token": code, "name": self.person.name, "password": self._password}
            return await self._post("/invitations/accept", body)

        await self._use_mail("You are invited", rf"{organization_id}\.{_SECRET}", accept)

    async def _known(self) -> Access | None:
        """As `access`, without asking about somebody who never began: to refuse a stranger takes identity as long as to let somebody in."""
        if not self._kept.exists():
            _write(self._kept, "")
            return None
        return await self.access()

    async def _post(self, path: str, body: dict[str, Any], not_yet: frozenset[int] = STARTING) -> httpx.Response:
        cookie = {"Cookie": self._cookie} if self._cookie else {}
        answer = await self._edge.ask("POST", f"{IDENTITY}{path}", body, headers=cookie, not_yet=not_yet)
        if answer.cookies:
            self._cookie = "; ".join(f"{name}={value}" for name, value in answer.cookies.items())
            _write(self._kept, self._cookie)
        return answer

    async def _use_mail(self, subject: str, code: str, use: Callable[[str], Awaitable[httpx.Response]]) -> None:
        """Use the code in a mail to this person, the newest first: those of before may have been used, or their answer was lost."""
        deadline = time.monotonic() + MAIL_SECONDS
        tried: set[Path] = set()
        while time.monotonic() < deadline:
            fresh = sorted(set(self._mails.glob("*.eml")) - tried, key=lambda path: path.stat().st_mtime, reverse=True)
            for path in fresh:
                tried.add(path)
                mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
                found = re.search(rf"^{code}$", mail.get_content(), re.MULTILINE)
                if mail["To"] == self.person.email and mail["Subject"].startswith(subject) and found:
                    if (await use(found[0])).is_success:
                        return
            await asyncio.sleep(0.05)
        raise DevstackError(
            f'No mail "{subject}" with a code that works came for {self.person.email} to {self._mails}.'
        )


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
    fresh.replace(path)
