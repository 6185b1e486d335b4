"""Routes of catalog: the page's settings and layout, services and their status."""

from pydantic import BaseModel, ConfigDict

PREFIX = "/api/catalog/v1"


class Input(BaseModel):
    """Base of every request body: what is not known is refused, so that a typing error is never half applied."""

    model_config = ConfigDict(extra="forbid")
