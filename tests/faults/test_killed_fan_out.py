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
from claps.store.notifications import Notice
from claps.store.people import Person
from tests.faults.test_killed_flushers import end, is_alive, reading, start, writing
from tests.parts.claps_server import ClapsServer
from tests.parts.processes import eventually
from tests.parts.redis_server import RedisServer

# What is told takes longer than a feed: fewer followers are as many steps as workers live through.
FOLLOWERS = {"feed": 9_999, "notify": 2_999}
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


def promise(core: Core, post: Post, kind: str) -> None:
    """Let the post's writer have followers, and promise to bring it to them."""

    def write() -> None:
        at = datetime.now(UTC).replace(tzinfo=None, microsecond=0)
        rows = [(1_000 + number, post.writer.id, at) for number in range(FOLLOWERS[kind])]
        for part in range(0, FOLLOWERS[kind], 2_000):
            add_rows("follow", ("follower_id", "writer_id", "at"), rows[part : part + 2_000])
        Person.update(followers=FOLLOWERS[kind]).where(Person.id == post.writer.id).execute()
        add_errand(kind, {"what": "published", "post_id": post.id, "writer_id": post.writer.id})

    core.database.transact(write)


def brought(core: Core, kind: str) -> list[tuple[int, int]]:
    """Who has the post so far, in the feed or as a notification."""
    table, reader, post_id = (
        (Feed, Feed.reader_id, Feed.post_id) if kind == "feed" else (Notice, Notice.person_id, Notice.thing_id)
    )
    with core.database.reading():
        return list(table.select(reader, post_id).tuples())


def is_done(core: Core) -> bool:
    with core.database.reading():
        return not Errand.select().exists()


@pytest.mark.parametrize("kind", ["feed", "notify"])
def test_a_fan_out_that_is_killed_again_and_again_reaches_each_follower_once(
    core: Core, article: Post, hatch: Hatch, kind: str
) -> None:
    promise(core, article, kind)
    kills, last = 0, -1
    luck = random.Random()

    while not is_done(core):
        # Who died holds the errand for half a minute; that time is let pass.
        core.database.transact(lambda: Errand.update(due_at=Errand.created_at).execute())
        worker = hatch()
        eventually(lambda seen=last: is_done(core) or len(brought(core, kind)) > seen)
        time.sleep(luck.uniform(0, 0.02))  # no event to wait for: any moment of a step is the right one
        kill(worker)
        kills, last = kills + 1, len(brought(core, kind))

    print(f"{kills} kills")
    with core.database.reading():
        followers = {row.follower_id for row in Follow.select()}
    assert kills > 1
    assert sorted(brought(core, kind)) == sorted((reader, article.id) for reader in followers)


def kill(pid: int) -> None:
    """Kill a worker and return when it is gone."""
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not is_alive(pid))
