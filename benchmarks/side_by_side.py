"""``python -m benchmarks.side_by_side [PART …]``: measures Claps beside its peers; prints, keeps and draws it.

Parts: ``readers`` (fan-out, memory, connects), ``polls``, ``claps``. What each found is kept in ``results/``, so that
the tables and the plot can be made of parts that were measured one at a time. A bound that is missed is printed as
missed; a peer that is not installed is named and left out.
"""

from __future__ import annotations

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import figures
from benchmarks.beside import claps, polls, readers, tables
from benchmarks.beside.contenders import NAMES
from benchmarks.beside.tables import Values
from tests.parts import processes

PARTS: dict[str, Callable[[Path], Values]] = {
    "readers": readers.measure, "polls": polls.measure, "claps": claps.measure,
}
PLOT = Path(__file__).parent.parent / "docs" / "plots" / "side-by-side.svg"


def main(parts: list[str]) -> int:
    """Measure what was named, or all of it, and show all that is known."""
    unknown = [part for part in parts if part not in PARTS]
    if unknown:
        print(f"There is no part {', '.join(unknown)}; there are: {', '.join(PARTS)}")
        return 2
    processes.adopt_orphans()
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="claps-beside-") as name:
        for part in parts or PARTS:
            print(f"{part} …", flush=True)
            folder = Path(name) / part
            folder.mkdir(parents=True)
            # MariaDB runs as a user of its own, who must be able to pass through.
            folder.parent.chmod(0o755)
            folder.chmod(0o755)
            _path(part).parent.mkdir(exist_ok=True)
            _path(part).write_text(json.dumps(PARTS[part](folder), indent=1) + "\n")
    _show(_collect(), seconds=time.monotonic() - began)
    return 0


def _path(part: str) -> Path:
    return figures.RESULTS / f"side_by_side_{part}.json"


def _collect() -> Values:
    found: dict[str, dict[str, float]] = {name: {} for name in NAMES}
    for part in PARTS:
        if _path(part).exists():
            for name, values in json.loads(_path(part).read_text()).items():
                found[name] |= values
    return found


def _show(found: Values, *, seconds: float) -> None:
    for table in (
        tables.short_table(found, NAMES), tables.readers_table(found, NAMES), tables.polls_table(found, NAMES),
        tables.claps_table(found, NAMES, claps.RATES),
    ):
        print(f"\n{table}")
    kept = tables.bounds(found)
    print(f"\n{figures.HEAD}")
    for figure in kept:
        print(figure.line())
    figures.keep("side_by_side", kept, seconds=seconds)
    tables.draw(PLOT, found, NAMES, claps.RATES)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
