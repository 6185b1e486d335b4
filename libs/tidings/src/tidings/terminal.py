"""How commands speak: lines for people on the standard output, progress on the standard error, nothing that foreign text could forge."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

_PIPE_WIDTH = 200


def console() -> Console:
    """The standard output: as wide as the terminal, and wide enough for whole lines where it is none."""
    return Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False, markup=False, soft_wrap=True)


def say(line: str) -> None:
    console().print(line)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar while the block runs; the block tells (done, of how many)."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    terminal = Console(stderr=True)
    with Progress(*columns, console=terminal, transient=True, disable=not terminal.is_terminal) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def printable(text: str) -> str:
    """Text that others wrote, on one line: control characters, which could move the cursor or forge a line, are escaped."""
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)
