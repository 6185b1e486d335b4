"""deploy/observability: alerts and dashboards speak of metrics and values that there are, and each alert leads to what to do."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from common.metrics import LABELS, REGISTRY
from devstack.stack import SERVICES
from realtime_gateway import protocol
from realtime_gateway.protocol import Close

ROOT = Path(__file__).parents[1]
DIRECTORY = ROOT / "deploy" / "observability"
PROMETHEUS: dict[str, Any] = yaml.safe_load((DIRECTORY / "prometheus.yml").read_text())
ALERTS: list[dict[str, Any]] = yaml.safe_load((DIRECTORY / "alerts.yml").read_text())["groups"][0]["rules"]
DASHBOARDS = {path.stem: json.loads(path.read_text()) for path in (DIRECTORY / "grafana" / "dashboards").glob("*.json")}
EXPRESSIONS = [alert["expr"] for alert in ALERTS] + [
    target["expr"]
    for dashboard in DASHBOARDS.values()
    for panel in dashboard["panels"]
    for target in panel.get("targets", [])
]
SUFFIXES = {"counter": ["_total"], "gauge": [""], "histogram": ["_bucket", "_count", "_sum"]}
SERIES = {family.name + suffix for family in REGISTRY.collect() for suffix in SUFFIXES[family.type]}

every_alert = pytest.mark.parametrize("alert", ALERTS, ids=lambda alert: str(alert["alert"]))


def anchors(document: Path) -> set[str]:
    """Where a link to a heading leads."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def known_values(label: str) -> set[str] | None:
    """None where any is: Prometheus's own labels, and routes."""
    if label == "reason":
        return {close.name for close in vars(protocol).values() if isinstance(close, Close)}
    if label == "job":
        return set(SERVICES)
    values = LABELS.get(label)
    return None if values is None or isinstance(values, str) else set(values)


def test_every_metric_that_is_spoken_of_is_declared() -> None:
    named = {name for expression in EXPRESSIONS for name in re.findall(r"\b(?:tidings|process)_\w+", expression)}
    assert len(named) > 20
    assert named - SERIES == set()


def test_every_value_that_is_chosen_is_one_that_there_is() -> None:
    for expression in EXPRESSIONS:
        for label, operator, text in re.findall(r'(\w+)(!?=~?)"([^"]*)"', expression):
            known = known_values(label)
            chosen = set(text.split("|")) if "~" in operator else {text}
            assert known is None or chosen <= known, (label, text)


@every_alert
def test_an_alert_says_what_users_notice_how_urgent_it_is_and_where_it_is_said_what_to_do(
    alert: dict[str, Any],
) -> None:
    assert alert["labels"]["severity"] in ("page", "ticket")
    assert alert["annotations"]["summary"].endswith(".")
    document, _, anchor = alert["annotations"]["runbook_url"].partition("#")
    assert anchor == alert["alert"].lower()
    assert anchor in anchors(ROOT / document)


def test_every_service_is_asked_under_its_name() -> None:
    asked = {job["job_name"]: job["dns_sd_configs"][0] for job in PROMETHEUS["scrape_configs"]}
    assert asked.keys() == set(SERVICES)
    assert all(where["names"] == [name] for name, where in asked.items())
    assert {where["port"] for where in asked.values()} == {8000}


def test_a_service_that_is_gone_is_noticed_whichever_it_is() -> None:
    (down,) = [alert["expr"] for alert in ALERTS if alert["alert"] == "ServiceDown"]
    (answering,) = re.findall(r'job=~"([^"]+)"', down)
    assert set(answering.split("|")) == set(re.findall(r'absent\(up{job="([\w-]+)"}\)', down)) == set(SERVICES)


def test_dashboards_have_a_place_and_ask_what_is_provisioned() -> None:
    provisioned = yaml.safe_load((DIRECTORY / "grafana/provisioning/datasources/tidings.yaml").read_text())
    known = {source["uid"] for source in provisioned["datasources"]}
    for name, dashboard in DASHBOARDS.items():
        assert dashboard["uid"] == name
        for panel in dashboard["panels"]:
            assert panel.get("datasource", {"uid": "prometheus"})["uid"] in known
            assert panel["gridPos"]["x"] + panel["gridPos"]["w"] <= 24
    assert DASHBOARDS.keys() == {"tidings-well", "tidings-late", "tidings-loud"}
