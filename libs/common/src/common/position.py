"""A place in the stream: `(epoch, offset)`, written `epoch-offset`.

The epoch names one life of the stream. A recreated stream counts from 1 again, so an offset means nothing without its epoch.
"""

import re
from dataclasses import dataclass
from typing import Self

_FORM = re.compile(r"([a-z]{12})-(0|[1-9][0-9]{0,18})\Z")


@dataclass(frozen=True, slots=True)
class Position:
    epoch: str
    offset: int

    def __str__(self) -> str:
        return f"{self.epoch}-{self.offset}"

    @classmethod
    def parse(cls, value: str) -> Self:
        """Raises ValueError for anything but `epoch-offset`."""
        match = _FORM.match(value)
        if match is None:
            raise ValueError("a position is written epoch-offset")
        return cls(match[1], int(match[2]))
