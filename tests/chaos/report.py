"""What a run of faults came to: a table by fault, and how many requests were answered from second to second."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from statistics import mean

from tests.chaos.course import Story
from tests.chaos.people import Outcome

BIN_SECONDS = 1.0


def availability(story: Story) -> list[tuple[float, float]]:
    """The share of requests that did what they were asked, in percent, by the second in which they were answered."""
    return [(second, 100 * sum(goods) / len(goods)) for second, goods in _by_second(story, lambda one: one.good)]


def slowest(story: Story) -> list[tuple[float, float]]:
    """The time in milliseconds within which 99 % of the requests of a second were answered."""
    by_second = _by_second(story, lambda one: one.seconds)
    return [(second, 1_000 * sorted(times)[(len(times) - 1) * 99 // 100]) for second, times in by_second]


def table(story: Story) -> str:
    """By fault: how often it happened, and how many requests failed how long after it had begun."""
    by_name = defaultdict(list)
    for one in story.happened:
        by_name[one.name].append(one)
    lines = [f"{'fault':<28} times  lasted s  failed requests  the last one after s (mean, worst)"]
    for name, ones in sorted(by_name.items()):
        lasted, failed = mean(one.lasted_seconds for one in ones), mean(one.failed for one in ones)
        until = [one.failing_seconds for one in ones]
        figures = f"{lasted:>8.1f}  {failed:>15.1f}  {mean(until):>6.1f} {max(until):>6.1f}"
        lines.append(f"{name:<28} {len(ones):>5}  {figures}")
    return "\n".join(lines)


def summary(story: Story) -> dict[str, object]:
    """The figures of a run, as they are kept beside its plot."""
    good = sum(one.good for one in story.outcomes)
    return {
        "faults": len(story.happened),
        "requests": len(story.outcomes),
        "answered_percent": round(100 * good / max(1, len(story.outcomes)), 2),
        **story.deeds,
        "by_fault": [
            {"name": one.name, "at": round(one.at - story.began, 1), "lasted_seconds": round(one.lasted_seconds, 1),
             "failed": one.failed, "failing_seconds": round(one.failing_seconds, 1)}
            for one in story.happened
        ],
    }


def write(story: Story, folder: Path, name: str) -> None:
    """Write ``NAME.json`` into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(summary(story), indent=1) + "\n")


def _by_second(story: Story, value: Callable[[Outcome], float]) -> list[tuple[float, list[float]]]:
    found: dict[int, list[float]] = defaultdict(list)
    for one in story.outcomes:
        found[int((one.at - story.began) // BIN_SECONDS)].append(value(one))
    return [(second * BIN_SECONDS, values) for second, values in sorted(found.items())]
