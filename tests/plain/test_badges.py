"""Counts as small pictures."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from claps.plain.badges import LABEL_LENGTH, Look, draw_badge, parse_look
from claps.plain.errors import Invalid

SVG = "{http://www.w3.org/2000/svg}"


def texts_of(svg: str) -> list[str]:
    """What is written in a picture, its name first."""
    return [node.text or "" for node in ElementTree.fromstring(svg).iter() if node.tag in (SVG + "title", SVG + "text")]


def test_a_badge_says_how_many_to_eyes_and_to_screen_readers() -> None:
    svg = draw_badge(1235, Look())

    assert texts_of(svg) == ["1,235 claps", "claps", "1,235"]
    assert ElementTree.fromstring(svg).get("aria-label") == "1,235 claps"


def test_a_count_that_is_kept_from_readers_is_not_in_the_picture() -> None:
    assert texts_of(draw_badge(None, Look())) == ["claps", "claps"]


def test_a_label_is_text_whatever_is_in_it() -> None:
    label = '</text><script>&"\''

    assert texts_of(draw_badge(1, Look(label=label))) == [f"1 {label}", label, "1"]


def test_a_badge_is_as_wide_as_what_is_written_on_it() -> None:
    widths = [float(ElementTree.fromstring(draw_badge(n, Look(label=label))).attrib["width"])
              for n, label in ((1, ""), (1, "claps"), (1_000_000, "claps"), (1_000_000, "拍手拍手拍手拍手"))]

    assert widths == sorted(set(widths))


def test_a_theme_is_the_readers_own_unless_one_is_named() -> None:
    auto, light, dark = (draw_badge(1, Look(theme=theme)) for theme in ("auto", "light", "dark"))

    assert "prefers-color-scheme" in auto
    assert "prefers-color-scheme" not in light + dark and light != dark


def test_a_look_is_read_from_what_was_asked() -> None:
    assert parse_look() == Look("c0390f", "auto", "claps")
    assert parse_look(colour="green", theme="dark", label="  well \n done\x00 ") == Look("008000", "dark", "well done")
    assert parse_look(label="").label == ""


@pytest.mark.parametrize("asked", [{"colour": "x"}, {"theme": "blue"}, {"label": "x" * (LABEL_LENGTH + 1)}])
def test_what_no_badge_can_look_like_is_refused(asked: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        parse_look(**asked)
