"""Reads what ``make bench`` measured on this machine."""

from __future__ import annotations

import json
import os
import platform
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from claps.plain.errors import Invalid
from claps.planning.figures import Figures

FAN_OUT_READERS = 10_000
SMALL_TOPIC_READERS = 4


@dataclass(frozen=True, slots=True)
class Place:
    """Where a figure stands: the benchmark, a pattern of what it is called there, and how it is converted."""

    benchmark: str
    pattern: str
    convert: Callable[[float], float] = lambda value: value


def _per_second_to_us(value: float) -> float:
    return 1e6 / value


# The first that is found counts.
PLACES: dict[str, tuple[Place, ...]] = {
    "send_us": (Place("fan_out", r"HTML: Claps, .*median", lambda ms: ms * 1000 / FAN_OUT_READERS),),
    "update_us": (Place("parked", r"an update of a post with 4 readers"),),
    "heard_us": (Place("parked", r"an update that is heard and told to nobody"),),
    "ping_us": (Place("parked", r"a ping and its pong"),),
    "upgrade_us": (Place("upgrades", r"upgrades, 1,000 at a time(, per core)?$", _per_second_to_us),),
    "page_us": (Place("pages", r"article, rendered, per core$", _per_second_to_us),),
    "http_clap_us": (Place("claps_http", r"claps over HTTP(, per core)?$", _per_second_to_us),),
    "socket_clap_us": (Place("claps_socket", r"claps over sockets of one worker(, per core)?$", _per_second_to_us),),
    "reader_bytes": (Place("memory", r"WebSocket, HTML: resident memory per reader"),),
    "poll_bytes": (Place("memory", r"long-poll: resident memory per reader"),),
    "kernel_bytes": (
        Place("hundred-100k", r"kernel memory per reader, both ends", lambda value: value / 2),
        Place("parked", r"kernel memory of a connection"),
    ),
    "table_bytes": (
        Place("tables_watch", r"a watched table with its watcher", lambda both: both - Figures().watcher_bytes),
    ),
    "watcher_bytes": (Place("tables_watch", r"a further watcher of a table, in the worker"),),
    "worker_bytes": (Place("parked", r"resident memory of a worker"),),
    "redis_claps": (Place("claps_socket", r"claps taken by one Redis, .* 1 process$"),),
    "sql_rows": (Place("flush", r"MariaDB: claps of a rush flushed"),),
    "commit_slow_ms": (Place("pauses", r"\s*99 of 100 claps are acknowledged within"),),
}


def read_figures(folder: Path) -> Figures:
    """Put together what was measured; the rest are the reference figures.

    :raises Invalid: a file in the folder is not what ``make bench`` writes.
    """
    values: dict[str, float] = {}
    origins: dict[str, str] = {}
    for name, places in PLACES.items():
        for place in places:
            told = _read(folder / f"{place.benchmark}.json")
            found = _find(told, place.pattern)
            if found is not None and found > 0:
                values[name], origins[name] = place.convert(found), f"{place.benchmark}, {_spell_machine(told)}"
                break
    if "update_us" in values:
        # Four of its sends are in it.
        sends = SMALL_TOPIC_READERS * values.get("send_us", Figures().send_us)
        values["update_us"] = max(values["update_us"] - sends, 1.0)
    return Figures(**values, origins=origins)


def _read(path: Path) -> dict[str, Any]:
    try:
        told = json.loads(path.read_text())
        figures = [(str(one["what"]), float(one["value"])) for one in told["figures"]]
        return {"figures": figures, "at": str(told["at"]), "machine": dict(told["machine"])}
    except FileNotFoundError:
        return {"figures": []}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Invalid("figures", f"{path} is not what a benchmark writes ({type(error).__name__}).") from error


def _find(told: dict[str, Any], pattern: str) -> float | None:
    return next((value for what, value in told["figures"] if re.match(pattern, what)), None)


def _spell_machine(told: dict[str, Any]) -> str:
    machine = told["machine"]
    here = (os.cpu_count(), platform.release(), platform.python_version())
    if (machine.get("cores"), machine.get("kernel"), machine.get("python")) == here:
        where = "this machine"
    else:
        where = f"another machine ({machine.get('cores')} cores, Python {machine.get('python')})"
    return f"{where}, {told['at'][:10]}"
