"""The short form of the soak: one fault of each kind, and nothing lost, doubled or reordered. `make soak` is the long one."""

import random

import pytest

from devstack.soak import Soak
from devstack.soak_faults import ONE_OF_EACH_KIND, World
from devstack.teststack import Stack


@pytest.mark.timeout(500)
async def test_nothing_is_lost_doubled_or_reordered(stack: Stack) -> None:
    results = await Soak(World(stack, random.Random(1))).run(ONE_OF_EACH_KIND, print)
    assert [result for result in results if result.findings] == []
    assert all(result.acknowledged for result in results)
