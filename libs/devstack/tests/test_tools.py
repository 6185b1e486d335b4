"""What `make test` gets beyond the environment: Chromium where it may, else a word on what to install; and npm's packages."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[1] / "tools.sh"


class Machine:
    """A clone whose environment is made, on a machine that has the usual commands and neither Chromium nor a network."""

    def __init__(self, home: Path) -> None:
        self.clone = home / "clone"
        self.commands = home / "bin"
        for name in ("cat", "cksum", "date", "ln", "mktemp", "rm", "sh", "tail", "touch", "chmod", "mkdir"):
            command = shutil.which(name)
            assert command is not None
            self.commands.mkdir(parents=True, exist_ok=True)
            (self.commands / name).symlink_to(command)
        self.command("id", "echo 1000")
        for name in ("package.json", "package-lock.json", "requirements.lock"):
            self.file(self.clone / name, name)
        self.file(self.clone / "libs/devstack/environment.sh", "")
        self.file(self.clone / ".venv/bin/python", "#!/bin/sh\necho $PWD/nodejs")
        self.npm("mkdir -p node_modules; echo installed >>npm.txt")

    def file(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o755)

    def command(self, name: str, text: str) -> None:
        self.file(self.commands / name, f"#!/bin/sh\n{text}\n")

    def npm(self, text: str) -> None:
        self.file(self.clone / "nodejs/bin/node", f"#!/bin/sh\n{text}\n")

    def run(self, **variables: str) -> tuple[int, str]:
        environment = {"PATH": str(self.commands), "TMPDIR": str(self.clone), **variables}
        done = subprocess.run(["/bin/sh", SCRIPT], cwd=self.clone, env=environment, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_who_has_chromium_gets_npms_packages_once_and_again_when_the_lock_changes(machine: Machine) -> None:
    machine.command("chromium", "")
    assert machine.run()[0] == machine.run()[0] == 0
    assert (machine.clone / "npm.txt").read_text() == "installed\n"
    (machine.clone / "package-lock.json").write_text("another")
    assert machine.run()[0] == 0
    assert (machine.clone / "npm.txt").read_text() == "installed\ninstalled\n"


def test_an_installation_that_fails_shows_what_npm_said_and_is_tried_again(machine: Machine) -> None:
    machine.command("chromium", "")
    machine.npm("echo the lock does not fit; exit 1")
    for _ in range(2):
        code, said = machine.run()
        assert code == 1
        assert "the lock does not fit\nNot everything in package-lock.json could be installed." in said


def test_chromium_may_be_anywhere(machine: Machine) -> None:
    elsewhere = machine.clone / "elsewhere"
    machine.file(elsewhere, "")
    assert machine.run(TIDINGS_CHROMIUM=str(elsewhere))[0] == 0


def test_who_may_not_install_chromium_is_told_to(machine: Machine) -> None:
    machine.command("apt-get", "exit 100")
    code, said = machine.run()
    assert code == 1
    assert "on Debian: apt install chromium" in said
    assert not os.path.lexists(machine.commands / "chromium")


def test_root_gets_chromium_installed_and_is_told_why_not(machine: Machine) -> None:
    machine.command("id", "echo 0")
    machine.command("apt-get", "echo no candidate >&2; exit 100")
    code, said = machine.run()
    assert code == 1
    assert "no candidate\nThe tests drive Chromium, and there is none" in said
    chromium = machine.commands / "chromium"
    machine.command("apt-get", f"[ $2 = update ] || {{ touch {chromium}; chmod +x {chromium}; }}")
    assert machine.run()[0] == 0
