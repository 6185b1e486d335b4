"""What a route needs of its caller, said in one visible place: its parameter of type Viewer, Responder or Admin, or the mark `@public`.

    @router.get("/pages/{slug}")
    @public
    async def read_page(slug: Slug) -> Response:

A test walks all routes of all services and refuses one that says nothing, or two things.
"""

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from fastapi.dependencies.models import Dependant

_ATTRIBUTE = "tidings_access"
_Marked = TypeVar("_Marked", bound=Callable[..., Any])


def needs(what: str) -> Callable[[_Marked], _Marked]:
    """Marks an endpoint, or a dependency that lets nobody else pass, with what it needs of a caller."""

    def mark(function: _Marked) -> _Marked:
        setattr(function, _ATTRIBUTE, what)
        return function

    return mark


public = needs("public")
"""Nothing: the route is for everybody."""


def access_of(dependant: Dependant) -> set[str]:
    """All that a route says it needs: of its own, and by what it depends on."""
    return {str(getattr(call, _ATTRIBUTE)) for call in _calls(dependant) if hasattr(call, _ATTRIBUTE)}


def _calls(dependant: Dependant) -> Iterator[object]:
    yield dependant.call
    for inner in dependant.dependencies:
        yield from _calls(inner)
