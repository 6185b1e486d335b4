"""`make run` as a stranger uses it: what it prints works when pasted, and killing it leaves nothing behind."""

import base64
import email
import email.policy
import json
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path
from typing import TypeVar

import httpx
import pytest

from devstack.processes import end, marked, port_is_free
from devstack.stack import PROCESSES, STATE_MARK, Stack

CLONE = Path(__file__).parents[3]
PATIENCE = 100.0

# A stack starts within seconds on an idle machine; two tests at a time on a small one take longer.
pytestmark = pytest.mark.timeout(400)


Found = TypeVar("Found")


def until(look: Callable[[], Found | None], else_say: Callable[[], str] = str) -> Found:
    """What `look` gives as soon as it gives something. It looks at other processes, of which nothing here can be awaited."""
    deadline = time.monotonic() + PATIENCE
    while not (found := look()):
        assert time.monotonic() < deadline, else_say()
        time.sleep(0.05)  # between two looks
    return found


class Terminal:
    """A terminal in a clone of its own, in which `devstack run` was typed."""

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self._output = stack.root / "terminal.txt"
        command = [sys.executable, "-m", "devstack", "run", "--port", str(stack.port)]
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(command, cwd=stack.root, stdout=output, stderr=output, process_group=0)

    def text(self) -> str:
        return self._output.read_text()

    def wait_for(self, words: str) -> str:
        """What the terminal shows once it shows `words`."""

        def shown() -> str | None:
            text = self.text()
            assert words in text or self.process.poll() is None, text
            return text if words in text else None

        return until(shown, self.text)

    def end(self, how: signal.Signals) -> int:
        self.process.send_signal(how)
        return self.process.wait(PATIENCE)


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    for name in ("Procfile", "deploy", "Makefile", "web"):
        (tmp_path / name).symlink_to(CLONE / name)
    (tmp_path / ".venv").symlink_to(sys.prefix)
    environment = tmp_path / "libs" / "devstack" / "environment.sh"
    environment.parent.mkdir(parents=True)
    environment.touch()  # there is nothing to make: what make calls is the environment of the tests
    while True:
        stack = Stack(tmp_path, random.randrange(20000, 30000, 10))
        if all(port_is_free(stack.port_of(name)) for name in PROCESSES):
            break
    return stack


@pytest.fixture
def run(stack: Stack) -> Iterator[Callable[[], Terminal]]:
    """Opens terminals in which `devstack run` was typed."""
    terminals: list[Terminal] = []

    def open_terminal() -> Terminal:
        terminals.append(Terminal(stack))
        return terminals[-1]

    yield open_terminal
    for terminal in terminals:
        terminal.end(signal.SIGKILL)
    end(lambda: marked(f"{STATE_MARK}={stack.state}"), signal.SIGKILL)


def page(stack: Stack, organization: str) -> dict[str, list[dict[str, object]]]:
    document: dict[str, list[dict[str, object]]] = httpx.get(
        f"{stack.url}/api/public/v1/pages/{organization}", trust_env=False
    ).json()
    return document


def mails_in(stack: Stack) -> list[EmailMessage]:
    return [
        email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in stack.mail.glob("*.eml")
    ]


def sign_up(stack: Stack, greeting: str) -> None:
    """As the greeting says it, until somebody new has an organization with a page."""
    pasted = next(line for line in greeting.splitlines() if line.startswith("curl") and "/accounts" in line)
    subprocess.run(["sh", "-c", pasted], cwd="/", capture_output=True, check=True)
    account = json.loads(pasted.rpartition(" -d '")[2].removesuffix("'"))
    assert str(stack.mail) in greeting
    mails = until(lambda: [mail for mail in mails_in(stack) if mail["To"] == account["email"]])
    code = re.search(r"^[\w-]{43}$", mails[0].get_content(), re.MULTILINE)
    assert code
    identity = "/api/identity/v1"
    with httpx.Client(base_url=stack.url, trust_env=False) as browser:
        confirmed = {"token": code[0], "password": account["password"]}
        assert browser.post(f"{identity}/accounts/confirm", json=confirmed).status_code == httpx.codes.CREATED
        organization = {"name": "Initech", "slug": "initech"}
        assert browser.post(f"{identity}/organizations", json=organization).status_code == httpx.codes.CREATED
    until(lambda: httpx.get(f"{stack.url}/p/initech/", trust_env=False).status_code == httpx.codes.OK)


def sign_in(greeting: str) -> dict[str, str]:
    """As the greeting says it. The cookie of the demo's admin, as a header."""
    pasted = next(line for line in greeting.splitlines() if line.startswith("curl") and "/session" in line)
    done = subprocess.run(["sh", "-c", f"{pasted} -i"], cwd="/", capture_output=True, text=True, check=True)
    assert "200 OK" in done.stdout
    return {"Cookie": re.findall(r"(?i)^set-cookie: ([^;]+)", done.stdout, re.MULTILINE)[0]}


