"""What a benchmark found: a figure, its bound, and their ratio."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Literal

RESULTS = Path(__file__).parent / "results"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number.

    :param bound: what the design promises; None for a figure that only explains another.
    :param good: whether the figure must be ``under`` its bound or ``over`` it.
    """

    what: str
    value: float
    unit: str
    bound: float | None = None
    good: Literal["under", "over"] = "under"

    @property
    def ratio(self) -> float | None:
        """The figure divided by its bound."""
        return self.value / self.bound if self.bound else None

    @property
    def missed(self) -> bool:
        """True when the bound was not kept."""
        if self.bound is None:
            return False
        return self.value > self.bound if self.good == "under" else self.value < self.bound

    def line(self) -> str:
        """The figure as one line of the table."""
        if self.bound is None or self.ratio is None:
            return f"  {self.what:<58}{show(self.value):>10} {self.unit}"
        sign = "<" if self.good == "under" else ">"
        verdict = "MISSED" if self.missed else "kept"
        bound = f"{sign} {show(self.bound)}"
        return f"  {self.what:<58}{show(self.value):>10} {self.unit:<14}{bound:>10}{self.ratio:>8.2f}  {verdict}"


HEAD = f"  {'figure':<58}{'':>10} {'':<14}{'bound':>10}{'ratio':>8}"


def show(value: float) -> str:
    """Write a number with three digits that matter."""
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}"


def middle(values: Sequence[float]) -> float:
    """The median; 0 of nothing."""
    return median(values) if values else 0.0


def keep(name: str, figures: Sequence[Figure], *, seconds: float, folder: Path = RESULTS) -> Path:
    """Write a benchmark's figures as JSON; return where."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.json"
    told = {
        "benchmark": name,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 1),
        "machine": {"cores": os.cpu_count(), "kernel": platform.release(), "python": platform.python_version()},
        "missed": any(figure.missed for figure in figures),
        "figures": [{**asdict(figure), "ratio": figure.ratio, "missed": figure.missed} for figure in figures],
    }
    path.write_text(json.dumps(told, indent=1) + "\n")
    return path
