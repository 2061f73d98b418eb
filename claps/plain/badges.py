"""Counts as small pictures (SVG) for pages of others, where nothing but a picture may stand."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from html import escape

from claps.plain.colours import ACCENT, ink_on, parse_colour
from claps.plain.errors import Invalid

# What a picture may do that somebody opens by itself: nothing but look as it does.
POLICY = "default-src 'none'; style-src 'unsafe-inline'"
THEMES = ("auto", "light", "dark")
LABEL_LENGTH = 40
HEIGHT = 24
_EDGE, _HANDS_WIDTH = 8, 20
_LETTER = 11
# DejaVu Sans, which Verdana is as wide as, from the blank to the tilde: hundredths of a letter's height. A picture
# cannot measure its text; it says how wide it is, and whoever has another font stretches it a little.
_WIDTHS = (
    32, 40, 46, 84, 64, 95, 78, 27, 39, 39, 50, 84, 32, 36, 32, 34, 64, 64, 64, 64, 64, 64, 64, 64, 64, 64, 34, 34,
    84, 84, 84, 53, 100, 68, 69, 70, 77, 63, 58, 77, 75, 29, 29, 66, 56, 86, 75, 79, 60, 79, 69, 63, 61, 73, 68, 99,
    69, 61, 69, 39, 34, 39, 84, 50, 50, 61, 63, 55, 63, 62, 35, 63, 63, 28, 28, 58, 28, 97, 63, 61, 63, 63, 41, 52,
    39, 63, 59, 82, 59, 59, 52, 64, 34, 64, 84,
)
_BOLD = 1.1
_HANDS = (
    '<path d="M20 1.5l.2 3M25.5 3l-1.3 2.7M30 7.5l-2.6 1.5" stroke-width="1.9"/><g transform="rotate(-35 14 19)">'
    '<path d="M13.5 17V6.5M16.7 17V4.5M19.9 17V5M23.1 17V8M13.5 17h9.6v4.5" opacity=".5"/><path d="M7 20v-7M10.2 19V10'
    'M13.4 19V9.5M16.6 19v-7M18.2 22l3.5-4.5M7 19h9.6v3.5a4.8 4.8 0 0 1-9.6 0z"/></g>'
)
# The strokes of the hands have the colour of the text, which fills it.
_LIGHT = ".p{fill:#f6eee6}.t{fill:#22201c;color:#22201c}"
_DARK = ".p{fill:#2a2420}.t{fill:#e6e1d8;color:#e6e1d8}"


@dataclass(frozen=True, slots=True)
class Look:
    """How a badge looks: its colour as six digits, its theme, and the word before the number."""

    colour: str = ACCENT
    theme: str = "auto"
    label: str = "claps"


def parse_look(*, colour: str = "", theme: str = "", label: str | None = None) -> Look:
    """Read how a badge is wanted; what is empty is as it is by default, but a label may be empty.

    :raises Invalid: there is no such colour or theme, or the label is too long.
    """
    if theme not in ("", *THEMES):
        raise Invalid("theme", "A theme is auto, light or dark.")
    said = "claps" if label is None else " ".join(label.split())
    # What no XML may hold is no letter of any word.
    said = "".join(letter for letter in said if unicodedata.category(letter) not in ("Cc", "Cs", "Cn", "Co"))
    if len(said) > LABEL_LENGTH:
        raise Invalid("label", f"A label has at most {LABEL_LENGTH} letters.")
    return Look(parse_colour(colour) if colour else ACCENT, theme or "auto", said)


def draw_badge(claps: int | None, look: Look) -> str:
    """Draw a count with its label.

    :param claps: None where there is nothing to tell, or it is kept from readers.
    """
    count = "" if claps is None else f"{claps:,}"
    label_width, count_width = _width(look.label), _width(count) * _BOLD
    split = _EDGE + _HANDS_WIDTH + (label_width + 6 if look.label else 0)
    wide = round(split + (count_width + 2 * _EDGE if count else 2), 1)
    said = escape(f"{count} {look.label or 'claps'}".strip())
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:g}" height="{HEIGHT}" viewBox="0 0 {wide:g} {HEIGHT}" '
        f'role="img" aria-label="{said}"><title>{said}</title><style>{_style(look)}</style>',
        f'<clipPath id="r"><rect width="{wide:g}" height="{HEIGHT}" rx="5"/></clipPath><g clip-path="url(#r)">'
        f'<rect class="p" width="{wide:g}" height="{HEIGHT}"/>',
        f'<rect x="{split:g}" width="{wide - split:g}" height="{HEIGHT}" fill="#{look.colour}"/>' if count else "",
        '</g><g class="t" transform="translate(7 4) scale(.5)" stroke="currentColor" stroke-linecap="round" '
        f'stroke-width="2.7">{_HANDS}</g>',
        f'<g font-family="Verdana,DejaVu Sans,Geneva,sans-serif" font-size="{_LETTER}">',
        _text(look.label, _EDGE + _HANDS_WIDTH, label_width, 'class="t"') if look.label else "",
        _text(count, split + _EDGE, count_width, f'font-weight="700" fill="#{ink_on(look.colour)}"') if count else "",
        "</g></svg>\n",
    ]
    return "".join(parts)


def _style(look: Look) -> str:
    if look.theme == "auto":
        return f"{_LIGHT}@media(prefers-color-scheme:dark){{{_DARK}}}"
    return _DARK if look.theme == "dark" else _LIGHT


def _text(text: str, x: float, width: float, more: str) -> str:
    return f'<text x="{x:g}" y="16" textLength="{width:g}" lengthAdjust="spacingAndGlyphs" {more}>{escape(text)}</text>'


def _width(text: str) -> float:
    return round(sum(map(_letter_width, text)) * _LETTER / 100, 1)


def _letter_width(letter: str) -> int:
    code = ord(letter) - 32
    if 0 <= code < len(_WIDTHS):
        return _WIDTHS[code]
    if unicodedata.combining(letter):
        return 0
    return 105 if unicodedata.east_asian_width(letter) in "WF" else 66
