"""One embedded server as a child process: what PostgreSQL, nats-server and Caddy have in common.

A `Server` can be used in two ways. Tests call `start`, `stop`, `kill` and `restart`; the Procfile calls
`become`, which turns the calling process into the server, so that the supervisor watches the server itself and no
wrapper stands between them. Every server works in its own directory (`home`), by which a leftover of a killed run is
found and ended before the next start.
"""

import os
import signal
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from pathlib import Path
from typing import NoReturn

from devstack.errors import DevstackError
from devstack.processes import die_with_parent, end, port_is_free, working_in

_POLL_INTERVAL = 0.02


class Server(ABC):
    """A server program with its port, its working directory and its log."""

    program: str
    """Name of the executable, as the process list shows it."""
    stop_signal = signal.SIGTERM
    """What makes it shut down quickly and cleanly."""

    def __init__(self, home: Path, port: int, log_path: Path) -> None:
        self.home = home.resolve()
        self.port = port
        self.log_path = log_path.resolve()
        self.process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def command(self) -> list[str]:
        """The program and its arguments."""

    @abstractmethod
    def is_ready(self) -> bool:
        """Whether it serves clients now."""

    def environment(self) -> dict[str, str]:
        """The environment it runs with."""
        return dict(os.environ)

    def prepare(self) -> None:
        """Make `home` and the port ready for a start; subclasses create their data here."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.end_leftovers(self.stop_signal)
        if not port_is_free(self.port):
            raise DevstackError(f"Port {self.port} is in use, and {self.program} needs it.")

    def end_leftovers(self, how: signal.Signals) -> None:
        """End every process of this server, whoever started it."""
        end(lambda: working_in(self.home, self.program), how)

    def become(self) -> NoReturn:
        """Replace this process by the server; its output goes where this process's output goes."""
        self.prepare()
        os.chdir(self.home)
        die_with_parent(self.stop_signal)()
        command = self.command()
        os.execve(command[0], command, self.environment())

    def start(self, timeout: float = 30) -> None:
        """Start it as a child of this thread and return when it serves clients."""
        self.prepare()
        self.log_path.parent.mkdir(parents=True, exist_ok=True)
        with self.log_path.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(),
                cwd=self.home,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                # Its own group, so that Ctrl-C at the terminal reaches only the program that decides what to stop.
                process_group=0,
                preexec_fn=die_with_parent(self.stop_signal),
            )
        deadline = time.monotonic() + timeout
        while not self.is_ready():
            if self.process.poll() is not None:
                raise DevstackError(f"{self.program} ended while starting, see {self.log_path}:\n{self._log_tail()}")
            if time.monotonic() > deadline:
                self.kill()
                raise DevstackError(f"{self.program} was not ready within {timeout:.0f} s, see {self.log_path}")
            time.sleep(_POLL_INTERVAL)

    def stop(self, timeout: float = 10) -> None:
        """Shut it down cleanly; by SIGKILL when that takes longer than `timeout`."""
        if self.process is None:
            return
        self.process.send_signal(self.stop_signal)
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
        self.process = None

    def kill(self) -> None:
        """SIGKILL it and whatever it had forked, as the kernel would when memory runs out."""
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None
        self.end_leftovers(signal.SIGKILL)

    def restart(self, timeout: float = 30) -> None:
        """Stop it if it runs, and start it again on the same data and port."""
        self.stop()
        self.start(timeout)

    def _log_tail(self) -> str:
        return "\n".join(self.log_path.read_text(errors="replace").splitlines()[-5:])


def executable(name: str) -> Path:
    """A program that a wheel installed beside this interpreter."""
    path = Path(sys.executable).parent / name
    if not path.exists():
        raise DevstackError(f"{name} is not installed in this environment ({path.parent}).")
    return path
