"""Every metric is declared as common.metrics says it is, so that no series can grow with tenants."""

import re

import pytest
from prometheus_client import Histogram
from prometheus_client.metrics import MetricWrapperBase

from common import metrics

DECLARED = {name: value for name, value in vars(metrics).items() if isinstance(value, MetricWrapperBase)}
every_metric = pytest.mark.parametrize("name", DECLARED)


@every_metric
def test_a_metric_says_what_it_means_in_its_name_and_its_help(name: str) -> None:
    metric = DECLARED[name]
    (family,) = metric.describe()
    assert re.fullmatch(r"tidings_[a-z_]+", family.name)
    assert f"TIDINGS_{name}".lower() == family.name
    assert family.documentation.endswith(".")
    if isinstance(metric, Histogram):
        assert family.name.endswith(("_seconds", "_bytes"))


@every_metric
def test_the_values_of_every_label_are_known_beforehand(name: str) -> None:
    assert set(DECLARED[name]._labelnames) <= metrics.LABELS.keys()


def test_no_label_is_declared_that_no_metric_has() -> None:
    assert {label for metric in DECLARED.values() for label in metric._labelnames} == metrics.LABELS.keys()


def test_every_metric_is_served() -> None:
    served = {family.name for family in metrics.REGISTRY.collect()}
    assert {family.name for metric in DECLARED.values() for family in metric.describe()} <= served
