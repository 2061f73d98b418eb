"""What a run of faults came to: figures by fault, and how many requests were answered from second to second."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Callable, Mapping
from pathlib import Path
from statistics import median
from typing import Any, get_args

from benchmarks import plots
from tests.chaos.course import Story
from tests.chaos.people import Act, Outcome

BIN_SECONDS = 2.0
ACTS: tuple[Act, ...] = get_args(Act)
Points = list[tuple[float, float]]
# So many names stand beside each other over a plot.
NAMES_ACROSS = 80
RESULTS = Path(__file__).parent / "results"


def availability(story: Story, act: Act) -> Points:
    """The share of requests that did what they were asked, in percent, by the seconds in which they were answered."""
    goods_by_time = _by_time(story, lambda one: one.good if one.act == act else None)
    return [(second, round(100 * sum(goods) / len(goods), 1)) for second, goods in goods_by_time]


def slowest(story: Story) -> Points:
    """The time in milliseconds within which 99 % of the requests of some seconds were answered."""
    by_second = _by_time(story, lambda one: one.seconds)
    return [(second, round(1_000 * sorted(times)[(len(times) - 1) * 99 // 100], 1)) for second, times in by_second]


def summary(story: Story, *, seed: int) -> dict[str, Any]:
    """The figures of a run, as they are kept."""
    good = sum(one.good for one in story.outcomes)
    return {
        "seed": seed,
        "faults": len(story.happened),
        "minutes": round((max(one.at for one in story.outcomes) - story.began) / 60, 1),
        "requests": len(story.outcomes),
        "answered_percent": round(100 * good / max(1, len(story.outcomes)), 2),
        **story.deeds,
        **story.wrong,
        "by_fault": [
            {
                "name": one.name, "at": round(one.at - story.began, 1), "lasted_seconds": round(one.lasted_seconds, 1),
                "asked": {act: one.asked[act] for act in ACTS}, "answered": {act: one.answered[act] for act in ACTS},
                "failed": one.failed, "failing_seconds": round(one.failing_seconds, 1),
                "recovery_seconds": round(one.recovery_seconds, 1),
            }
            for one in story.happened
        ],
        "answered": {act: availability(story, act) for act in ACTS},
        "p99_ms": slowest(story),
    }


def join(first: Mapping[str, Any], second: Mapping[str, Any]) -> dict[str, Any]:
    """Put two runs of the same town one behind the other."""
    shift = first["minutes"] * 60
    good = sum(one["answered_percent"] * one["requests"] for one in (first, second))

    def later(points: Points) -> Points:
        return [(second_of + shift, value) for second_of, value in points]

    sums = {name: first[name] + second[name] for name, value in first.items() if isinstance(value, int | float)}
    return {
        **sums,
        "seed": f"{first['seed']}, {second['seed']}",
        "minutes": round(sums["minutes"], 1),
        "answered_percent": round(good / max(1, sums["requests"]), 2),
        "by_fault": [*first["by_fault"], *({**one, "at": round(one["at"] + shift, 1)} for one in second["by_fault"])],
        "answered": {act: [*first["answered"][act], *later(second["answered"][act])] for act in ACTS},
        "p99_ms": [*first["p99_ms"], *later(second["p99_ms"])],
    }


def table(told: Mapping[str, Any]) -> str:
    """By fault: how often it happened, what was answered meanwhile, and when the last request failed."""
    heads = "times  lasted s  claps % pages % writing %  last failure s from begin, and from end (median, worst)"
    lines = [f"{'fault':<28} {heads}"]
    for name, ones in sorted(by_name(told).items()):
        lasted, shares = median(one["lasted_seconds"] for one in ones), answered_percents(ones)
        begin, end = ([one[key] for one in ones] for key in ("failing_seconds", "recovery_seconds"))
        times = f"{median(begin):>10.1f} {max(begin):>6.1f} {median(end):>10.1f} {max(end):>6.1f}"
        answered = " ".join(f"{share:>7}" for share in shares)
        lines.append(f"{name:<28} {len(ones):>5}  {lasted:>8.1f}  {answered}  {times}")
    return "\n".join(lines)


def by_name(told: Mapping[str, Any]) -> dict[str, list[dict[str, Any]]]:
    """The faults of a run that were of one kind."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for one in told["by_fault"]:
        found[one["name"]].append(one)
    return found


def answered_percents(ones: list[dict[str, Any]]) -> list[str]:
    """The shares of claps, pages and writing that were answered while faults lasted."""
    told = []
    for act in ACTS:
        asked, answered = (sum(int(one[key][act]) for one in ones) for key in ("asked", "answered"))
        told.append(f"{100 * answered / asked:.0f}" if asked else "–")
    return told


def keep(told: Mapping[str, Any], kind: str, folder: Path = RESULTS) -> Path:
    """Write ``KIND.json`` into a folder, one entry a line."""
    folder.mkdir(parents=True, exist_ok=True)
    lines = []
    for key, value in told.items():
        text = json.dumps(value)
        if key == "by_fault":
            text = "[\n" + ",\n".join(f"  {json.dumps(one)}" for one in value) + "\n ]"
        lines.append(f" {json.dumps(key)}: {text}")
    path = folder / f"{kind}.json"
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n")
    return path


def read(kind: str) -> dict[str, Any]:
    """What was kept of a kind of town; empty when nothing was."""
    path = RESULTS / f"{kind}.json"
    return dict(json.loads(path.read_text())) if path.exists() else {}


def plot(told: Mapping[str, Any], path: Path, *, title_text: str) -> None:
    """Draw the shares of requests that were answered and the slowest of them, with every fault marked."""
    answered = {f"% of {act}": points for act, points in told["answered"].items()}
    plots.stacked_plot(
        path, title_text=title_text, x_text="seconds", panels={**answered, "p99 (ms)": told["p99_ms"]},
        log=["p99 (ms)"], marks=_marks(told),
    )


def _marks(told: Mapping[str, Any]) -> list[tuple[float, str]]:
    """A line for each fault, with its name where there is room for it."""
    room = told["minutes"] * 60 / NAMES_ACROSS
    marks, named_at = [], -math.inf
    for one in told["by_fault"]:
        has_room = one["at"] - named_at >= room
        named_at = one["at"] if has_room else named_at
        marks.append((one["at"], one["name"] if has_room else ""))
    return marks


def _by_time(story: Story, value: Callable[[Outcome], float | None]) -> list[tuple[float, list[float]]]:
    found: dict[int, list[float]] = defaultdict(list)
    for one in story.outcomes:
        if (known := value(one)) is not None:
            found[int((one.at - story.began) // BIN_SECONDS)].append(known)
    return [(second * BIN_SECONDS, values) for second, values in sorted(found.items())]
