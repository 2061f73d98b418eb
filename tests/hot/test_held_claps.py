"""``lua/clap.lua``, where claps are taken out of the count: remembered, added to, and put back exactly."""

from __future__ import annotations

import redis as redis_library

from claps.acts.flush import flush_all
from claps.app import Core
from claps.hot.keys import journal_key
from claps.plain.posts import Post
from claps.plain.tallies import Clapped
from claps.plain.topics import shard_of
from tests.hot.conftest import BEN, CYD, Take
from tests.parts.inside import ON_SQLITE

pytestmark = ON_SQLITE


def counts(clapped: Clapped) -> tuple[int, int]:
    """The post's claps and people."""
    return clapped.tally.claps, clapped.tally.people


def test_claps_taken_out_do_not_count_and_come_back_once(take: Take) -> None:
    take("clap", BEN, 8)
    take("clap", CYD, 1)

    told = [counts(take(kind, BEN, 0)) for kind in ("hold", "hold", "release", "release")]  # type: ignore[arg-type]

    assert told == [(1, 1), (1, 1), (9, 2), (9, 2)]


def test_who_was_taken_out_and_claps_again_is_put_back_with_all_of_it(take: Take) -> None:
    take("clap", BEN, 8)
    take("hold", BEN, 0)

    again = take("clap", BEN, 45)

    assert (again.yours, again.given, again.tally.claps) == (50, 42, 0)
    assert counts(take("release", BEN, 0)) == (50, 1)


def test_who_was_taken_out_may_take_back(take: Take) -> None:
    take("clap", BEN, 8)
    take("hold", BEN, 0)

    assert take("clap", BEN, -50).yours == 0
    assert counts(take("release", BEN, 0)) == (0, 0)


def test_there_is_nothing_to_take_out_of_nothing(take: Take, client: redis_library.Redis, article: Post) -> None:
    take("hold", BEN, 0)
    take("release", BEN, 0)

    assert client.xlen(journal_key(shard_of(article.id))) == 0


def test_a_reader_sees_what_was_given_though_it_does_not_count(core: Core, take: Take, article: Post) -> None:
    take("clap", BEN, 8)
    take("hold", BEN, 0)

    assert core.tallies.given(article.id, BEN) == {f"c:{BEN}": 8, f"l:{BEN}": 0}


def test_redis_may_forget_who_was_taken_out(core: Core, take: Take, client: redis_library.Redis) -> None:
    take("clap", BEN, 8)
    take("hold", BEN, 0)
    flush_all(core.database, core.journal)
    client.flushdb()

    assert counts(take("clap", BEN, 1)) == (0, 0)
    assert counts(take("release", BEN, 0)) == (9, 1)
