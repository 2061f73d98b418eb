"""Rows of numbers as pictures: the paths of an SVG, which the page's style sheet colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

HEIGHT = 100
# In units of the view box, which is stretched to the width that the page has.
STEP = 10
BARS_MOST = 62


@dataclass(frozen=True, slots=True)
class Chart:
    """One picture: what came, as bars or as an area, and what came in the time before, as a line.

    :ivar top: the highest number of both, which is as high as the picture; 0 where there is nothing.
    """

    width: int
    height: int
    top: int
    bars: str
    before: str


def chart_of(values: Sequence[int], before: Sequence[int] = ()) -> Chart:
    """Draw numbers; what is less than nothing, because more was taken back than given, is drawn as nothing.

    :param before: the numbers of the time before, as many; drawn only when there are some.
    """
    top = max([0, *values, *before])
    draw = _bars if len(values) <= BARS_MOST else _area
    line = _line(before, top) if any(before) else ""
    return Chart(STEP * len(values), HEIGHT, top, draw(values, top), line)


def _height(value: int, top: int) -> int:
    return round(HEIGHT * max(0, value) / top) if top else 0


def _bars(values: Sequence[int], top: int) -> str:
    wide = STEP - 2
    bars = ((place, max(1, _height(value, top))) for place, value in enumerate(values) if value > 0)
    return "".join(f"M{STEP * place + 1} {HEIGHT}v-{high}h{wide}v{high}z" for place, high in bars)


def _area(values: Sequence[int], top: int) -> str:
    if not any(value > 0 for value in values):
        return ""
    steps = "".join(f"V{HEIGHT - _height(value, top)}h{STEP}" for value in values)
    return f"M0 {HEIGHT}{steps}V{HEIGHT}z"


def _line(values: Sequence[int], top: int) -> str:
    first, *others = (HEIGHT - _height(value, top) for value in values)
    return f"M0 {first}h{STEP}" + "".join(f"V{high}h{STEP}" for high in others)
