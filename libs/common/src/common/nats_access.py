"""The directory `access` beside nats.conf: which systems of others read events, and what nats-server must know of them.

One file holds no secret and is the record of who reads what: `systems.json`. The topology step declares the durables in it, so they come
back after a stream was lost. nats-server includes the two others: `durables.conf`, what our own users are denied because of durables, is made
from the record; `accounts.conf` has a line for each system, with the hash of its password, for nobody but the server and who writes it.
"""

import fcntl
import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from nats.js.api import AckPolicy, ConsumerConfig, DeliverPolicy

from common.envelope import STREAM

_RECORD = "systems.json"
_DURABLES = "durables.conf"
_ACCOUNTS = "accounts.conf"
_WARNING = "# Made by Tidings, which writes it again: see common.nats_access.\n"
API_PREFIX = "tidings.API"
"""By which systems call JetStream's API: in their accounts `$JS.API` is that of an account without streams."""


def user_of(organization: str, name: str) -> str:
    """The user, and the durable, of an organization's system. A name has no `_`, so no two are alike, and none is like a service's."""
    return f"{organization}_{name}"


def systems(directory: Path | None) -> dict[str, str]:
    """The organization of each system, by its user. Nobody's where there is no directory."""
    try:
        found: dict[str, str] = json.loads((directory / _RECORD).read_text()) if directory else {}
    except FileNotFoundError:
        return {}
    return found


def durable_config(user: str, organization: str, epoch_key: str, epoch: str) -> ConsumerConfig:
    """A system's durable: what everybody may see of one organization. It says of which epoch it is, as its user cannot ask the stream."""
    return ConsumerConfig(
        durable_name=user,
        filter_subject=f"status.{organization}.public.>",
        deliver_policy=DeliverPolicy.ALL,
        ack_policy=AckPolicy.EXPLICIT,
        ack_wait=5,
        max_ack_pending=1,
        max_deliver=-1,
        metadata={epoch_key: epoch},
    )


def prepare(directory: Path, durables: Iterable[str]) -> None:
    """What nats-server includes, before it starts: brought up to date with the `durables` of services, or made."""
    directory.mkdir(parents=True, exist_ok=True)
    with _alone(directory):
        _write_denials(directory, durables, systems(directory))
        if not (directory / _ACCOUNTS).exists():
            _write(directory / _ACCOUNTS, _WARNING, secret=True)


def add(directory: Path, durables: Iterable[str], user: str, organization: str, password_hash: str) -> None:
    """Let a system in, as soon as nats-server reads its configuration again. It replaces one of the same name."""
    # The server first denies everybody else the durable, and the topology step declares it last.
    with _alone(directory):
        known = systems(directory) | {user: organization}
        _write_denials(directory, durables, known)
        _write(directory / _ACCOUNTS, _others(directory, user) + _account(user, password_hash), secret=True)
        _write_record(directory, known)


def remove(directory: Path, durables: Iterable[str], user: str) -> None:
    """Forget a system: it stays connected until nats-server reads its configuration again."""
    with _alone(directory):
        known = systems(directory)
        known.pop(user, None)
        _write_record(directory, known)
        _write(directory / _ACCOUNTS, _others(directory, user), secret=True)
        _write_denials(directory, durables, known)


def permissions(user: str) -> dict[str, list[str]]:
    """All that a system may do: look at its durable, pull from it, acknowledge, and hear the answers."""
    return {
        "publish": [
            f"{API_PREFIX}.CONSUMER.INFO.{STREAM}.{user}",
            f"{API_PREFIX}.CONSUMER.MSG.NEXT.{STREAM}.{user}",
            f"$JS.ACK.{STREAM}.{user}.>",
        ],
        "subscribe": [f"_INBOX_{user}.>"],
    }


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """One writer at a time, as each writes what it read."""
    descriptor = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _account(user: str, password_hash: str) -> str:
    """One line of nats-server's configuration, which reads JSON too."""
    services = {
        f"$JS.API.CONSUMER.INFO.{STREAM}.{user}": f"{API_PREFIX}.CONSUMER.INFO.{STREAM}.{user}",
        f"$JS.API.CONSUMER.MSG.NEXT.{STREAM}.{user}": f"{API_PREFIX}.CONSUMER.MSG.NEXT.{STREAM}.{user}",
        f"$JS.ACK.{STREAM}.{user}.>": f"$JS.ACK.{STREAM}.{user}.>",
    }
    account = {
        "users": [{"user": user, "password": password_hash, "permissions": permissions(user)}],
        "imports": [
            {"service": {"account": "TIDINGS", "subject": theirs}, "to": ours} for theirs, ours in services.items()
        ],
    }
    return f"{json.dumps(user)}: {json.dumps(account)}\n"


def _others(directory: Path, user: str) -> str:
    """The accounts without the one of `user`."""
    lines = (directory / _ACCOUNTS).read_text().splitlines(keepends=True)
    return "".join(line for line in lines if not line.startswith(f"{json.dumps(user)}: "))


def _write_denials(directory: Path, durables: Iterable[str], known: Mapping[str, str]) -> None:
    services, api = list(durables), "$JS.API.CONSUMER"
    everybody = [*services, *known]

    def on(names: Iterable[str], *actions: str) -> list[str]:
        return [f"{api}.{action.format(name=name)}" for name in names for action in actions]

    changing = (f"CREATE.{STREAM}.{{name}}.>", f"DELETE.{STREAM}.{{name}}")
    anything = (f"*.{STREAM}.{{name}}", f"CREATE.{STREAM}.{{name}}.>", f"MSG.NEXT.{STREAM}.{{name}}")
    lists = {
        "DURABLES_OF_OTHERS": on(everybody, *anything),
        # A system's durable the operator removes, and begins anew in a new epoch; a service's is never begun anew.
        "TAKING_FROM_DURABLES": on(everybody, f"MSG.NEXT.{STREAM}.{{name}}")
        + on(services, f"DELETE.{STREAM}.{{name}}"),
    }
    for own in services:
        others = [name for name in everybody if name != own]
        lists[f"DURABLES_BESIDE_{own.upper()}"] = on(others, *anything) + on([own], *changing)
    text = "".join(f"{name}: {json.dumps(subjects)}\n" for name, subjects in lists.items())
    _write(directory / _DURABLES, _WARNING + text)


def _write_record(directory: Path, known: Mapping[str, str]) -> None:
    _write(directory / _RECORD, json.dumps(known, indent=1, sort_keys=True) + "\n")


def _write(path: Path, text: str, *, secret: bool = False) -> None:
    """Whole or not at all. Secrets are the owner's, and the group's in a directory that gives its files to that group (setgid)."""
    shared = bool(path.parent.stat().st_mode & stat.S_ISGID)
    mode = (0o640 if shared else 0o600) if secret else 0o644
    fresh = path.with_name(f".{path.name}")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        os.fchmod(descriptor, mode)
        file.flush()
        os.fsync(descriptor)
    fresh.replace(path)