def roles_of_tokens(stack: Stack, greeting: str) -> None:
    """`make token` for an organization that the demo's admin made a moment ago, by slug and by id, again and again."""
    organization = {"name": "Hooli", "slug": "hooli"}
    headers = sign_in(greeting)
    made = httpx.post(
        f"{stack.url}/api/identity/v1/organizations", json=organization, headers=headers, trust_env=False
    ).json()
    until(
        lambda: make_token(stack, "hooli", "viewer").returncode == 0,
        lambda: make_token(stack, "hooli", "viewer").stderr,
    )
    for role, named in (("viewer", made["id"]), ("responder", "hooli"), ("admin", "hooli"), ("viewer", "hooli")):
        printed = make_token(stack, named, role).stdout
        claims = json.loads(base64.urlsafe_b64decode(printed.split(".")[1] + "=="))
        assert claims["o"] == {"id": made["id"], "rol": role}
    unknown, wrong = make_token(stack, "initech", "admin"), make_token(stack, "acme", "owner")
    assert "is an admin of (acme, globex, hooli)" in unknown.stderr
    assert "ROLE must be one of admin, responder, viewer" in wrong.stderr
    kept = list(stack.people.iterdir())
    assert {path.name: path.stat().st_mode & 0o777 for path in kept} == dict.fromkeys(
        ("admin", "responder", "viewer"), 0o600
    )


def make_token(stack: Stack, organization: str, role: str) -> subprocess.CompletedProcess[str]:
    return devstack(stack, "token", "--org", organization, "--role", role)


def devstack(stack: Stack, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "devstack", *arguments]
    return subprocess.run(command, cwd=stack.root, capture_output=True, text=True, check=False)


def operate(stack: Stack, *arguments: str) -> subprocess.CompletedProcess[str]:
    return devstack(stack, "tidings", *arguments)


@pytest.mark.skipif(shutil.which("curl") is None, reason="the greeting's commands are made for curl")
def test_the_greeting_works_when_pasted_and_a_killed_run_starts_again_with_nothing_wrong(
    stack: Stack, run: Callable[[], Terminal]
) -> None:
    terminal = run()
    greeting = terminal.wait_for("make hello prints this again")
    assert "\n!" not in greeting, "a warning at a first start"
    assert len(page(stack, "acme")["services"]) == len(page(stack, "globex")["services"]) == 5

    pasted = greeting[greeting.index("TOKEN=") : greeting.index("make hello")]
    done = subprocess.run(["sh", "-c", pasted], cwd="/", capture_output=True, text=True, check=True)
    incident_id, answers = done.stdout.split("\n", 1)
    first, _, second = answers.partition("}{")
    assert json.loads(first + "}")["id"] == json.loads("{" + second)["id"] == incident_id
    until(
        lambda: (
            (incident_id, "resolved")
            in [(incident["id"], incident["status"]) for incident in page(stack, "acme")["incidents"]]
        )
    )

    sign_up(stack, greeting)
    roles_of_tokens(stack, greeting)
    assert f"{stack.issuer}/v1/first-admin" in devstack(stack, "admin-link").stdout

    again = run()
    assert again.process.wait(PATIENCE) == 1
    assert "already runs in this clone" in again.text()

    terminal.end(signal.SIGKILL)
    terminal = run()
    terminal.wait_for("make hello prints this again")
    # What was under way when it was killed comes again a moment later, and doctor says so until then.
    until(
        lambda: operate(stack, "doctor").stdout.endswith(" checks, 0 problems.\n"),
        lambda: operate(stack, "doctor").stdout,
    )
    assert operate(stack, "events", "tail", "acme", "--since", "nowhere").returncode == 2
    assert make_token(stack, "acme", "responder").returncode == 0
    assert terminal.end(signal.SIGINT) == 0
    assert marked(f"{STATE_MARK}={stack.state}") == []


def test_a_port_in_use_is_one_clear_sentence(stack: Stack, run: Callable[[], Terminal]) -> None:
    port = stack.port_of("catalog")
    with subprocess.Popen([sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]) as other:
        while port_is_free(port):
            time.sleep(0.02)
        terminal = run()
        assert terminal.process.wait(PATIENCE) == 1
        other.kill()
    sentence = terminal.text().strip().splitlines()[-1]
    assert sentence.startswith(f"Port {port} is in use, and catalog needs it")
    assert "make run PORT=" in sentence


def test_the_operators_command_line_and_tokens_need_a_running_stack(stack: Stack) -> None:
    for done in (operate(stack, "doctor"), make_token(stack, "acme", "admin")):
        assert done.returncode == 1
        assert "start it with `make run`" in done.stderr
