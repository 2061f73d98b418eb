"""The plots that documents show."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from benchmarks.plots import bar_plot, line_plot


def draw_lines(path: Path) -> str:
    line_plot(
        path, title_text="Clap to sight", x_text="seconds", y_text="ms", log_y=True,
        series={"half": [(0, 10), (1, 12)], "99 of 100": [(0, 90), (1, 80)]}, marks=[(0.5, "cut")],
    )
    return path.read_text()


def test_the_same_figures_give_the_same_bytes(tmp_path: Path) -> None:
    assert draw_lines(tmp_path / "one.svg") == draw_lines(tmp_path / "two.svg")


def test_lines_are_drawn_with_their_words(tmp_path: Path) -> None:
    text = draw_lines(tmp_path / "lines.svg")

    words = "".join(ElementTree.fromstring(text).itertext())
    assert all(word in words for word in ("Clap to sight", "seconds", "99 of 100", "cut"))
    assert len(text) < 30_000


def test_bars_show_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "bars.svg"

    bar_plot(path, title_text="Fan-out", unit_text="ms", bars={"Claps": {"p50": 52, "p99": 80}, "Other": {"p50": 1902}})

    words = "".join(ElementTree.parse(path).getroot().itertext())
    assert all(word in words for word in ("Claps", "Other", "52", "1,902"))


def test_both_schemes_have_their_colours(tmp_path: Path) -> None:
    text = draw_lines(tmp_path / "lines.svg")

    assert "prefers-color-scheme:dark" in text
    assert "fill: var(--paper)" in text and "stroke: var(--ink)" in text
