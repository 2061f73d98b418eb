"""``lua/clap.lua``: caps, counts, writes the journal, tells."""

from __future__ import annotations

import pytest
import redis as redis_library
from gevent.event import AsyncResult

from claps.app import Core
from claps.hot.keys import journal_key, tally_key
from claps.hot.ledger import Ledger
from claps.plain.changes import Change
from claps.plain.errors import Unavailable
from claps.plain.posts import Post
from claps.plain.topics import shard_of
from tests.hot.conftest import BEN, CYD, GUEST, Take
from tests.parts.inside import ON_SQLITE, publish

pytestmark = ON_SQLITE


def submit_together(ledger: Ledger, *changes: Change) -> list[AsyncResult]:  # type: ignore[type-arg]
    """Put changes in one call; return where their answers come."""
    answers: list[AsyncResult] = [AsyncResult() for _ in changes]  # type: ignore[type-arg]
    for change, answer in zip(changes, answers, strict=True):
        ledger.submit(change, answer.set)
    return answers


def list_journal(client: redis_library.Redis, post: Post) -> list[dict[str, str]]:
    return [fields for _, fields in client.xrange(journal_key(shard_of(post.id)))]


def test_claps_past_fifty_are_dropped(take: Take) -> None:
    take("clap", BEN, 48)

    clapped = take("clap", BEN, 5)

    assert (clapped.given, clapped.yours, clapped.tally.claps) == (2, 50, 50)


def test_the_cap_holds_for_changes_of_one_call(core: Core, article: Post) -> None:
    answers = submit_together(core.ledger, *[Change("clap", article.id, BEN, 30) for _ in range(3)])

    given = [answer.get(timeout=5).given for answer in answers]

    assert given == [30, 20, 0]
    assert answers[0].get().tally.claps == 50


def test_each_reader_has_a_cap_of_their_own(take: Take) -> None:
    take("clap", BEN, 50)

    clapped = take("clap", GUEST, 50)

    assert (clapped.yours, clapped.tally.claps, clapped.tally.people) == (50, 100, 2)


def test_people_are_counted_and_not_their_claps(take: Take) -> None:
    counts = [take("clap", who, amount).tally.people for who, amount in ((BEN, 1), (BEN, 7), (CYD, 1))]

    assert counts == [1, 1, 2]


def test_taking_back_takes_all_and_the_reader_counts_no_more(take: Take) -> None:
    take("clap", BEN, 8)
    take("clap", CYD, 1)

    undone = take("clap", BEN, -50)

    assert (undone.given, undone.yours) == (-8, 0)
    assert (undone.tally.claps, undone.tally.people) == (1, 1)


def test_who_takes_back_may_clap_again(take: Take) -> None:
    take("clap", BEN, 50)
    take("clap", BEN, -50)

    clapped = take("clap", BEN, 3)

    assert (clapped.yours, clapped.tally.claps, clapped.tally.people) == (3, 3, 1)


def test_a_change_that_changes_nothing_leaves_no_trace(client: redis_library.Redis, article: Post, take: Take) -> None:
    before = take("clap", BEN, 50)

    after = [take("clap", BEN, 1), take("clap", CYD, -50), take("like", CYD, -1)]

    assert {clapped.tally for clapped in after} == {before.tally}
    assert list_journal(client, article) == [{"post": str(article.id), "claps": f"{BEN}:50"}]


def test_a_like_is_given_once_and_taken_back_once(take: Take) -> None:
    likes = [take("like", BEN, amount).tally.likes for amount in (1, 1, -1, -1)]

    assert likes == [1, 1, 0, 0]


def test_a_like_is_no_clap(take: Take) -> None:
    take("like", BEN, 1)

    clapped = take("clap", BEN, 4)

    assert (clapped.tally.claps, clapped.tally.people, clapped.tally.likes) == (4, 1, 1)


def test_a_view_counts_once_in_thirty_minutes(client: redis_library.Redis, article: Post, take: Take) -> None:
    views = [take("view", who, 1).tally.views for who in ("h1", "h1", "h2")]

    assert views == [1, 1, 2]
    assert 1_790 < client.ttl(f"{tally_key(article.id)}:seen:h1") <= 1_800


def test_of_two_totals_of_comments_the_newer_wins(client: redis_library.Redis, article: Post, take: Take) -> None:
    take("comments", "7", 5)

    late = take("comments", "6", 4)

    assert late.tally.comments == 5
    assert take("comments", "8", 4).tally.comments == 4
    assert list_journal(client, article) == []  # SQL had them first


def test_one_call_is_one_journal_entry_a_post(core: Core, client: redis_library.Redis, article: Post) -> None:
    changes = [("clap", BEN, 8), ("clap", CYD, 1), ("like", BEN, 1), ("view", "h1", 1), ("view", "h2", 1)]

    answers = submit_together(
        core.ledger, *[Change(kind, article.id, who, amount) for kind, who, amount in changes]  # type: ignore[arg-type]
    )

    assert len({answer.get(timeout=5).tally for answer in answers}) == 1
    assert list_journal(client, article) == [
        {
            "post": str(article.id), "claps": f"{BEN}:8 {CYD}:1", "likes": f"{BEN}:1", "views": "2",
            "viewers": "h1 h2",
        }
    ]


def test_every_change_is_a_new_version_of_the_same_epoch(take: Take) -> None:
    first, second = take("clap", BEN, 1).tally.version, take("like", BEN, 1).tally.version

    assert first.epoch == second.epoch
    assert second.offset == first.offset + 1


def test_what_was_counted_is_told_on_the_posts_channel(client: redis_library.Redis, article: Post, take: Take) -> None:
    with client.pubsub(ignore_subscribe_messages=True) as listener:
        listener.subscribe(f"post:{article.id}")
        listener.get_message(timeout=5)

        version = take("clap", BEN, 8).tally.version

        message = listener.get_message(timeout=5)
    assert message is not None
    assert message["data"] == f"{version} 8 1 0 0 0 0"


def test_a_full_journal_takes_nothing_more(
    client: redis_library.Redis, article: Post, take: Take, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.hot.ledger.JOURNAL_ENTRIES", 2)
    take("clap", BEN, 1)
    take("clap", BEN, 1)

    with pytest.raises(Unavailable, match="journal is full") as error:
        take("clap", BEN, 1)

    assert error.value.retry_after_seconds == 10
    assert client.hget(tally_key(article.id), "claps") == "2"


def test_posts_of_one_shard_are_counted_in_one_call_each_for_itself(core: Core, article: Post) -> None:
    others = [publish(core, article.writer) for _ in range(16)]
    neighbour = others[-1]
    assert shard_of(neighbour.id) == shard_of(article.id)

    answers = submit_together(
        core.ledger, Change("clap", article.id, BEN, 3), Change("clap", neighbour.id, BEN, 4),
        Change("clap", article.id, CYD, 5),
    )

    assert [answer.get(timeout=5).tally.claps for answer in answers] == [8, 4, 8]
