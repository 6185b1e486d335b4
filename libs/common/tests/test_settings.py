"""A wrong setting ends the process with a sentence that names it, and with the exit code that tells a supervisor not to try again."""

import os
import subprocess
import sys

import pytest

from common.settings import EX_CONFIG, DatabaseSettings, Settings, TokenSettings, load


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("TIDINGS_"):
            monkeypatch.delenv(name)


def test_a_missing_setting_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("TIDINGS_NATS_URL", "nats://127.0.0.1:4222")
    monkeypatch.setenv("TIDINGS_DATABASE_URL", "postgresql+asyncpg://u:p@127.0.0.1/d")
    with pytest.raises(SystemExit) as ended:
        load(DatabaseSettings)
    assert ended.value.code == EX_CONFIG == 78
    assert capsys.readouterr().err.startswith("TIDINGS_RELAY_DATABASE_URL: Field required.")


def test_every_missing_setting_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        load(TokenSettings)
    named = [line.partition(":")[0] for line in capsys.readouterr().err.splitlines()]
    assert named == ["TIDINGS_TOKEN_ISSUER", "TIDINGS_TOKEN_AUDIENCE", "TIDINGS_TOKEN_JWKS"]


def test_a_setting_of_a_wrong_form_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TIDINGS_NATS_URL", "nats://127.0.0.1:4222")
    monkeypatch.setenv("TIDINGS_PORT", "eighty")
    with pytest.raises(SystemExit):
        load(Settings)
    assert "TIDINGS_PORT" in capsys.readouterr().err


def test_a_crash_point_is_refused_in_production(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TIDINGS_NATS_URL", "nats://127.0.0.1:4222")
    monkeypatch.setenv("TIDINGS_FAULT", "relay.published@1")
    assert load(Settings).fault == "relay.published@1"
    monkeypatch.setenv("TIDINGS_ENV", "production")
    with pytest.raises(SystemExit) as ended:
        load(Settings)
    assert ended.value.code == EX_CONFIG
    assert "TIDINGS_FAULT" in capsys.readouterr().err


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDINGS_NATS_URL", "nats://127.0.0.1:4222")
    monkeypatch.setenv("TIDINGS_NATS_PASSWORD", "hunter2")
    monkeypatch.setenv("TIDINGS_DATABASE_URL", "postgresql://u:hunter2@h/d")
    monkeypatch.setenv("TIDINGS_RELAY_DATABASE_URL", "postgresql://u:hunter2@h/d")
    assert "hunter2" not in repr(load(DatabaseSettings))


@pytest.mark.parametrize("service", ["catalog", "incidents", "maintenance", "public_api", "realtime_gateway"])
def test_a_service_without_settings_ends_with_sentences_and_no_traceback(service: str) -> None:
    ended = subprocess.run([sys.executable, "-m", f"{service}.app"], capture_output=True, text=True, check=False)
    assert ended.returncode == EX_CONFIG
    assert "TIDINGS_NATS_URL: Field required." in ended.stderr
    assert "Traceback" not in ended.stderr
