"""Do SQL, the journal and Redis say the same?"""

from __future__ import annotations

import random
from pathlib import Path

import gevent
import pytest

from claps.acts.flush import flush_all
from claps.app import Core, build_core
from claps.checks.counts import check_counts
from claps.hot.keys import tally_key
from claps.plain.changes import Change, Kind
from claps.plain.people import GUEST_ID_LEAST
from claps.plain.posts import Post
from claps.settings import Settings
from tests.parts.claps_server import ClapsServer
from tests.parts.inside import ON_SQLITE, cool_down
from tests.parts.redis_server import RedisServer

KINDS: tuple[Kind, ...] = ("clap", "clap", "clap", "like", "view", "hold", "release", "join")


@pytest.fixture(autouse=True)
def in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look again at once."""
    monkeypatch.setattr("claps.checks.counts.LOOK_SECONDS", 0)


def act(core: Core, post: Post, chance: random.Random) -> None:
    """Do anything that moves a tally."""
    kind, who = chance.choice(KINDS), chance.randint(2, 9)
    amount = GUEST_ID_LEAST + who if kind == "join" else 1 if kind == "view" else chance.choice((1, 8, 50, -1, -50))
    giver = GUEST_ID_LEAST + who if kind == "clap" and chance.random() < 0.5 else who
    core.ledger.take(Change(kind, post.id, str(giver), 1 if kind == "like" else amount))


def differences(core: Core) -> list[str]:
    """What is said of single posts."""
    return [one.said for one in check_counts(core) if one.grade != "ok" and one.said.startswith("post ")]


def test_what_waits_in_the_journal_is_added(core: Core, article: Post) -> None:
    chance = random.Random(7)
    for _ in range(60):
        act(core, article, chance)
    flush_all(core.database, core.journal)
    for _ in range(60):
        act(core, article, chance)

    found = check_counts(core)

    assert {one.grade for one in found} == {"ok"}, found
    assert "1 posts, 1 of them and " in found[-1].said
    assert sum(core.journal.lengths()) > 0


@ON_SQLITE
def test_of_a_post_with_too_many_readers_those_are_compared_that_are_here(
    core: Core, article: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.acts.mending.PEOPLE_KEPT_HOT", 2)
    for who in range(2, 9):
        core.ledger.take(Change("clap", article.id, str(who), who))
    cool_down(core)
    core.ledger.take(Change("clap", article.id, "3", 5))
    core.ledger.take(Change("clap", article.id, "77", 5))

    found = check_counts(core)

    assert {one.grade for one in found} == {"ok"}, found
    assert "1 of them and 2 readers’ totals" in found[-1].said


@ON_SQLITE
def test_each_difference_is_said(core: Core, article: Post) -> None:
    core.ledger.take(Change("clap", article.id, "7", 8))
    core.redis.hincrby(tally_key(article.id), "claps", 1)
    core.redis.hset(tally_key(article.id), "c:7", 9)
    core.redis.hset(tally_key(article.id), "l:9", 1)

    assert differences(core) == [
        f"post {article.id}: claps 9 in Redis, 8 in SQL and the journal.",
        f"post {article.id}, reader 7: claps 9 in Redis, 8 in SQL and the journal.",
        f"post {article.id}, reader 9: likes 1 in Redis, 0 in SQL and the journal.",
    ]


@ON_SQLITE
def test_rows_that_were_changed_by_hand_are_said(core: Core, article: Post) -> None:
    core.ledger.take(Change("clap", article.id, "7", 8))
    flush_all(core.database, core.journal)

    core.database.transact(lambda: core.database.peewee.execute_sql("UPDATE clap SET claps = claps - 1"))

    assert f"post {article.id}: claps 8 in SQL, and the sum of their rows is 7." in differences(core)
    assert f"post {article.id}, reader 7: claps 8 in Redis, 7 in SQL and the journal." in differences(core)


@ON_SQLITE  # in this process nobody else has a turn while MariaDB is waited for
def test_nothing_differs_beside_a_site_in_full_use(core: Core, article: Post) -> None:
    chance, ends = random.Random(11), False

    def clap() -> None:
        while not ends:
            act(core, article, chance)

    def flush() -> None:
        while not ends:
            flush_all(core.database, core.journal)
            gevent.sleep(0.005)

    busy = [gevent.spawn(clap) for _ in range(4)] + [gevent.spawn(flush)]
    found = [one for _ in range(8) for one in check_counts(core)]
    ends = True
    gevent.joinall(busy, raise_error=True)

    assert {one.grade for one in found} == {"ok"}, found


@ON_SQLITE
def test_a_redis_that_is_away_cannot_be_compared(core: Core, article: Post, redis: RedisServer) -> None:
    redis.kill()

    found = check_counts(core)
    redis.start()

    assert [one.grade for one in found] == ["ok", "unseen"]


def test_there_is_nothing_to_compare_before_there_are_tables(tmp_path: Path) -> None:
    core = build_core(Settings(f"sqlite:///{tmp_path / 'none.db'}", None, "k" * 32))

    assert [one.grade for one in check_counts(core)] == ["unseen"]


@ON_SQLITE
def test_the_command_ends_as_it_finds(
    core: Core, article: Post, redis: RedisServer, database_url: str, tmp_path: Path
) -> None:
    core.ledger.take(Change("clap", article.id, "7", 8))
    elsewhere = ClapsServer(tmp_path / "cli", redis_url=redis.url, database_url=database_url)

    well = elsewhere.run("check", "--counts")
    core.redis.hincrby(tally_key(article.id), "likes", 1)
    ill = elsewhere.run("check", "--counts")

    assert (well.returncode, ill.returncode) == (0, 1), well.stdout + well.stderr
    assert f"post {article.id}: likes 1 in Redis, 0 in SQL and the journal." in ill.stdout
