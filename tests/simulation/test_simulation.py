"""Whatever one seed makes of the world, what was acknowledged arrives everywhere: once, in order, and nowhere else.

Each seed is a world of its own (see `world`). A failing one is printed; `SIM_SEED=1234` runs that one alone and tells what happened in it;
`SIM_SEEDS=2000` runs so many.
"""

import os

import pytest

from .clock import run
from .world import World

SEEDS = range(int(os.environ.get("SIM_SEEDS", "120")))
SEEDS_PER_TEST = 5
CHOSEN = os.environ.get("SIM_SEED")


def simulate(seed: int) -> World:
    world = World(seed)
    try:
        run(world.run())
    except BaseException as error:
        story = "\n".join(world.story)
        error.add_note(f"The world of seed {seed}; run it again with SIM_SEED={seed} pytest tests/simulation\n{story}")
        raise
    return world


@pytest.mark.parametrize("first", [int(CHOSEN)] if CHOSEN else SEEDS[::SEEDS_PER_TEST])
def test_what_was_acknowledged_arrives_everywhere_once_and_in_order(first: int) -> None:
    for seed in [first] if CHOSEN else SEEDS[first : first + SEEDS_PER_TEST]:
        simulate(seed)


def test_a_seed_is_the_same_world_every_time() -> None:
    assert simulate(7).digest() == simulate(7).digest()
