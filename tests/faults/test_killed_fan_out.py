"""A worker that brings a post to its followers is killed again and again: nobody is missing, nobody has it twice."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from claps.app import Core
from claps.plain.posts import Post
from claps.store.bulk import add_rows
from claps.store.errands import Errand, add_errand
from claps.store.feeds import Feed
from claps.store.follows import Follow
from claps.store.people import Person
from tests.faults.test_killed_flushers import end, is_alive, reading, start, writing
from tests.parts.claps_server import ClapsServer
from tests.parts.processes import eventually
from tests.parts.redis_server import RedisServer

FOLLOWERS = 9_999
Hatch = Callable[[], int]


@pytest.fixture
def hatch(
    make_server: Callable[..., ClapsServer], core: Core, database_url: str, redis: RedisServer
) -> Iterator[Hatch]:
    """Start a worker; return its process id."""
    server = make_server(database_url=database_url, redis_url=redis.url)
    process = start(server, "tests.faults.spinning_errands")

    def hatch() -> int:
        writing(process).write("\n")
        writing(process).flush()
        return int(reading(process).readline())

    yield hatch
    end(process)


def promise(core: Core, post: Post) -> None:
    """Let the post's writer have followers, and promise to bring it to them."""

    def write() -> None:
        at = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        rows = [(1_000 + number, post.writer.id, at) for number in range(FOLLOWERS)]
        for part in range(0, FOLLOWERS, 2_000):
            add_rows("follow", ("follower_id", "writer_id", "at"), rows[part : part + 2_000])
        Person.update(followers=FOLLOWERS).where(Person.id == post.writer.id).execute()
        add_errand("feed", {"what": "published", "post_id": post.id, "writer_id": post.writer.id})

    core.database.transact(write)


def brought(core: Core) -> int:
    with core.database.reading():
        return int(Feed.select().count())


def is_done(core: Core) -> bool:
    with core.database.reading():
        return not Errand.select().exists()


def test_a_fan_out_that_is_killed_again_and_again_reaches_each_follower_once(
    core: Core, article: Post, hatch: Hatch
) -> None:
    promise(core, article)
    kills, last = 0, -1
    luck = random.Random()

    while not is_done(core):
        # Who died holds the errand for half a minute; that time is let pass.
        core.database.transact(lambda: Errand.update(due_at=Errand.created_at).execute())
        worker = hatch()
        eventually(lambda seen=last: is_done(core) or brought(core) > seen)
        time.sleep(luck.uniform(0, 0.02))  # no event to wait for: any moment of a step is the right one
        kill(worker)
        kills, last = kills + 1, brought(core)

    print(f"{kills} kills")
    with core.database.reading():
        followers = {row.follower_id for row in Follow.select()}
        rows = [(row.reader_id, row.post_id) for row in Feed.select()]
    assert kills > 1
    assert sorted(rows) == sorted((reader, article.id) for reader in followers)


def kill(pid: int) -> None:
    """Kill a worker and return when it is gone."""
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not is_alive(pid))
