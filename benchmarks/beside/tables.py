"""What was found side by side, as tables for documents and as a plot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks import plots
from benchmarks.figures import Figure, show

Values = Mapping[str, Mapping[str, float]]
NOTHING = "–"
# Of the peers' time; the design promises it.
FAN_OUT_BOUNDS = {"Nchan": 0.8, "ws": 0.7, "Socket.IO": 0.5}


def bounds(found: Values) -> list[Figure]:
    """The promises that name a peer, with what came of them; those of a peer that was left out are left out."""
    ours = found.get("Claps", {})
    figures = [
        Figure(f"an update to all readers, to {name}'s time", ours[f"to_{name}"], "times", bound)
        for name, bound in FAN_OUT_BOUNDS.items() if f"to_{name}" in ours
    ]
    for key, what in (("connects_per_core", "per core"), ("connects_per_second", "by the clock")):
        theirs = found.get("Socket.IO", {}).get(key)
        if key in ours and theirs:
            figures.append(Figure(f"connects to Socket.IO's, {what}", ours[key] / theirs, "times", 1, good="over"))
    return figures


def short_table(found: Values, names: Sequence[str]) -> str:
    """One line a program."""
    heads = ("on one core", "update to 10,000", "memory a reader", "connects", "long-poll wakes", "claps acknowledged")
    return _table(heads, [
        (
            name, _cell(found, name, "fan_out_ms", "ms"), _kib(found, name),
            _cell(found, name, "connects_per_second", "/s"), _cell(found, name, "wakes_per_core", "/s"),
            most_claps(found.get(name, {})),
        )
        for name in names
    ])


def readers_table(found: Values, names: Sequence[str]) -> str:
    """Fan-out, memory and connects."""
    heads = (
        "on one core", "update to 10,000, median", "least and most", "frame", "memory a reader", "connects",
        "connects by processor time",
    )
    return _table(heads, [
        (
            name, _cell(found, name, "fan_out_ms", "ms"),
            f"{_cell(found, name, 'fan_out_least_ms')} to {_cell(found, name, 'fan_out_most_ms', 'ms')}",
            _cell(found, name, "frame_bytes", "B"), _kib(found, name),
            _cell(found, name, "connects_per_second", "/s"), _cell(found, name, "connects_per_core", "/s"),
        )
        for name in names if "fan_out_ms" in found.get(name, {})
    ])


def polls_table(found: Values, names: Sequence[str]) -> str:
    """Long-poll."""
    heads = ("on one core", "answer and next question", "wakes by processor time", "until the last of 2,000 has it")
    return _table(heads, [
        (name, *(_cell(found, name, key, unit) for key, unit in (
            ("wake_ms", "ms of a core"), ("wakes_per_core", "/s"), ("wake_last_ms", "ms"),
        )))
        for name in names if "wake_ms" in found.get(name, {})
    ])


def claps_table(found: Values, names: Sequence[str], rates: Sequence[int]) -> str:
    """Claps end to end: a line for each program and rate, up to where it fell over."""
    heads = (
        "on one core", "asked", "acknowledged", "to the ack, p50 / p99", "to sight, p50 / p99", "of the core", "SQL",
    )
    return _table(heads, [
        _claps_row(name, rate, found[name])
        for name in names for rate in rates if f"{rate}_acked_per_second" in found.get(name, {})
    ])


def _claps_row(name: str, rate: int, values: Mapping[str, float]) -> tuple[str, ...]:
    told = {key: show(round(values[f"{rate}_{key}"], 2)) for key in (
        "acked_per_second", "ack_p50_ms", "ack_p99_ms", "sight_p50_ms", "sight_p99_ms",
    )}
    return (
        name, f"{rate:,}/s", f"{told['acked_per_second']}/s", f"{told['ack_p50_ms']} / {told['ack_p99_ms']} ms",
        f"{told['sight_p50_ms']} / {told['sight_p99_ms']} ms", f"{values[f'{rate}_cpu_share']:.0%}",
        "right" if values[f"{rate}_sql_is_right"] else "**wrong**",
    )


def most_claps(values: Mapping[str, float]) -> str:
    """The most claps a second that one program acknowledged, at whatever rate was asked."""
    rates = [value for key, value in values.items() if key.endswith("_acked_per_second")]
    return f"{show(round(max(rates)))}/s" if rates else NOTHING


def draw(path: Path, found: Values, names: Sequence[str], rates: Sequence[int]) -> None:
    """Draw what differs most, as bars."""
    groups = {
        "an update to\n10,000 readers, ms": "fan_out_ms", "memory a reader, KiB": "bytes_per_reader",
        "connects a second": "connects_per_second", "long-poll wakes a\nsecond of core": "wakes_per_core",
    }
    bars = {
        title: {name: found[name][key] for name in names if key in found.get(name, {})} for title, key in groups.items()
    }
    memory = bars["memory a reader, KiB"]
    bars["memory a reader, KiB"] = {name: value / 1024 for name, value in memory.items()}
    bars["claps acknowledged\na second"] = {
        name: max(found[name][key] for key in keys)
        for name in names
        if (keys := [key for key in found.get(name, {}) if key in {f"{rate}_acked_per_second" for rate in rates}])
    }
    plots.bar_plot(
        path, title_text="Side by side, one core for the server", unit_text="the first two: less is better", bars=bars,
        log=True,
    )


def _cell(found: Values, name: str, key: str, unit: str = "") -> str:
    value = found.get(name, {}).get(key)
    if value is None:
        return NOTHING
    text = show(round(value, 3))
    return f"{text}{unit}" if unit.startswith("/") else f"{text} {unit}".rstrip()


def _kib(found: Values, name: str) -> str:
    value = found.get(name, {}).get("bytes_per_reader")
    return NOTHING if value is None else f"{value / 1024:.1f} KiB"


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
