"""What single things cost."""

from __future__ import annotations

from claps.planning.figures import ELSEWHERE, NAMES, REFERENCE, WHAT, Figures, unit_of


def test_every_figure_has_words_a_unit_and_an_origin() -> None:
    figures = Figures(origins={"send_us": "here"})

    assert list(WHAT) == list(NAMES)
    assert {unit_of(name) for name in NAMES} == {"µs", "bytes", "ms", "per second"}
    assert figures.origin("send_us") == "here"
    assert figures.origin("redis_deliveries") == ELSEWHERE["redis_deliveries"]
    assert figures.origin("poll_us") == REFERENCE


def test_every_figure_is_more_than_nothing() -> None:
    assert all(getattr(Figures(), name) > 0 for name in NAMES)
