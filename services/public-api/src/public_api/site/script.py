"""The page's script: the files of `script/`, joined, under a name that changes when they do, so that a browser may keep it for ever."""

import hashlib
import re
from importlib.resources import files

from public_api.codings import Content, File

_SOURCES = ("page.js", "times.js", "days.js", "live.js")
_NOT_SENT = re.compile(r"^\s*(?://|/?\*).*\n|^\s+", re.MULTILINE)
"""Comments on lines of their own, and indentation."""

_folder = files("public_api.site") / "script"
_text = _NOT_SENT.sub("", "".join((_folder / name).read_text(encoding="utf-8") for name in _SOURCES))

SCRIPT_PATH = f"page-{hashlib.sha256(_text.encode()).hexdigest()[:12]}.js"
_MEDIA_TYPE = "text/javascript; charset=utf-8"
_SAFE = {"X-Content-Type-Options": "nosniff"}
SCRIPT = File(Content(_MEDIA_TYPE, _text, {**_SAFE, "Cache-Control": "public, max-age=31536000, immutable"}))
ANOTHER_RELEASES = File(Content(_MEDIA_TYPE, _text, _SAFE))
"""For a name that this release does not know, while replicas of two releases are running: to be asked for again."""


def script(path: str) -> File | None:
    """What is at a path below a page's address, if it is one of a script."""
    if path == SCRIPT_PATH:
        return SCRIPT
    return ANOTHER_RELEASES if re.fullmatch(r"page-[0-9a-f]{12}\.js", path) else None
