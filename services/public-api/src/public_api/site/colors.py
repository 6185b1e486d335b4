"""An organization's own colour, made lighter or darker until text in it can be read (WCAG 2.1, 4.5 to 1)."""

import colorsys

READABLE = 4.5
LIGHT, DARK = "#ffffff", "#14181d"
"""The page's background by day and by night; style.css has the same."""
_STEPS = 100


def readable(color: str, background: str) -> str:
    """The nearest lightness of the same hue that stands out from the background."""
    hue, lightness, saturation = colorsys.rgb_to_hls(*_channels(color))
    towards = 0.0 if luminance(background) > 0.5 else 1.0
    for step in range(_STEPS + 1):
        lighter = lightness + (towards - lightness) * step / _STEPS
        found = _hex(colorsys.hls_to_rgb(hue, lighter, saturation))
        if contrast(found, background) >= READABLE:
            return found
    raise AssertionError("black and white always stand out")


def contrast(one: str, other: str) -> float:
    """Between 1 and 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(color: str) -> float:
    linear = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in _channels(color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _channels(color: str) -> tuple[float, float, float]:
    red, green, blue = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def _hex(channels: tuple[float, float, float]) -> str:
    return "#" + "".join(f"{round(value * 255):02x}" for value in channels)
