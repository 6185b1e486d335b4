"""docker-compose.tls.yml: what it lays over docker-compose.yml is there, and its edge is the plain one with TLS."""

import re
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"


class Loader(yaml.SafeLoader):
    """Knows compose's own tag."""


def _overriding(loader: Loader, node: yaml.SequenceNode) -> list[Any]:
    return loader.construct_sequence(node)


Loader.add_constructor("!override", _overriding)
PLAIN: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["caddy"]
TLS: dict[str, Any] = yaml.load((ROOT / "docker-compose.tls.yml").read_text(), Loader)["services"]["caddy"]


def defaults(name: str) -> dict[str, str]:
    return dict(re.findall(r"\{\$([A-Z_]+):([^}]+)\}", (DEPLOY / name).read_text()))


def test_the_edge_has_its_files_and_keeps_its_certificates() -> None:
    mounted = [volume.split(" ")[0].split(":") for volume in [*PLAIN["volumes"], *TLS["volumes"]]]
    files = {target: source for source, target, *_ in mounted if source.startswith("./")}
    assert all((ROOT / source).exists() for source in files.values())
    assert TLS["command"][3] in files
    imported = {
        found for path in DEPLOY.glob("Caddyfile*") for found in re.findall(r"import (edge/\S+)", path.read_text())
    }
    assert imported == {f"edge/{path.name}" for path in (DEPLOY / "edge").iterdir()}
    assert files["/etc/caddy/edge"] == "./deploy/edge"
    assert "caddy:/data" in PLAIN["volumes"]
    assert "/data" not in PLAIN["tmpfs"]


def test_its_ports_are_those_that_browsers_and_authorities_ask() -> None:
    told = defaults("Caddyfile.tls")
    assert TLS["ports"] == [f"80:{told['EDGE_PORT']}", f"443:{told['EDGE_TLS_PORT']}"]
    assert told["EDGE_TLS_PORT"] in TLS["healthcheck"]["test"][1]
    assert told["EDGE_ISSUER"] == "acme"
