"""Style sheets: one place for colours, no way to shout."""

from __future__ import annotations

import re

from tests.house.sources import find_lines, list_styles, name_of

NAMED = (
    "aqua|azure|beige|black|blue|brown|coral|crimson|cyan|fuchsia|gold|gray|green|grey|indigo|ivory|khaki|"
    "lavender|lime|linen|magenta|maroon|navy|olive|orange|orchid|pink|plum|purple|red|salmon|silver|snow|"
    "tan|teal|tomato|violet|wheat|white|yellow|[a-z]+(?:blue|gray|green|grey|red|white)"
)
COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|hwb|lab|lch|oklab|oklch|color)a?\(|"
    rf":[^;{{}}]*(?<![\w-])(?:{NAMED})(?![\w-])",
    re.IGNORECASE,
)
QUIET = re.compile(r"/\*.*?\*/|\burl\([^)]*\)|\"[^\"]*\"|'[^']*'", re.DOTALL)
RULE = re.compile(r"([^{};]+)\{")


def strip(css: str) -> str:
    """Take out comments, addresses and quoted texts."""
    return QUIET.sub(" ", css)


def test_there_are_style_sheets() -> None:
    assert "static/css/tokens.css" in [name_of(path) for path in list_styles()]


def test_colours_stand_in_tokens_alone() -> None:
    others = {path: strip(path.read_text()) for path in list_styles() if path.name != "tokens.css"}
    declarations = {path: re.sub(r"[^{};]+(?=\{)", " ", css) for path, css in others.items()}

    found = {name_of(path): COLOUR.findall(css) for path, css in declarations.items()}

    assert not {name: colours for name, colours in found.items() if colours}


def test_nothing_is_styled_by_its_id() -> None:
    selectors = {name_of(path): RULE.findall(strip(path.read_text())) for path in list_styles()}

    assert not [(name, text) for name, found in selectors.items() for text in found if "#" in text]


def test_nothing_is_important() -> None:
    assert not find_lines(r"!\s*important", list_styles())
