"""One shape for each state, told apart without colour; and the page's icon in a browser's tab, which shows the state too."""

from collections.abc import Mapping
from urllib.parse import quote

from markupsafe import Markup

SHAPES: Mapping[str, Markup] = {
    "operational": Markup('<circle cx="12" cy="12" r="11"/><path d="m6.5 12.5 4 4 7-8"/>'),
    "degraded": Markup('<path d="M12 1 23.5 22H.5z" stroke="none"/><path d="M12 9v6m0 2v2"/>'),
    "partial_outage": Markup('<path d="m12 0 12 12-12 12L0 12z" stroke="none"/><path d="M7 12h10"/>'),
    "major_outage": Markup(
        '<path d="M7.5 1h9L23 7.5v9L16.5 23h-9L1 16.5v-9z" stroke="none"/><path d="m8 8 8 8m0-8-8 8"/>'
    ),
    "maintenance": Markup('<rect x="1" y="1" width="22" height="22" rx="4"/><path d="M9 7v10m6-10v10"/>'),
    "none": Markup('<circle cx="12" cy="12" r="11"/><path d="M7 12h10"/>'),
}
_COLORS = {
    "operational": "#1a7f4b",
    "degraded": "#b07500",
    "partial_outage": "#d05400",
    "major_outage": "#d02030",
    "maintenance": "#0b62b8",
    "none": "#7a8590",
}


def favicon(kind: str) -> str:
    """As an address that holds the picture itself."""
    picture = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="{_COLORS[kind]}" stroke="#fff"'
        f' stroke-width="2.5">{SHAPES[kind]}</svg>'
    )
    return "data:image/svg+xml," + quote(picture, safe=" ='/:")
