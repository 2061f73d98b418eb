"""How what other websites show shall look."""

from __future__ import annotations

import pytest

from claps.plain.errors import Invalid, Malformed
from claps.web.embedding import Look, read_look, spell_look


@pytest.mark.parametrize("asked", [{"color": "0a0", "theme": "dark"}, {"colour": "#00AA00", "dark": "1"}])
def test_colour_and_theme_go_by_two_names(asked: dict[str, str]) -> None:
    assert read_look(asked) == Look("00aa00", "dark")


def test_what_is_not_said_is_as_the_reader_has_it() -> None:
    assert read_look({}) == Look("", "auto")
    assert spell_look({"dark": "0"}) == ("", "light")
    assert spell_look({"theme": "auto", "dark": "1"}) == ("", "auto")


def test_what_there_is_not_is_refused() -> None:
    with pytest.raises(Malformed):
        read_look({"theme": "blue"})
    with pytest.raises(Invalid):
        read_look({"color": "red;}"})
