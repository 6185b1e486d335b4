"""How often one principal may call: a token bucket for writes and one for reads, in the memory of this process.

Keyed by (issuer, subject, organization), so nobody uses up what is another's. A bucket holds a minute's worth and fills steadily: a
burst is fine, then it is one write a second. With N replicas a principal may call up to N times as often, since replicas do not tell
each other; that keeps a request free of any other server.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from common.claims import Principal
from common.errors import Problem

BUCKETS_MAX = 20_000
"""A bucket not used for a minute is full again, which is what no bucket means: forgetting the least recently used costs next to nothing."""

_Key = tuple[str, str, str, bool]


class RateSettings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="TIDINGS_", env_ignore_empty=True, extra="ignore", frozen=True)

    writes_per_minute: int = Field(
        default=60, ge=1, description="how many changes one person or API key may send a minute, to one process"
    )
    reads_per_minute: int = Field(
        default=600, ge=1, description="how many requests one person or API key may read by a minute, from one process"
    )


class Rates:
    def __init__(self, settings: RateSettings, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._limits = {True: settings.writes_per_minute, False: settings.reads_per_minute}
        self._clock = clock
        self._full_at: OrderedDict[_Key, float] = OrderedDict()
        """When each bucket will be full again: all that there is to know of one."""

    def __len__(self) -> int:
        return len(self._full_at)

    def take(self, principal: Principal, *, write: bool) -> None:
        """Count one call. Raises a 429 that says when the next one is possible, and then counts nothing."""
        now, limit = self._clock(), self._limits[write]
        key = (principal.issuer, principal.user_id, principal.organization_id, write)
        full_at = max(self._full_at.get(key, now), now) + 60 / limit
        wait = full_at - now - 60
        # As one that is just full: adding up fractions of a minute is not exact.
        if wait > 1e-6:
            raise _too_many("writes" if write else "reads", limit, math.ceil(wait))
        self._full_at[key] = full_at
        self._full_at.move_to_end(key)
        if len(self._full_at) > BUCKETS_MAX:
            self._full_at.popitem(last=False)


def _too_many(what: str, limit: int, wait: int) -> Problem:
    return Problem(
        429,
        "too-many-requests",
        "Too many requests",
        f"You may send {limit} {what} a minute. Nothing was done; try again in {wait} s.",
        headers={"Retry-After": str(wait)},
    )
