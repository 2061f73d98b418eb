"""``python -m benchmarks [NAME …]``: measures, prints each figure beside its bound, and writes ``results/NAME.json``.

A bound that is missed is printed as missed and does not fail the run: it is a measurement, and how busy the
machine is decides with. A benchmark that cannot be run does.
"""

from __future__ import annotations

import importlib
import os
import sys
import tempfile
import time
import traceback
from pathlib import Path

from benchmarks import figures, programs
from tests.parts import processes

NAMES = (
    "fan_out", "memory", "upgrades", "claps_http", "claps_socket", "pages", "flat", "flush", "feeds", "tables",
    "tables_watch",
    "dashboard", "pauses", "parked", "growing", "shards", "overload",
)


def main(names: list[str]) -> int:
    """Measure what was named, or all of it."""
    unknown = [name for name in names if name not in NAMES]
    if unknown:
        print(f"There is no benchmark {', '.join(unknown)}; there are: {', '.join(NAMES)}")
        return 2
    processes.adopt_orphans()
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} cores, load {load:.1f} before the first. Ratio: figure divided by bound.")
    with tempfile.TemporaryDirectory(prefix="claps-bench-") as name:
        # MariaDB runs as a user of its own, who must be able to pass through.
        Path(name).chmod(0o755)
        broken = [one for one in names or NAMES if not _run(one, Path(name))]
    if broken:
        print(f"\nCould not be measured: {', '.join(broken)}")
    return 1 if broken else 0


def _run(name: str, folder: Path) -> bool:
    module = importlib.import_module(f"benchmarks.{name}")
    assert module.__doc__
    print(f"\n{name}: {module.__doc__.splitlines()[0]}\n{figures.HEAD}", flush=True)
    room = folder / name
    room.mkdir()
    room.chmod(0o755)
    began = time.monotonic()
    before = processes.list_children()
    try:
        found = module.measure(room)
    except programs.Missing as missing:
        print(f"  not measured: {missing}")
        return False
    except Exception:
        traceback.print_exc(file=sys.stdout)
        return False
    finally:
        processes.kill_all(processes.list_left_behind(before))
    seconds = time.monotonic() - began
    for figure in found:
        print(figure.line())
    path = figures.keep(name, found, seconds=seconds)
    print(f"  in {seconds:.0f} s; kept in {path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path}")
    return True


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
