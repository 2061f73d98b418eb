"""The ledger: one door, one call at a time, an answer for everybody."""

from __future__ import annotations

import gevent
import pytest
import redis as redis_library
from gevent.event import AsyncResult

from claps.app import Core
from claps.hot.keys import life_key, tally_key
from claps.plain.changes import Change
from claps.plain.errors import ClapsError, NotFound, Unavailable
from claps.plain.limits import CHANGES_PER_CALL
from claps.plain.posts import Post
from claps.plain.tallies import Clapped
from claps.plain.topics import shard_of
from tests.hot.conftest import BEN, CYD, Take
from tests.parts.inside import ON_SQLITE, noting_greenlets, publish
from tests.parts.redis_server import RedisServer

pytestmark = ON_SQLITE


def test_what_comes_together_goes_in_as_few_calls_as_it_takes(core: Core, article: Post) -> None:
    core.mending.warm([article.id])
    answers: list[Clapped | ClapsError] = []

    for number in range(CHANGES_PER_CALL + 1):
        core.ledger.submit(Change("clap", article.id, str(number + 10), 1), answers.append)
    waiting = core.ledger.waiting
    gevent.wait(timeout=5)

    assert (waiting, core.ledger.waiting) == (CHANGES_PER_CALL + 1, 0)
    assert [answer.tally.claps for answer in answers if isinstance(answer, Clapped)] == (
        [CHANGES_PER_CALL] * CHANGES_PER_CALL + [CHANGES_PER_CALL + 1]
    )
    assert core.journal.lengths()[shard_of(article.id)] == 2


def test_nothing_runs_while_nobody_claps(article: Post, take: Take) -> None:
    with noting_greenlets() as begun:
        take("clap", BEN, 1)
        gevent.joinall(begun, timeout=5)

    assert begun
    assert not [greenlet for greenlet in begun if not greenlet.dead]


def test_nobody_waits_longer_than_promised_for_an_answer(
    article: Post, take: Take, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    take("clap", BEN, 1)
    monkeypatch.setattr("claps.hot.ledger.CLAP_ANSWER_SECONDS", 0.1)

    redis.pause()
    try:
        with pytest.raises(Unavailable, match="it may still be counted"):
            take("clap", CYD, 1)
    finally:
        redis.resume()
    monkeypatch.undo()

    # And it was: the call was on its way.
    assert take("clap", BEN, 1).tally.claps == 3


def test_more_than_can_wait_is_refused_and_not_forgotten(
    core: Core, article: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.hot.ledger.CHANGES_WAITING", 1)
    first: AsyncResult = AsyncResult()  # type: ignore[type-arg]
    core.ledger.submit(Change("clap", article.id, BEN, 1), first.set)

    with pytest.raises(Unavailable, match="Too many claps"):
        core.ledger.submit(Change("clap", article.id, CYD, 1), first.set)

    assert first.get(timeout=5).tally.claps == 1


def test_a_post_that_does_not_exist_takes_no_claps(core: Core, client: redis_library.Redis, take: Take) -> None:
    with pytest.raises(NotFound):
        take("clap", BEN, 1, post_id=999)

    assert client.exists(tally_key(999)) == 0


def test_others_in_the_same_call_do_not_lose_by_a_post_that_does_not_exist(core: Core, article: Post) -> None:
    outcomes: dict[int, Clapped | ClapsError] = {}
    nobodys = article.id + 16

    for post_id in (nobodys, article.id):
        core.ledger.submit(Change("clap", post_id, BEN, 1), lambda answer, at=post_id: outcomes.update({at: answer}))
    gevent.wait(timeout=5)

    assert isinstance(outcomes[nobodys], NotFound)
    assert isinstance(outcomes[article.id], Clapped)


def test_a_shard_that_redis_cannot_vouch_for_is_compared_with_sql_first(
    client: redis_library.Redis, article: Post, take: Take
) -> None:
    first = take("clap", BEN, 8).tally.version
    client.hset(life_key(shard_of(article.id)), "run_id", "another process")

    clapped = take("clap", BEN, 1)

    assert (clapped.yours, clapped.tally.claps) == (9, 9)
    assert clapped.tally.version.epoch > first.epoch


def test_a_tally_that_redis_lost_is_read_from_sql(core: Core, client: redis_library.Redis, article: Post) -> None:
    quiet = publish(core, article.writer)

    assert core.ledger.take(Change("clap", quiet.id, BEN, 3)).tally.claps == 3
    assert client.hget(tally_key(quiet.id), "full") == "1"


def test_one_taker_who_fails_keeps_no_answer_from_the_next(
    core: Core, article: Post, caplog: pytest.LogCaptureFixture
) -> None:
    answers: list[Clapped | ClapsError] = []

    core.ledger.submit(Change("clap", article.id, BEN, 1), lambda _: 1 / 0)  # type: ignore[arg-type, return-value]
    core.ledger.submit(Change("clap", article.id, CYD, 1), answers.append)
    gevent.wait(timeout=5)

    assert len(answers) == 1
    assert "nobody took the answer" in caplog.text


def test_what_breaks_is_told_as_unknown_and_the_next_is_counted(
    core: Core, article: Post, take: Take, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(Unavailable, match="not known whether"):
        core.ledger.take(Change("stamp", article.id, BEN, 1))  # type: ignore[arg-type]

    assert take("clap", BEN, 1).tally.claps == 1
    assert "a batch of claps failed" in caplog.text
