"""Every word that the page itself says: words.toml."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

WORDS: Mapping[str, Any] = tomllib.loads((files("public_api.site") / "words.toml").read_text(encoding="utf-8"))


def enumeration(names: list[str], at_most: int) -> str:
    """`A, B and C`, or `A, B and 3 more`."""
    if len(names) > at_most:
        names = [*names[: at_most - 1], WORDS["more"].format(number=len(names) - at_most + 1)]
    return WORDS["and"].join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else "".join(names)


def duration(seconds: int) -> str:
    """`2 h 5 min`, in whole minutes: begun ones count."""
    hours, minutes = divmod(-(-seconds // 60), 60)
    said = [WORDS["hours"].format(number=hours)] * bool(hours) + [WORDS["minutes"].format(number=minutes)] * bool(
        minutes
    )
    return " ".join(said)
