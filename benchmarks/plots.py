"""Plots as SVG, for documents: readable on light and on dark, the same bytes for the same figures.

Matplotlib draws them in three marker colours, which are then replaced by CSS variables with a value for each
scheme. Text stays text, so that a plot is a few kilobytes and can be searched.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter

from benchmarks.figures import show

PAPER, INK, FAINT = "#fdfdfe", "#010102", "#cdcdce"
SCHEMES = (
    "<style>svg{--paper:#fff;--ink:#1f2328;--faint:#d1d9e0}"
    "@media (prefers-color-scheme:dark){svg{--paper:#0d1117;--ink:#e6edf3;--faint:#3d444d}}</style>"
)
# Told apart by those who see no red or no green, and on both papers.
COLOURS = ("#2f81f7", "#d9822b", "#1a9e77", "#c2559d", "#8b6fd8", "#8c8f1d", "#d1495b", "#7d8590")
STYLE: dict[Any, Any] = {
    "svg.fonttype": "none", "svg.hashsalt": "claps", "font.size": 10, "font.family": "sans-serif",
    "path.simplify_threshold": 0.5, "axes.spines.top": False, "axes.spines.right": False,
    "figure.facecolor": PAPER, "axes.facecolor": PAPER, "text.color": INK, "axes.labelcolor": INK,
    "axes.edgecolor": INK, "xtick.color": INK, "ytick.color": INK, "grid.color": FAINT,
    "legend.frameon": False, "lines.linewidth": 1.6,
}
INCHES = (7.6, 3.8)
WIDE_INCHES = 9.6


def line_plot(
    path: Path, *, title_text: str, x_text: str, y_text: str,
    series: Mapping[str, Sequence[tuple[float, float]]],
    log_x: bool = False, log_y: bool = False, marks: Sequence[tuple[float, str]] = (),
) -> None:
    """Draw lines through points.

    :param series: the points, ``(x, y)``, of each line, by what the legend calls it.
    :param marks: places on the x axis with a word at each, where something happened.
    """
    with matplotlib.rc_context(STYLE):
        figure, axes = _open(title_text)
        for number, (name, points) in enumerate(series.items()):
            axes.plot(
                [x for x, _ in points], [y for _, y in points], label=name, color=COLOURS[number % len(COLOURS)],
                marker="o" if len(points) <= 20 else "", markersize=3.5,
            )
        _scale(axes, "x", log=log_x)
        _scale(axes, "y", log=log_y)
        axes.set(xlabel=x_text, ylabel=y_text)
        axes.grid(True, linewidth=0.6)
        if len(series) > 1:
            axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
        for x, word in marks:
            axes.axvline(x, color=INK, linewidth=0.8, linestyle=":")
            axes.annotate(
                f" {word}", (x, 1), xycoords=("data", "axes fraction"), rotation=90, va="top", ha="right", fontsize=8,
            )
        _save(figure, path)


def stacked_plot(
    path: Path, *, title_text: str, x_text: str,
    panels: Mapping[str, Sequence[tuple[float, float]]], log: Sequence[str] = (),
    marks: Sequence[tuple[float, str]] = (),
) -> None:
    """Draw lines one above the other, over the same x axis.

    :param panels: the points, ``(x, y)``, of each line, by what its y axis is called.
    :param log: the y axes that are scaled so.
    :param marks: as of :func:`line_plot`; the words stand over the first line.
    """
    with matplotlib.rc_context(STYLE):
        figure = Figure(figsize=(WIDE_INCHES, 1.9 * len(panels) + 1.4), layout="constrained")
        rows = figure.subplots(len(panels), 1, sharex=True)
        for number, (axes, (name, points)) in enumerate(zip(rows, panels.items(), strict=True)):
            for x, word in marks:
                axes.axvline(x, color=FAINT, linewidth=0.8, zorder=0)
                if number == 0:
                    axes.annotate(
                        word, (x, 1), xycoords=("data", "axes fraction"), rotation=90, va="bottom", ha="center",
                        fontsize=6, annotation_clip=False,
                    )
            axes.plot([x for x, _ in points], [y for _, y in points], color=COLOURS[number], linewidth=1.1)
            _scale(axes, "y", log=name in log)
            axes.set(ylabel=name)
            axes.grid(True, axis="y", linewidth=0.6)
        _scale(rows[-1], "x", log=False)
        rows[-1].set(xlabel=x_text)
        figure.suptitle(title_text, x=0.01, ha="left", fontsize=11)
        _save(figure, path)


def bar_plot(
    path: Path, *, title_text: str, unit_text: str, bars: Mapping[str, Mapping[str, float]], log: bool = False
) -> None:
    """Draw horizontal bars in groups, each with its number behind it.

    :param bars: group, label within the group, value; a label has one colour in all groups.
    """
    labels = list(dict.fromkeys(label for group in bars.values() for label in group))
    rows: list[tuple[float, str, float]] = []
    places: list[float] = []
    row = 0.0
    for group in bars.values():
        start = row
        for label, value in group.items():
            rows.append((row, label, value))
            row += 1
        places.append((start + row - 1) / 2)
        row += 0.7
    with matplotlib.rc_context(STYLE):
        figure, axes = _open(title_text, height=1.2 + 0.24 * row)
        for label in labels:
            mine = [(at, value) for at, name, value in rows if name == label]
            colour = COLOURS[labels.index(label) % len(COLOURS)]
            drawn = axes.barh([at for at, _ in mine], [value for _, value in mine], color=colour, label=label)
            axes.bar_label(drawn, labels=[show(value) for _, value in mine], padding=3, fontsize=8)
        axes.set_yticks(places, list(bars))
        axes.tick_params(axis="y", length=0)
        axes.invert_yaxis()
        axes.set(xlabel=unit_text)
        _scale(axes, "x", log=log)
        axes.margins(x=0.12)
        if len(labels) > 1:
            axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0))
        _save(figure, path)


def _open(title_text: str, *, height: float = INCHES[1]) -> tuple[Figure, Axes]:
    # Not pyplot: it keeps every figure, and looks for a display.
    figure = Figure(figsize=(INCHES[0], height), layout="constrained")
    axes = figure.add_subplot()
    axes.set_title(title_text, loc="left", fontsize=11)
    axes.set_axisbelow(True)
    return figure, axes


def _scale(axes: Axes, which: str, *, log: bool) -> None:
    axis = axes.xaxis if which == "x" else axes.yaxis
    if log:
        axes.set(**{f"{which}scale": "log"})
        axis.set_major_locator(LogLocator(base=10, numticks=12))
        axis.set_minor_formatter(NullFormatter())
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.6g}" if abs(value) < 1e6 else f"{value:,.0f}"))


def _save(figure: Figure, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, format="svg", metadata={"Date": None, "Creator": None, "Type": None, "Format": None})
    text = path.read_text()
    for colour, name in ((PAPER, "paper"), (INK, "ink"), (FAINT, "faint")):
        text = text.replace(colour, f"var(--{name})")
    text = re.sub(r"<metadata>.*?</metadata>", "", text, flags=re.DOTALL)
    text = re.sub(r"(\d\.\d\d)\d+", r"\1", text)
    text = re.sub(r"font(-family)?: ([0-9.]+px )?'DejaVu[^;\"]*", r"font\1: \2system-ui, sans-serif", text)
    path.write_text(re.sub(r"(<svg [^>]*>)", rf"\1{SCHEMES}", text, count=1))
