"""The commands behind the Makefile: `python -m devstack run|hello|token|attack|admin-link|password-link|tidings|logs|stop|clean`.

Each works on the clone in the current directory.
"""

import argparse
import asyncio
import os
import shutil
import sys
from pathlib import Path

import httpx

from common.settings import is_production
from devstack import grants, hello, lock
from devstack.attack import attack
from devstack.errors import DevstackError
from devstack.run import run
from devstack.stack import DEFAULT_PORT, PROCESSES, Stack

_HIGHEST_PORT = 65535


def main() -> None:
    arguments = _parser().parse_args()
    root = Path.cwd()
    try:
        if not (root / "Procfile").exists():
            raise DevstackError(f"There is no Procfile in {root}: run this in the clone's own directory.")
        if is_production():
            raise DevstackError(
                "TIDINGS_ENV: `make run` makes demo data and keys for development, which production refuses. Take "
                "docker-compose.yml, or leave TIDINGS_ENV out."
            )
        _dispatch(arguments, root)
    except DevstackError as error:
        sys.exit(str(error))
    except PermissionError as error:
        sys.exit(
            f"{error.filename} belongs to another user, probably because make ran as root before: remove it as root."
        )
    except KeyboardInterrupt:
        sys.exit(130)


def _dispatch(arguments: argparse.Namespace, root: Path) -> None:
    match arguments.command:
        case "run":
            asyncio.run(run(Stack(root, _port(arguments.port))))
        case "hello":
            _hello(root)
        case "token":
            print(asyncio.run(grants.token(_running(root), arguments.org, arguments.role)))
        case "tidings":
            _become(root, "operator", "tidings", *arguments.arguments)
        case "attack":
            attack(_running(root), arguments.examples)
        case "admin-link":
            _become(root, "identity", "identity.admin_link")
        case "password-link":
            _become(root, "identity", "identity.password_link", arguments.email)
        case "logs":
            _logs(Stack(root))
        case "stop":
            print("Tidings is stopped." if lock.stop(Stack(root).lock) else "Tidings does not run in this clone.")
        case "clean":
            _clean(Stack(root))


def _running(root: Path) -> Stack:
    """What runs in this clone. Raises a DevstackError when nothing does."""
    running = lock.running(Stack(root).lock)
    if running is None:
        raise DevstackError("Tidings does not run in this clone: start it with `make run`.")
    return Stack(root, running.port)


def _hello(root: Path) -> None:
    try:
        print(asyncio.run(hello.text(_running(root))))
    except httpx.HTTPError as error:
        raise DevstackError(f"Tidings runs but does not answer yet, try again in a moment ({error}).") from error


def _become(root: Path, name: str, module: str, *arguments: str) -> None:
    """Become a program that has the access of the process `name` to what runs in this clone."""
    os.execve(sys.executable, [sys.executable, "-m", module, *arguments], _running(root).environment(name))


def _logs(stack: Stack) -> None:
    logs = sorted(str(path.relative_to(stack.root)) for path in stack.logs.glob("*.log"))
    if not logs:
        raise DevstackError("There are no logs yet: start Tidings with `make run`.")
    os.execvp("tail", ["tail", "-n", "20", "-F", *logs])


def _clean(stack: Stack) -> None:
    if not stack.state.exists():
        print("There is nothing to remove.")
        return
    with lock.held(stack.lock):
        shutil.rmtree(stack.state)
    print(f"Removed {stack.state}: databases, streams, keys, passwords and logs. The environment in .venv stays.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m devstack", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    run_command = commands.add_parser("run", help="start everything and watch it until Ctrl-C")
    run_command.add_argument("--port", default=str(DEFAULT_PORT), help="of the edge; the next ones are used too")
    commands.add_parser("hello", help="say what to open and what to type")
    token = commands.add_parser("token", help="print an access token of the demo's admin, responder or viewer")
    token.add_argument("--org", default="acme")
    token.add_argument("--role", default="admin")
    attack_command = commands.add_parser("attack", help="let schemathesis try every API of what runs in this clone")
    attack_command.add_argument("--examples", type=int, default=20, help="of each operation and kind of attack")
    commands.add_parser("admin-link", help="print a code that makes an admin with an organization")
    password_link = commands.add_parser("password-link", help="print a link by which somebody chooses a new password")
    password_link.add_argument("email")
    tidings = commands.add_parser("tidings", help="run the operator's command line on what runs in this clone")
    tidings.add_argument("arguments", nargs=argparse.REMAINDER, metavar="…")
    commands.add_parser("logs", help="follow all logs")
    commands.add_parser("stop", help="end what runs in this clone")
    commands.add_parser("clean", help="remove everything below .tidings")
    return parser


def _port(text: str) -> int:
    highest = _HIGHEST_PORT - len(PROCESSES) + 1
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= highest:
        raise DevstackError(f"PORT must be a number from 1 to {highest}, for example PORT=9000; it is {text!r}.")
    return int(text)


if __name__ == "__main__":
    main()
