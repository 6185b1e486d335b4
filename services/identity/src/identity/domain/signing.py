"""Which key signs access tokens, and which ones the key set shows. Keys change by themselves and nobody notices.

A new key is shown before it signs, so that services have it when its first token comes, and an old one as long as a token that it signed
may live.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

ACCESS_LIFETIME = timedelta(minutes=10)
SIGNS_FOR = timedelta(days=30)
SHOWN_AHEAD = timedelta(hours=1)
SHOWN_AFTER = ACCESS_LIFETIME + timedelta(hours=1)


@dataclass(frozen=True)
class SigningKey:
    id: str
    private_pem: str
    signs_from: datetime


def next_signs_from(keys: Sequence[SigningKey], now: datetime) -> datetime | None:
    """From when on a key that is made now is to sign; None while none needs to be made."""
    if not keys:
        return now
    newest = max(key.signs_from for key in keys)
    return now + SHOWN_AHEAD if now >= newest + SIGNS_FOR - SHOWN_AHEAD else None


def signing_key(keys: Sequence[SigningKey], now: datetime) -> SigningKey:
    """The newest that signs already."""
    return max((key for key in keys if key.signs_from <= now), key=lambda key: key.signs_from)


def shown(keys: Sequence[SigningKey], now: datetime) -> list[SigningKey]:
    """What the key set has: every key but those that stopped signing long enough ago."""
    in_order = sorted(keys, key=lambda key: key.signs_from)
    successors: list[SigningKey | None] = [*in_order[1:], None]
    return [
        key
        for key, successor in zip(in_order, successors, strict=True)
        if successor is None or now < successor.signs_from + SHOWN_AFTER
    ]
