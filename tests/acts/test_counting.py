"""Redis gets to know how many comments a post has, though it could not be reached when one was written."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from claps.acts.comments import Talk, comment
from claps.acts.counting import Counting
from claps.acts.errands import Errands
from claps.app import Core
from claps.hot.keys import tally_key
from claps.plain.people import Person
from claps.plain.posts import Post
from claps.store.errands import Errand
from tests.parts.inside import ON_SQLITE, open_core, publish, write_person
from tests.parts.network_path import NetworkPath
from tests.parts.redis_server import RedisServer

pytestmark = ON_SQLITE


class FarWorker:
    """A worker, and its way to Redis, which can be cut."""

    def __init__(self, core: Core, way: NetworkPath, redis: RedisServer) -> None:
        self.way = way
        self._core = core
        self._redis = redis
        self._errands = Errands(core.database, {"count": Counting(core.database, core.ledger).do})
        self._talk = Talk(core.database, core.ledger, core.publish, self._errands)
        self.ben: Person = write_person(core, "ben")
        self.article: Post = publish(core, write_person(core, "ada"))

    def look(self) -> None:
        """Let Redis know the article's counts."""
        self._core.mending.read([self.article.id])

    def comment(self) -> None:
        """Let Ben say something."""
        comment(self._talk, self.ben, self.article, body="Hear, hear.")

    def do_errand(self) -> None:
        """Do the next errand, as if it were due."""
        self._core.database.transact(lambda: Errand.update(due_at=Errand.created_at).execute())
        assert self._errands.do_one()

    def known(self) -> tuple[str, list[int]]:
        """The number of comments in Redis, and how often each errand that tells it has failed."""
        with self._redis.open_client() as client, self._core.database.reading():
            tries = [row.tries for row in Errand.select().where(Errand.kind == "count")]
            return str(client.hget(tally_key(self.article.id), "comments")), tries


@pytest.fixture
def far(database_url: str, redis: RedisServer, tmp_path: Path) -> Iterator[FarWorker]:
    """A worker that reaches Redis on a way of its own."""
    way = NetworkPath(redis.port, log=tmp_path / "way.log")
    way.start()
    try:
        with open_core(database_url, f"redis://127.0.0.1:{way.port}/0") as core:
            yield FarWorker(core, way, redis)
    finally:
        way.kill()


def test_a_comment_that_was_written_without_redis_is_counted_when_it_is_back(far: FarWorker) -> None:
    far.look()

    far.way.cut()
    far.comment()
    far.do_errand()
    assert far.known() == ("0", [1])
    far.way.let_pass()
    far.do_errand()

    assert far.known() == ("1", [])


def test_a_count_that_was_told_at_once_is_told_again_and_stays(far: FarWorker) -> None:
    far.look()
    far.comment()
    assert far.known() == ("1", [0])

    far.do_errand()

    assert far.known() == ("1", [])
