"""What makes a password acceptable, and how it is kept: Argon2id, with the parameters that the library recommends.

Every comparison costs the same work, also when there is no account, so that the time of an answer does not tell which addresses have one.
"""

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from common.contracts.rules import RuleError

LENGTH_MIN = 12
LENGTH_MAX = 256
_GUESSES_MIN = 1_000_000
_ESTIMATED_CHARACTERS = 72  # the estimate's time grows with the square of the length

_hasher = PasswordHasher()


def check_password(password: str, *, where: str, about: tuple[str, ...]) -> None:
    """Refuse what is guessed first: short ones, the commonest, what is made of them, and what is made of the texts `about` the person."""
    if not LENGTH_MIN <= len(password) <= LENGTH_MAX:
        raise RuleError("password-length", where, f"A password has {LENGTH_MIN} to {LENGTH_MAX} characters.")
    # The packaged lists of the commonest passwords and words, and what people do to them.
    estimate = zxcvbn(password[:_ESTIMATED_CHARACTERS], user_inputs=[text[:100] for text in about])
    if estimate["guesses"] < _GUESSES_MIN:
        raise RuleError("password-too-common", where, "This is among the first that would be guessed. Choose another.")


def hash_password(password: str) -> str:
    """Slow on purpose, and takes 64 MiB: to be called beside the event loop."""
    return _hasher.hash(_canonical(password))


def matches(password: str, password_hash: str | None) -> bool:
    """Whether it is the password; never without a hash, but no sooner. Slow as `hash_password` is."""
    try:
        return _hasher.verify(password_hash or _nobodys_hash(), _canonical(password)) and password_hash is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(password_hash: str) -> bool:
    """Whether it was made with weaker parameters than today's, to be made anew when the password is next known."""
    return _hasher.check_needs_rehash(password_hash)


def _canonical(password: str) -> bytes:
    # The same letter may come composed or not, depending on the keyboard.
    return unicodedata.normalize("NFKC", password).encode(errors="surrogatepass")


@cache
def _nobodys_hash() -> str:
    return _hasher.hash(b"")
