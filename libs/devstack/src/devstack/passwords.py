"""The passwords of one state directory: random, made when first asked for, kept in one file of mode 0600."""

import json
import os
import secrets
from pathlib import Path


class Passwords:
    """Named passwords in `path`. One process at a time adds names; any number may read."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def get(self, name: str) -> str:
        """The password called `name`, made now if there is none yet."""
        known = self._load()
        if name not in known:
            # A letter first, because nats.conf would read an unquoted "1e5" as a number.
            known[name] = "p" + secrets.token_hex(16)
            self._save(known)
        return known[name]

    def _load(self) -> dict[str, str]:
        try:
            known: dict[str, str] = json.loads(self.path.read_text())
        except FileNotFoundError:
            return {}
        return known

    def _save(self, passwords: dict[str, str]) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.path.with_suffix(".new")
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(passwords, file, indent=1)
        fresh.replace(self.path)
