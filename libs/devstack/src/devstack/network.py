"""Network namespaces: places of their own for processes, from and to which the kernel can be told to lose every packet.

A place is joined to this machine by a pair of virtual interfaces. Packets are lost by addressing them to a station that is not there: they
leave, nobody takes them, and neither end of a connection is told (no RST, no FIN), as when a cable is pulled out. Only root may do this, and
only where the program `ip` is installed. Everything is removed at the end; what a killed run left is removed by the next one.
"""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from devstack.errors import DevstackError

# Addresses for measuring networks (RFC 2544), so never those of a real one. A place uses four, of which two are those of its ends.
_NETWORK = "198.18"
_PREFIX = "td-"
_NOBODY = "02:00:00:00:00:00"
_CLONE_NEWNET = 0x40000000  # from linux/sched.h
_libc = ctypes.CDLL(None, use_errno=True)
_numbers = count()


@dataclass(frozen=True)
class Place:
    """A namespace, and the addresses of the two ends: here, and over there in it. Its name is that of the interface here, too."""

    name: str
    here: str
    there: str

    def join(self) -> None:
        """Move this process into it, for the rest of its life."""
        with Path("/var/run/netns", self.name).open() as namespace:
            if _libc.setns(namespace.fileno(), _CLONE_NEWNET) != 0:
                raise OSError(ctypes.get_errno(), f"{self.name} cannot be joined")

    def lose_what_is_sent_to_it(self) -> None:
        _ip("neighbour", "replace", self.there, "lladdr", _NOBODY, "nud", "permanent", "dev", self.name)

    def lose_what_it_sends(self) -> None:
        _ip("-n", self.name, "neighbour", "replace", self.here, "lladdr", _NOBODY, "nud", "permanent", "dev", "eth0")

    def heal(self) -> None:
        """Lose nothing any more: each end asks again for the other."""
        _ip("neighbour", "flush", "nud", "permanent", "dev", self.name)
        _ip("-n", self.name, "neighbour", "flush", "nud", "permanent", "dev", "eth0")


class Network:
    """The places of this run."""

    def __init__(self) -> None:
        self._free = (f"{_NETWORK}.{third}.{fourth}" for third in range(256) for fourth in range(1, 256, 4))
        self._places: list[Place] = []

    def add(self) -> Place:
        taken = _ip("-4", "-oneline", "address")
        here = next(address for address in self._free if f" {address}/" not in taken)
        network, _, last = here.rpartition(".")
        place = Place(f"{_PREFIX}{os.getpid()}-{next(_numbers)}", here, f"{network}.{int(last) + 1}")
        self._places.append(place)
        _ip("netns", "add", place.name)
        _ip("link", "add", place.name, "type", "veth", "peer", "name", "eth0", "netns", place.name)
        _ip("address", "add", f"{place.here}/30", "dev", place.name)
        _ip("link", "set", place.name, "up")
        _ip("-n", place.name, "address", "add", f"{place.there}/30", "dev", "eth0")
        _ip("-n", place.name, "link", "set", "eth0", "up")
        _ip("-n", place.name, "link", "set", "lo", "up")
        return place

    def remove(self) -> None:
        for place in self._places:
            _remove(place.name)


@contextmanager
def network() -> Iterator[Network | None]:
    """Where places can be made; None where we may not, or lack what it takes."""
    if os.geteuid() != 0 or shutil.which("ip") is None:
        yield None
        return
    _remove_leftovers()
    made = Network()
    try:
        made.add()
    except DevstackError:  # root of a container may be no root of its network
        made.remove()
        yield None
        return
    try:
        yield made
    finally:
        made.remove()


def _remove_leftovers() -> None:
    for line in _ip("netns", "list").splitlines():
        name = line.split()[0]
        owner = name.removeprefix(_PREFIX).partition("-")[0]
        if name.startswith(_PREFIX) and owner.isdecimal() and not Path("/proc", owner).exists():
            _remove(name)


def _remove(name: str) -> None:
    # The interface first: with its namespace it would vanish too, but some time later. Either may never have been made.
    for what in ("link", "netns"):
        with suppress(DevstackError):
            _ip(what, "delete", name)


def _ip(*arguments: str) -> str:
    done = subprocess.run(["ip", *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise DevstackError(f"ip {' '.join(arguments)}: {done.stderr.strip()}")
    return done.stdout
