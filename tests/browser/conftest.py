"""Every state of the page, served, and axe-core to look at it with."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from devstack.page_server import serving
from devstack.page_states import states

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """Where the pages of all states are: `<site>/<slug>/`."""
    with serving(states()) as address:
        yield f"{address}/p"


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, which npm brought."""
    return (ROOT / "node_modules/axe-core/axe.min.js").read_text()
