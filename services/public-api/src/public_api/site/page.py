"""The page for people: HTML of an organization's document. Pure, and a function of the document alone."""

import base64
import hashlib
import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from public_api.pages import Content

_HERE = files("public_api.site")
WORDS: Mapping[str, Any] = tomllib.loads((_HERE / "words.toml").read_text())
_STYLE = (_HERE / "style.css").read_text()

_environment = Environment(
    loader=PackageLoader("public_api.site"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.globals["words"] = WORDS


def index(document: Mapping[str, Any]) -> Content:
    """What is at the page's own address."""
    return _html("index.html", page=document)


def _html(template: str, **values: object) -> Content:
    style = Markup(_STYLE)
    text = _environment.get_template(template).render(style=style, **values)
    return Content("text/html; charset=utf-8", text, _headers(style))


def _headers(style: str) -> dict[str, str]:
    """Only this style is obeyed, and no script at all."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    policy = (
        "default-src 'none'",
        f"style-src 'sha256-{digest}'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
    return {"Content-Security-Policy": "; ".join(policy), "X-Content-Type-Options": "nosniff"}


MISSING = _html("plain.html", **WORDS["missing"])
NOT_YET = _html("plain.html", **WORDS["not_yet"])
