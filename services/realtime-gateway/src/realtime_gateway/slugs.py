"""Which organization a slug belongs to, as catalog's page settings say it.

Invariant: of one organization's page settings the highest version counts, in whatever order they come.
"""

from datetime import datetime

from common.clock import now
from common.contracts.catalog import PageSettings
from common.envelope import Envelope, MalformedEventError

AGGREGATE = "page_settings"


class Slugs:
    def __init__(self) -> None:
        self._pages: dict[str, tuple[int, PageSettings]] = {}
        # A retired slug is its organization's until then, a present one (None) for as long as it is kept.
        self._owners: dict[str, tuple[str, datetime | None]] = {}

    def organization(self, slug: str) -> str | None:
        owner = self._owners.get(slug)
        if owner is None:
            return None
        organization_id, until = owner
        return organization_id if until is None or until > now() else None

    def learn(self, event: Envelope) -> None:
        """Take in a page_settings event. Raises MalformedEventError."""
        settings = event.payload()
        if not isinstance(settings, PageSettings):
            raise MalformedEventError(f"{event.type} carries no page settings")
        organization_id = event.organization_id
        known_version, known = self._pages.get(organization_id, (0, None))
        if event.sequence <= known_version:
            return
        self._pages[organization_id] = (event.sequence, settings)
        if known is not None:
            for slug in (known.slug, *(retired.slug for retired in known.retired_slugs)):
                if self._owners.get(slug, ("", None))[0] == organization_id:
                    del self._owners[slug]
        for retired in settings.retired_slugs:
            # Once it is free again another organization may have taken it.
            if self._owners.get(retired.slug, ("", now()))[1] is not None:
                self._owners[retired.slug] = (organization_id, retired.until)
        self._owners[settings.slug] = (organization_id, None)
