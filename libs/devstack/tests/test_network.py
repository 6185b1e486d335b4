"""A place of its own for a process loses what it is told to lose, silently, and nothing of it stays behind."""

import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from devstack.network import Network, Place, network

# Says that it listens, then sends back what it gets.
ECHO = """
import socket, sys
server = socket.create_server((sys.argv[1], 7))
print("listening", flush=True)
connection, _ = server.accept()
while data := connection.recv(100):
    connection.sendall(data)
"""
# Makes a place, says its name, and is killed.
KILLED = """
import os, signal
from devstack.network import network
with network() as made:
    print(made.add().name, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def ours() -> Iterator[Network]:
    with network() as made:
        if made is None:
            pytest.skip("this machine lets us make no network namespaces")
        yield made


def places() -> list[str]:
    listed = subprocess.run(["ip", "netns", "list"], capture_output=True, text=True, check=True).stdout
    return [line.split()[0] for line in listed.splitlines()]


@pytest.mark.parametrize("lose", [Place.lose_what_is_sent_to_it, Place.lose_what_it_sends])
def test_what_is_lost_is_lost_silently_and_comes_after_healing(ours: Network, lose: Callable[[Place], None]) -> None:
    place = ours.add()
    command = [sys.executable, "-c", ECHO, place.there]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, preexec_fn=place.join) as echo:
        assert echo.stdout is not None
        assert echo.stdout.readline() == "listening\n"
        with socket.create_connection((place.there, 7), timeout=10) as connection:
            connection.sendall(b"one")
            assert connection.recv(100) == b"one"
            lose(place)
            connection.sendall(b"two")
            connection.settimeout(0.5)
            with pytest.raises(TimeoutError):
                connection.recv(100)
            place.heal()
            connection.settimeout(10)
            assert connection.recv(100) == b"two", "the connection outlived it"
    assert echo.returncode == 0


def test_what_a_killed_run_left_is_removed_by_the_next(ours: Network) -> None:
    killed = subprocess.run([sys.executable, "-c", KILLED], capture_output=True, text=True, check=False)
    assert killed.returncode == -signal.SIGKILL
    left = killed.stdout.strip()
    assert left in places()
    mine = ours.add().name
    with network() as again:
        assert again is not None
        assert left not in places()
        assert mine in places(), "its run lives"
