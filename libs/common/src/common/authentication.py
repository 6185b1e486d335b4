"""Who calls, by what they send: an access token of an issuer that is believed, or an API key of an organization."""

from common.claims import InvalidTokenError, Principal
from common.contracts.identity import KEY_PREFIX
from common.known_access import AccessUnknownError, KnownAccess
from common.tokens import KeysUnavailableError, Verifier


class Authenticator:
    def __init__(self, verifier: Verifier, known: KnownAccess) -> None:
        self.known = known
        self._verifier = verifier

    async def principal(self, token: str) -> Principal:
        """Raises InvalidTokenError, whatever is wrong, or KeysUnavailableError when nothing can be said now."""
        if token.startswith(KEY_PREFIX):
            return await self._of_key(token)
        principal = await self._verifier.verify(token)
        if not self.known.allows(principal):
            raise InvalidTokenError("revoked")
        return principal

    async def _of_key(self, token: str) -> Principal:
        try:
            key = await self.known.find_key(token)
        except AccessUnknownError as error:
            raise KeysUnavailableError(str(error)) from error
        await self.known.note_use(key)
        return key.principal()
