"""Do the readers' pages, Redis and SQL say the same in the end?"""

from __future__ import annotations

import re
import time
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from claps.app import Core
from claps.crowd.simulation import Simulation
from claps.crowd.targets import Target
from claps.plain.errors import ClapsError, NotFound, Unavailable
from claps.settings import ROOT
from claps.store.laws import StoredClaps, stored_claps
from claps.store.migrations import pending
from claps.store.posts import latest_posts

FLUSHES_WAITED = 10
FLUSH_WAITED_SECONDS = 10.0
LOOK_SECONDS = 0.25
_POST = re.compile(r'href="/posts/(\d+)')


@dataclass(frozen=True, slots=True)
class Counts:
    """The claps of one post as everybody has them; None where it could not be read.

    ``shown`` are the different numbers that readers' pages show; ``row`` is the post's own, ``rows`` the sum
    of what each reader gave; ``start`` and ``acknowledged`` are what the crowd knows itself.
    """

    post_id: int
    start: int
    acknowledged: int
    shown: tuple[int, ...]
    redis: int | None
    row: int | None
    rows: int | None

    @property
    def agree(self) -> bool:
        """True when all that could be read is one number."""
        known = {*self.shown, *(count for count in (self.redis, self.row, self.rows) if count is not None)}
        return len(known) <= 1

    @property
    def counted(self) -> int:
        """How many claps were added since the start, by the surest count there is."""
        surest = next((count for count in (self.rows, self.redis) if count is not None), None)
        return (max(self.shown, default=self.start) if surest is None else surest) - self.start

    @property
    def lost(self) -> int:
        """How many acknowledged claps are nowhere."""
        return max(0, self.acknowledged - self.counted)


def find_posts(core: Core, target: Target, wanted: int) -> list[int]:
    """Choose posts to read: the newest in the database, or where it cannot be read those of the front page.

    :raises NotFound: there are none.
    """
    ids: list[int] = []
    if has_database(core):
        with core.database.reading():
            ids = [post.id for post in latest_posts(before=None, limit=wanted)]
    if not ids:
        ids = _posts_of_front_page(target)[:wanted]
    if not ids:
        raise NotFound(f"There are no posts at {target.url}.")
    return ids


def has_database(core: Core) -> bool:
    """True when the database of these settings is there and has its tables; nothing is made by looking."""
    url = urlsplit(core.settings.database_url)
    if url.scheme == "sqlite" and not Path(url.path[1:]).exists():
        return False
    try:
        return not pending(core.database, ROOT / "migrations")
    except Unavailable:
        return False


def _posts_of_front_page(target: Target) -> list[int]:
    try:
        with urllib.request.urlopen(f"{target.url}/", timeout=10) as answer:
            page = answer.read().decode()
    except OSError as error:
        raise Unavailable(f"The front page of {target.url} cannot be read: {error}") from error
    return [int(number) for number in dict.fromkeys(_POST.findall(page))]


def compare(core: Core, simulation: Simulation) -> list[Counts]:
    """Read all counts, again until they agree or a flush would long have come by.

    :return: one for each post.
    """
    deadline = time.monotonic() + max(FLUSH_WAITED_SECONDS, FLUSHES_WAITED * core.settings.flush_seconds)
    while True:
        counts = _read(core, simulation)
        if all(post.agree for post in counts) or time.monotonic() > deadline:
            return counts
        simulation.wait(LOOK_SECONDS)


def compare_desk(simulation: Simulation) -> list[str]:
    """Look whether the dashboard says what was acknowledged, again until it does, or would long have.

    :return: what it says otherwise; nothing where none was watched.
    """
    desk, applause = simulation.desk, simulation.applause
    if desk is None:
        return []
    deadline = time.monotonic() + FLUSH_WAITED_SECONDS
    while True:
        unsure = applause.unanswered + applause.outstanding
        faults = desk.find_faults(simulation.company.members, unsure=unsure, seconds=simulation.clapped_seconds)
        if not faults or time.monotonic() > deadline:
            return faults
        simulation.wait(LOOK_SECONDS)


def compare_people(simulation: Simulation) -> list[str]:
    """Look whether the site has of each person what that person was told, again until it has, or would long have.

    :return: what is missing, or too much.
    """
    return _look_again(simulation, simulation.company.find_faults)


def compare_table(simulation: Simulation) -> list[str]:
    """Look whether each watcher has the table as it is, again until it has, or would long have.

    :return: who has not.
    """
    return _look_again(simulation, simulation.board.find_faults)


def _look_again(simulation: Simulation, find: Callable[[], list[str]]) -> list[str]:
    deadline = time.monotonic() + FLUSH_WAITED_SECONDS
    while True:
        faults = find()
        if not faults or time.monotonic() > deadline:
            return faults
        simulation.wait(LOOK_SECONDS)


def _read(core: Core, simulation: Simulation) -> list[Counts]:
    ids = [post.id for post in simulation.posts]
    redis, sql, shown = _read_redis(core, ids), _read_sql(core, ids), simulation.shown()
    return [
        Counts(
            post_id=post.id,
            start=max(0, post.start),
            acknowledged=post.acknowledged,
            shown=tuple(sorted(set(shown[post.id]))),
            redis=redis.get(post.id),
            row=sql[post.id].row if post.id in sql else None,
            rows=sql[post.id].rows if post.id in sql else None,
        )
        for post in simulation.posts
    ]


def _read_redis(core: Core, ids: Sequence[int]) -> dict[int, int]:
    try:
        return {post_id: tally.claps for post_id, tally in core.mending.read(ids).items()}
    except ClapsError:
        return {}


def _read_sql(core: Core, ids: Sequence[int]) -> dict[int, StoredClaps]:
    if not has_database(core):
        return {}
    try:
        with core.database.reading():
            return stored_claps(ids)
    except ClapsError:
        return {}
