"""How commands speak: lines for people on the standard output, progress on the standard error, nothing that foreign text could forge."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

_PIPE_WIDTH = 200
_LINE_SECONDS = 10.0


def console() -> Console:
    """The standard output: as wide as the terminal, and wide enough for whole lines where it is none."""
    return Console(width=None if sys.stdout.isatty() else _PIPE_WIDTH, highlight=False, markup=False, soft_wrap=True)


def say(line: str) -> None:
    console().print(line)


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], None]]:
    """A bar while the block runs, and where there is no terminal a line from time to time; the block tells (done, of how many)."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    terminal = Console(stderr=True)
    if not terminal.is_terminal:
        yield _lines(what)
        return
    with Progress(*columns, console=terminal, transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


@contextmanager
def goes_on() -> Iterator[None]:
    """Says to whoever interrupts the block that nothing of it is lost."""
    try:
        yield
    except KeyboardInterrupt:
        typer.echo("Interrupted. Type the same again: it goes on from here.", err=True)
        raise


def _lines(what: str) -> Callable[[int, int], None]:
    said_at = time.monotonic()

    def tell(done: int, total: int) -> None:
        nonlocal said_at
        if time.monotonic() - said_at >= _LINE_SECONDS:
            said_at = time.monotonic()
            typer.echo(f"{what}: {done} of {total}", err=True)

    return tell


def waiting(seconds: float, why: str) -> None:
    """Tell that a command has not stopped."""
    if seconds >= 5:
        Console(stderr=True).print(f"Waiting {seconds:.0f} s: {why}.", markup=False, highlight=False)


def printable(text: str) -> str:
    """Text that others wrote, on one line: control characters, which could move the cursor or forge a line, are escaped."""
    return "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)
