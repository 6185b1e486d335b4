"""A wrong setting ends the process with a sentence that names it, and with the exit code that tells a supervisor not to try again."""

import importlib
import json
import os

import pytest

from common.contracts.values import Role
from common.issuers import TokenSettings
from common.settings import EX_CONFIG, DatabaseSettings, load, unknown


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


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIDINGS_NATS_URL", "nats://127.0.0.1:4222")
    monkeypatch.setenv("TIDINGS_NATS_PASSWORD", "hunter2")
    monkeypatch.setenv("TIDINGS_DATABASE_URL", "postgresql+asyncpg://u:hunter2@h/d")
    monkeypatch.setenv("TIDINGS_RELAY_DATABASE_URL", "postgresql+asyncpg://u:hunter2@h/d")
    assert "hunter2" not in repr(load(DatabaseSettings))


JWKS = "https://issuer.test/jwks.json"
GOOD = {"ISSUER": "https://issuer.test", "AUDIENCE": "tidings", "JWKS": JWKS}
OIDC = {"PRESET": "oidc", **GOOD, "ORGANIZATION_CLAIM": "org_id", "ROLE_CLAIM": "/realm_access/roles"}
CLERK = {"PRESET": "clerk", **GOOD, "AUDIENCE": "", "AUTHORIZED_PARTIES": "https://a.test, https://b.test"}
WRONG_TOKENS = {
    "http": ({**GOOD, "JWKS": "http://issuer.test/jwks"}, "JWKS: must be an https URL"),
    "another host than it seems": ({**GOOD, "JWKS": "http://localhost@evil.test/"}, "JWKS: must be an https URL"),
    "beginning like this machine": ({**GOOD, "JWKS": "http://127.0.0.1.evil.test/"}, "JWKS: must be an https URL"),
    "in a private network": ({**GOOD, "JWKS": "http://10.0.0.1/"}, "JWKS: must be an https URL"),
    "no host": ({**GOOD, "JWKS": "https:///jwks.json"}, "JWKS: must be an https URL"),
    "no such preset": ({**GOOD, "PRESET": "saml"}, "PRESET: Input should be 'embedded', 'clerk' or 'oidc'"),
    "embedded for nobody": ({**GOOD, "AUDIENCE": ""}, "AUDIENCE: Field required"),
    "Clerk without origins": ({**CLERK, "AUTHORIZED_PARTIES": " , "}, "AUTHORIZED_PARTIES: Clerk's tokens name no"),
    "a provider's tokens for anybody": ({**OIDC, "AUDIENCE": ""}, "AUDIENCE: an audience, or"),
    "no claim for the organization": ({**OIDC, "ORGANIZATION_CLAIM": ""}, "ORGANIZATION_CLAIM: the preset oidc needs"),
    "no claim for the role": ({**OIDC, "ROLE_CLAIM": ""}, "ROLE_CLAIM: the preset oidc needs"),
    "a claim that Clerk has already": ({**CLERK, "ROLE_CLAIM": "role"}, "ROLE_CLAIM: the preset clerk knows"),
    "a role of ours that is none": ({**OIDC, "ROLES": "boss=owner"}, "ROLES: must be written theirs=ours"),
    "half a pair": ({**OIDC, "ROLES": "boss"}, "ROLES: must be written theirs=ours"),
    "no JSON": ({**GOOD, "FURTHER": "{"}, "FURTHER: must be a JSON list"),
    "the same issuer twice": ({**GOOD, "FURTHER": json.dumps([{"issuer": "https://issuer.test", "audience": "x", "jwks": JWKS}])},
                              "FURTHER: an issuer is configured twice"),
    "a further one that is wrong": ({**GOOD, "FURTHER": '[{"issuer": "x", "jwks": "y"}]'}, "FURTHER_0_AUDIENCE: Field required"),
    "a further one with a typing error": ({**GOOD, "FURTHER": '[{"issuer": "x", "audience": "x", "jwks": "y", "role": "z"}]'},
                                          "FURTHER_0_ROLE: Extra inputs are not permitted"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG_TOKENS)
def test_a_wrong_issuer_is_named_with_what_is_wrong(
    case: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    variables, sentence = WRONG_TOKENS[case]
    for name, value in variables.items():
        monkeypatch.setenv(f"TIDINGS_TOKEN_{name}", value)
    with pytest.raises(SystemExit) as ended:
        load(TokenSettings)
    assert ended.value.code == EX_CONFIG
    assert [line.startswith(f"TIDINGS_TOKEN_{sentence}") for line in capsys.readouterr().err.splitlines()] == [True]


@pytest.mark.parametrize("variables", [GOOD, OIDC, CLERK], ids=["embedded", "oidc", "clerk"])
def test_an_issuer_of_each_preset_is_configured_by_variables(
    variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    further = {"issuer": "tidings", "audience": "tidings", "jwks": "/keys/jwks.json"}
    for name, value in {**variables, "ROLES": "boss = admin, all=viewer", "FURTHER": json.dumps([further])}.items():
        monkeypatch.setenv(f"TIDINGS_TOKEN_{name}", value)
    settings = load(TokenSettings)
    assert settings.preset == variables.get("PRESET", "embedded")
    assert settings.roles == {"boss": Role.ADMIN, "all": Role.VIEWER}
    assert [issuer.issuer for issuer in settings.issuers] == ["https://issuer.test", "tidings"]


@pytest.mark.parametrize(
    "service", ["catalog", "identity", "incidents", "maintenance", "public_api", "realtime_gateway"]
)
def test_a_service_without_settings_ends_with_sentences_and_no_traceback(
    service: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main = importlib.import_module(f"{service}.app").main
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == EX_CONFIG
    said = capsys.readouterr().err
    assert "TIDINGS_NATS_URL: Field required." in said
    assert "Traceback" not in said


def test_a_typing_error_in_a_name_is_told_with_the_nearest_name() -> None:
    assert unknown(["TIDINGS_NATS_ULR", "TIDINGS_NATS_URL", "PATH", "TIDINGS_NATS_PASSWORD_CATALOG"]) == [
        "TIDINGS_NATS_ULR: no setting of Tidings; TIDINGS_NATS_URL is one. It changes nothing."
    ]
    assert unknown(["TIDINGS_42"]) == ["TIDINGS_42: no setting of Tidings. It changes nothing."]
