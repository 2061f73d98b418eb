"""Run as a process of its own: claps straight into the ledger, and the journal into SQL, without any server.

Usage: python -m benchmarks.ledger_load prepare | claps SECONDS | flush CALM RUSH; settings as ``claps`` has them.
Prints one JSON object.
"""

from __future__ import annotations

# Before anything else is imported: peewee, redis and the rest must find the patched modules.
from gevent import monkey

monkey.patch_all()

import json  # noqa: E402
import os  # noqa: E402
import random  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402

import gevent  # noqa: E402
from gevent.event import Event  # noqa: E402

from claps.acts.flush import flush_all  # noqa: E402
from claps.app import Core, build_core  # noqa: E402
from claps.demo.filling import fill_demo, is_empty  # noqa: E402
from claps.plain.changes import Change  # noqa: E402
from claps.plain.errors import ClapsError  # noqa: E402
from claps.plain.people import GUEST_ID_LEAST  # noqa: E402
from claps.plain.tallies import Clapped  # noqa: E402
from claps.settings import ROOT, read_settings  # noqa: E402
from claps.store.migrations import migrate  # noqa: E402
from claps.store.posts import latest_posts  # noqa: E402

IN_FLIGHT = 8_192


def prepare(core: Core) -> dict[str, float]:
    """Make the tables and the demo."""
    migrate(core.database, ROOT / "migrations")
    if is_empty(core.database):
        fill_demo(core)
    return {}


def clap_for(core: Core, seconds: float) -> dict[str, float]:
    """Clap by many readers for all posts, as fast as it is answered."""
    return _clap(core, until=time.monotonic() + seconds, most=sys.maxsize)


def measure_flush(core: Core, calm: int, rush: int) -> dict[str, float]:
    """Fill the journal in two ways, and flush it."""
    told = {}
    posts = _post_ids(core)

    def clap_calmly(post_id: int) -> None:
        for _ in range(calm // len(posts)):
            core.ledger.take(_change(post_id))

    gevent.joinall([gevent.spawn(clap_calmly, post_id) for post_id in posts], raise_error=True)
    told["calm_seconds"], told["calm_entries"] = _flush(core)
    _clap(core, until=time.monotonic() + 60, most=rush)
    told["rush_seconds"], told["rush_entries"] = _flush(core)
    return told


def _flush(core: Core) -> tuple[float, float]:
    began = time.monotonic()
    entries = flush_all(core.database, core.journal)
    return time.monotonic() - began, entries


def _clap(core: Core, *, until: float, most: int) -> dict[str, float]:
    posts = _post_ids(core)
    done = Event()
    submitted = answered = 0
    began = time.monotonic()

    def submit() -> None:
        nonlocal submitted
        submitted += 1
        core.ledger.submit(_change(random.choice(posts)), answer)

    def answer(outcome: Clapped | ClapsError) -> None:
        nonlocal answered
        if isinstance(outcome, ClapsError):
            print(outcome.message, file=sys.stderr)
            os._exit(1)
        answered += 1
        if submitted < most and time.monotonic() < until:
            submit()
        elif answered == submitted:
            done.set()

    for _ in range(min(IN_FLIGHT, most)):
        submit()
    done.wait()
    return {"claps": answered, "seconds": time.monotonic() - began}


def _change(post_id: int) -> Change:
    return Change("clap", post_id, str(GUEST_ID_LEAST | random.getrandbits(62)), 1)


def _post_ids(core: Core) -> list[int]:
    with core.database.reading():
        ids = [post.id for post in latest_posts(before=None, limit=30)]
    core.mending.read(ids)
    return ids


def main(task: str, *numbers: str) -> None:
    """Do one task and print what came of it."""
    core = build_core(read_settings(os.environ))
    if task == "prepare":
        told = prepare(core)
    elif task == "claps":
        told = clap_for(core, float(numbers[0]))
    else:
        told = measure_flush(core, int(numbers[0]), int(numbers[1]))
    print(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
