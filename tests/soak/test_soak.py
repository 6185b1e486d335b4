"""The 60 s form of the soak: every kind of fault once or so, and nothing lost, doubled or reordered."""

import pytest

from devstack import soak
from devstack.teststack import Stack

SECONDS = 60.0


@pytest.mark.timeout(400)
async def test_nothing_is_lost_doubled_or_reordered(stack: Stack) -> None:
    results = await soak.Soak(stack, seed=1).run(SECONDS, print)
    assert len(results) >= 8
    assert [result for result in results if result.findings] == []
