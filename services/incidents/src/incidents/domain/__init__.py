"""What incidents decides: the incident and its lifecycle, and the templates that one is opened by. Pure: time and ids are arguments."""

from typing import Protocol

SERVICES_MAX = 500


class NamedService(Protocol):
    """What a domain here must know of a service that is named: what it is called, who may see it, and whether it still exists."""

    @property
    def name(self) -> str: ...

    @property
    def is_public(self) -> bool: ...

    @property
    def is_deleted(self) -> bool: ...
