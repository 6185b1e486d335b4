"""The lock of a clone: who runs is known, and a stack that has just ended counts as ended."""

import os
from pathlib import Path

import pytest

from devstack import lock
from devstack.errors import DevstackError
from devstack.lock import Running


def test_the_running_stack_is_known_until_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    assert lock.running(path) is None
    with lock.held(path, 8080):
        assert lock.running(path) == Running(os.getpid(), 8080)
        with pytest.raises(DevstackError, match="already runs in this clone"), lock.held(path, 9000):
            pass
    assert lock.running(path) is None


def test_a_stack_that_has_taken_its_line_back_and_not_yet_let_go_counts_as_ended(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    with lock.held(path):  # the lock without a line
        assert lock.running(path) is None
        with pytest.raises(DevstackError, match="starts or ends"), lock.held(path, 9000):
            pass
