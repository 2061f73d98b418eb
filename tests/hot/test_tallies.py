"""Tallies in Redis: read, put in their place, filled in reader by reader."""

from __future__ import annotations

from dataclasses import replace

import pytest
import redis as redis_library

from claps.app import Core
from claps.hot.keys import tally_key
from claps.hot.tallies import Unverified
from claps.plain.limits import TALLY_IDLE_SECONDS
from claps.plain.tallies import Tally
from claps.plain.versions import Version
from tests.parts.inside import ON_SQLITE

pytestmark = ON_SQLITE
STORED = Tally(12, Version("0", 0), claps=11, people=2, likes=1, views=90, comments=4)


@pytest.fixture
def epoch(core: Core) -> str:
    """The epoch of post 12's shard, which is open."""
    core.journal.open(12, core.journal.close(12), epoch="e1", entry_id="0-0")
    return "e1"


def claps_of(core: Core, reader_id: int) -> int | None:
    """What a reader clapped for post 12, where Redis knows it."""
    given = core.tallies.given(12, reader_id)
    return None if given is None else given[f"c:{reader_id}"]


def test_what_a_reader_gave_is_claps_and_a_like(core: Core, epoch: str) -> None:
    core.tallies.warm(STORED, {"c:2": 8, "l:2": 1, "l:3": 1}, epoch=epoch)

    assert core.tallies.given(12, 2) == {"c:2": 8, "l:2": 1}
    assert core.tallies.given(12, 3) == {"c:3": 0, "l:3": 1}


def test_who_is_known_by_half_is_not_known(core: Core, epoch: str) -> None:
    core.tallies.warm(STORED, None, epoch=epoch)
    core.tallies.seed(12, {"c:2": 8}, epoch=epoch)

    assert core.tallies.given(12, 2) is None


def test_a_warmed_tally_is_found_as_sql_had_it(core: Core, epoch: str) -> None:
    assert core.tallies.warm(STORED, {"c:2": 8, "c:3": 3, "l:2": 1}, epoch=epoch)

    [tally] = core.tallies.find([12]).values()

    assert tally.version.epoch == epoch
    assert tally.counts() == STORED.counts()
    assert [claps_of(core, reader_id) for reader_id in (2, 3, 4)] == [8, 3, 0]


def test_what_redis_does_not_hold_is_missing(core: Core, epoch: str) -> None:
    core.tallies.warm(STORED, {}, epoch=epoch)

    assert set(core.tallies.find([12, 28, 12])) == {12}


def test_tallies_of_many_shards_are_asked_for_in_one_journey(
    core: Core, client: redis_library.Redis, epoch: str
) -> None:
    for shard in (13, 14):
        core.journal.open(shard, core.journal.close(shard), epoch="e1", entry_id="0-0")
    for post_id in (12, 13, 14):
        core.tallies.warm(replace(STORED, post_id=post_id, claps=post_id), {}, epoch=epoch)
    client.script_flush()
    reads = client.info("stats")["total_reads_processed"]

    # The first time Redis does not have the script, and each is asked for by itself.
    for _ in range(2):
        found = core.tallies.find([12, 13, 14])
        assert {post_id: tally.claps for post_id, tally in found.items()} == {12: 12, 13: 13, 14: 14}
        before, reads = reads, client.info("stats")["total_reads_processed"]

    # Our own question is the other.
    assert reads - before == 2


def test_nothing_is_read_from_a_shard_that_was_not_compared(core: Core, epoch: str) -> None:
    core.tallies.warm(STORED, {}, epoch=epoch)

    with pytest.raises(Unverified) as error:
        core.tallies.find([12, 13, 29])

    assert error.value.shards == [13]


def test_a_tally_of_an_older_epoch_is_not_there(core: Core, epoch: str) -> None:
    core.tallies.warm(STORED, {}, epoch=epoch)

    core.journal.open(12, core.journal.close(12), epoch="e2", entry_id="0-0")

    assert core.tallies.find([12]) == {}
    assert core.tallies.epoch(12) == "e2"


def test_what_was_read_in_an_older_epoch_is_not_taken_in(core: Core, client: redis_library.Redis, epoch: str) -> None:
    core.journal.open(12, core.journal.close(12), epoch="e2", entry_id="0-0")

    assert not core.tallies.warm(STORED, {}, epoch=epoch)

    assert client.keys("*post:12*") == []


def test_of_two_who_warm_at_once_the_first_stands(core: Core, client: redis_library.Redis, epoch: str) -> None:
    core.tallies.warm(STORED, {"c:2": 8}, epoch=epoch)
    client.hset(tally_key(12), "c:2", 9)

    assert core.tallies.warm(STORED, {"c:2": 8}, epoch=epoch)

    assert claps_of(core, 2) == 9
    assert client.keys("*post:12*") == [tally_key(12)]


def test_a_warmed_tally_is_never_older_than_a_version_that_was_told(
    core: Core, client: redis_library.Redis, epoch: str
) -> None:
    client.hset("{s12}:life", "offset", 40)

    core.tallies.warm(STORED, {}, epoch=epoch)

    assert core.tallies.find([12])[12].version == Version(epoch, 40)


def test_a_tally_that_nobody_claps_for_goes_after_a_day(core: Core, client: redis_library.Redis, epoch: str) -> None:
    core.tallies.warm(STORED, {}, epoch=epoch)

    assert TALLY_IDLE_SECONDS - 10 < client.ttl(tally_key(12)) <= TALLY_IDLE_SECONDS


def test_many_readers_are_put_in_piece_by_piece(core: Core, epoch: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("claps.hot.tallies.STAGED_FIELDS", 3)

    core.tallies.warm(STORED, {f"c:{reader_id}": 1 for reader_id in range(1, 21)}, epoch=epoch)

    assert [claps_of(core, reader_id) for reader_id in (1, 20, 21)] == [1, 1, 0]


def test_who_is_not_kept_is_unknown_and_not_nought(core: Core, epoch: str) -> None:
    core.tallies.warm(STORED, None, epoch=epoch)

    assert claps_of(core, 2) is None


def test_seeding_fills_in_single_readers(core: Core, epoch: str) -> None:
    core.tallies.warm(STORED, None, epoch=epoch)

    assert core.tallies.seed(12, {"c:2": 8, "c:9": 0, "l:2": 1, "l:9": 0}, epoch=epoch)

    assert [claps_of(core, reader_id) for reader_id in (2, 9, 3)] == [8, 0, None]


def test_seeding_changes_nothing_that_is_known_by_now(core: Core, epoch: str) -> None:
    core.tallies.warm(STORED, None, epoch=epoch)
    core.tallies.seed(12, {"c:2": 9, "l:2": 0}, epoch=epoch)

    core.tallies.seed(12, {"c:2": 8}, epoch=epoch)

    assert claps_of(core, 2) == 9


@pytest.mark.parametrize("post_id", [12, 28])
def test_seeding_what_is_not_there_or_of_another_epoch_is_refused(core: Core, epoch: str, post_id: int) -> None:
    core.tallies.warm(STORED, None, epoch=epoch)

    assert not core.tallies.seed(post_id, {"c:2": 8}, epoch=epoch if post_id == 28 else "e0")


def test_readers_whose_workers_are_all_gone_are_history(core: Core, client: redis_library.Redis, epoch: str) -> None:
    core.tallies.warm(STORED, {}, epoch=epoch)
    client.hset(tally_key(12), "readers", 37)

    assert core.tallies.find([12])[12].readers == 0
