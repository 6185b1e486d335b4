"""What a file says, and its finished answer in each content coding: made when somebody first takes it in that coding, and kept."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

import brotli

CODINGS = ("br", "gzip")
"""The best first."""
BROTLI_QUALITY = 5
GZIP_LEVEL = 6


@dataclass(frozen=True, slots=True)
class Content:
    """What a file is to say. `headers` are those of its answers beside the usual ones."""

    media_type: str
    text: str
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Representation:
    """The bytes of one content coding, with the strong validator of exactly these bytes."""

    coding: str | None
    body: bytes
    etag: str
    heads: dict[int, bytes] = field(default_factory=dict, compare=False, repr=False)
    """What the fast lane says before the body, by status, once it has said it (`lane.py`)."""


@dataclass(frozen=True, slots=True)
class File:
    """Content, and what was made of it. Two are equal when they say the same."""

    content: Content
    _made: dict[str | None, Representation] = field(default_factory=dict, compare=False, repr=False)

    def coded(self, coding: str | None) -> Representation:
        """The finished answer in one of `CODINGS`, or as it is (None). Every replica makes the same bytes."""
        made = self.made(coding)
        if made is None:
            made = self._made[coding] = _represent(self.content.text.encode(), coding)
        return made

    def made(self, coding: str | None) -> Representation | None:
        """The same, if it is made already."""
        return self._made.get(coding)

    def saying(self, content: Content) -> "File":
        """A file with this content, finished in every coding in which this one was taken. This one, if it says that already."""
        if content == self.content:
            return self
        file = File(content)
        for coding in tuple(self._made):
            file.coded(coding)
        return file


def _represent(identity: bytes, coding: str | None) -> Representation:
    digest = hashlib.sha256(identity).hexdigest()[:32]
    if coding is None:
        return Representation(None, identity, f'"{digest}"')
    if coding == "gzip":
        # No time in its header: every replica makes the same bytes.
        body = gzip.compress(identity, compresslevel=GZIP_LEVEL, mtime=0)
    else:
        body = brotli.compress(identity, mode=brotli.MODE_TEXT, quality=BROTLI_QUALITY)
    return Representation(coding, body, f'"{digest}-{coding}"')
