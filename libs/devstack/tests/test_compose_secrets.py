"""The secrets of docker-compose.yml: made once, replaced by an operator's own, readable by their container alone, and
turned into variables by the containers' first process."""

import json
import os
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy.engine import make_url

from devstack.compose import password_names, prepare_access, variables, write_secrets

ENTRYPOINT = Path(__file__).parents[3] / "deploy" / "entrypoint.sh"
OWNERS = dict.fromkeys(("postgres", "nats", "operator", "catalog", "realtime-gateway"), os.getgid())


def written(secrets: Path) -> dict[str, str]:
    """Every variable below the directory, by container and name."""
    return {str(path.relative_to(secrets)): path.read_text() for path in secrets.glob("*/[A-Z]*")}


def test_secrets_are_random_and_kept(tmp_path: Path) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    for secrets in (first, second):
        secrets.mkdir()
        write_secrets(secrets, tmp_path / "data", OWNERS, {})
    before = written(first)
    assert not set(before.values()) & set(written(second).values())
    write_secrets(first, tmp_path / "data", OWNERS, {})
    assert written(first) == before


def test_both_ends_of_a_connection_know_the_same_password() -> None:
    known = variables(lambda name: f"the {name}")
    assert known["catalog"]["TIDINGS_NATS_PASSWORD"] == "the TIDINGS_NATS_PASSWORD_CATALOG"
    assert json.loads(known["nats"]["TIDINGS_NATS_PASSWORD_CATALOG"]) == known["catalog"]["TIDINGS_NATS_PASSWORD"]
    app = make_url(known["catalog"]["TIDINGS_DATABASE_URL"])
    assert (app.username, app.password) == ("catalog_app", known["operator"]["TIDINGS_CATALOG_APP_PASSWORD"])
    admin = make_url(known["operator"]["TIDINGS_ADMIN_DATABASE_URL"])
    assert (admin.username, admin.password) == ("postgres", known["postgres"]["POSTGRES_PASSWORD"])


@pytest.mark.parametrize("password", ["1e5", "p@ss/w:rd?#%", "quote\"s'$HOME", "ключ"])
def test_a_given_password_replaces_the_random_one_everywhere(password: str, tmp_path: Path) -> None:
    write_secrets(tmp_path, tmp_path / "data", OWNERS, dict.fromkeys(password_names(), password))
    assert (tmp_path / "postgres" / "POSTGRES_PASSWORD").read_text() == password
    assert (tmp_path / "catalog" / "TIDINGS_NATS_PASSWORD").read_text() == password
    url = (tmp_path / "catalog" / "TIDINGS_RELAY_DATABASE_URL").read_text()
    assert make_url(url).password == password
    assert urlsplit(url).hostname == "postgres"
    write_secrets(tmp_path, tmp_path / "data", OWNERS, {"POSTGRES_PASSWORD": ""})
    assert (tmp_path / "postgres" / "POSTGRES_PASSWORD").read_text() not in ("", password)


def test_only_the_owner_reads_a_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: dict[Path, tuple[int, int]] = {}

    def note(path: Path, user: int, group: int) -> None:
        given[path] = (user, group)

    monkeypatch.setattr(os, "chown", note)  # only root may do it
    (tmp_path / "data" / "nats").mkdir(parents=True)
    write_secrets(tmp_path, tmp_path / "data", {"nats": 10001, "catalog": 10011}, {})
    for directory, group in (("nats", 10001), ("catalog", 10011)):
        assert given[tmp_path / directory] == (-1, group)
        assert (tmp_path / directory).stat().st_mode & 0o777 == 0o750
        for file in (tmp_path / directory).iterdir():
            assert given[file.with_name(f".{file.name}")] == (-1, group)
            assert file.stat().st_mode & 0o777 == 0o640
    assert given[tmp_path / "data" / "nats"] == (10001, 10001)
    assert (tmp_path / "passwords.json").stat().st_mode & 0o777 == 0o600


def test_hashes_of_systems_passwords_are_for_the_operator_and_the_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, tuple[int, int]] = {}
    monkeypatch.setattr(os, "chown", lambda path, user, group: given.update({path.name: (user, group)}))
    directory = tmp_path / "nats-access"
    directory.mkdir()
    for _ in range(2):  # every start does it
        prepare_access(directory, {"operator": 10002, "nats": 10001})
    assert given == dict.fromkeys(("nats-access", "durables.conf", "accounts.conf"), (10002, 10001))
    assert directory.stat().st_mode & 0o7777 == 0o2751
    assert (directory / "accounts.conf").stat().st_mode & 0o777 == 0o640
    assert (directory / "durables.conf").stat().st_mode & 0o777 == 0o644


def started(tmp_path: Path, *command: str, **environment: str) -> str:
    """What the containers' first process prints, with `tmp_path` in place of the root directory."""
    script = tmp_path / "entrypoint.sh"
    text = ENTRYPOINT.read_text()
    script.write_text(text.replace(" /run/secrets/", f" {tmp_path}/run/").replace(" /secrets/", f" {tmp_path}/made/"))
    done = subprocess.run(
        ["sh", str(script), *command],
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def test_an_operators_value_wins_over_what_was_made(tmp_path: Path) -> None:
    for directory in ("run", "made/catalog", "made/other"):
        (tmp_path / directory).mkdir(parents=True)
    for name in ("A", "B", "C"):
        (tmp_path / "made" / "catalog" / name).write_text(f"made {name}\n")
    (tmp_path / "run" / "B").write_text("an operator's 'B' $HOME")
    printed = started(tmp_path, "sh", "-c", 'echo "$A, $B, $C"', C="from the environment")
    assert printed == "made A, an operator's 'B' $HOME, from the environment\n"


def test_without_secrets_and_arguments_the_image_s_service_starts(tmp_path: Path) -> None:
    (tmp_path / "python").write_text('#!/bin/sh\necho "$@"\n')
    (tmp_path / "python").chmod(0o755)
    path = f"{tmp_path}:{os.environ['PATH']}"
    assert started(tmp_path, PATH=path, TIDINGS_SERVICE="public-api") == "-m public_api.app\n"
