"""Colours that somebody asks for in an address."""

from __future__ import annotations

import re

from PIL import ImageColor

from claps.plain.errors import Invalid

ACCENT = "c0390f"
_SHAPE = re.compile(r"#?(?:[0-9a-f]{3}|[0-9a-f]{6})|[a-z]{3,20}")
_HEX = re.compile(r"[0-9a-f]{3}|[0-9a-f]{6}")


def parse_colour(text: str) -> str:
    """Read a colour as six hexadecimal digits: ``c0390f``, ``#c03``, or a name that CSS has.

    :raises Invalid: it is none.
    """
    wanted = text.strip().lower()
    if _SHAPE.fullmatch(wanted):
        try:
            red, green, blue = ImageColor.getrgb(f"#{wanted}" if _HEX.fullmatch(wanted) else wanted)[:3]
        except ValueError:
            pass
        else:
            return f"{red:02x}{green:02x}{blue:02x}"
    raise Invalid("color", "A colour is written as c0390f, c03, or with its name in CSS.")


def ink_on(colour: str) -> str:
    """Tell which of black and white is easier to read on a colour (WCAG 2.2, relative luminance)."""
    # Where both have the same contrast; above it black has more.
    return "000" if luminance(colour) > 0.179 else "fff"


def luminance(colour: str) -> float:
    """How light a colour is, from 0 to 1."""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (0, 2, 4))
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
