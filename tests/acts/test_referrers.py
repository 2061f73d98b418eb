"""Where readers came from."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from claps.acts.figures import referrers_of_post, referrers_of_writer
from claps.acts.referrers import Referrers
from claps.app import Core
from claps.plain.errors import Unavailable
from claps.plain.figures import span_of
from claps.plain.posts import Post
from tests.parts.inside import ON_SQLITE, publish


def hosts(core: Core, post: Post) -> list[tuple[str, int]]:
    """Where a post's readers of today came from."""
    now = datetime.now(UTC)
    span = span_of(now - timedelta(days=1), now, "day")
    return referrers_of_post(core.database, post.id, span, limit=99)


def of_writer(core: Core, post: Post) -> list[tuple[str, int]]:
    """The same of all posts of its writer."""
    now = datetime.now(UTC)
    span = span_of(now - timedelta(days=1), now, "day")
    return referrers_of_writer(core.database, post.writer.id, span, limit=99)


def test_hosts_are_counted_for_post_and_writer(core: Core, article: Post) -> None:
    referrers, other = Referrers(core.database), publish(core, article.writer)

    for _ in range(2):
        for post, address in ((article, "https://a.example/?q=1"), (article, ""), (other, "https://a.example/x")):
            referrers.note(post.id, address)
        assert referrers.write_down() == 3

    assert hosts(core, article) == [("", 2), ("a.example", 2)]
    assert of_writer(core, article) == [("a.example", 4), ("", 2)]
    assert referrers.write_down() == 0


@ON_SQLITE
def test_hosts_beyond_the_bound_are_others(core: Core, article: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("claps.store.referrers.REFERRERS_A_DAY", 3)
    referrers = Referrers(core.database)
    for times in range(5):
        for number in range(times + 1):
            referrers.note(article.id, f"https://{number}.example/")

    referrers.write_down()
    referrers.note(article.id, "https://0.example/")
    referrers.note(article.id, "https://new.example/")
    referrers.write_down()

    assert hosts(core, article) == [("0.example", 6), ("*", 4), ("1.example", 4), ("2.example", 3)]


@ON_SQLITE
def test_a_worker_gathers_a_bounded_number(core: Core, article: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("claps.acts.referrers.REFERRERS_GATHERED", 2)
    referrers = Referrers(core.database)

    for number in range(5):
        referrers.note(article.id, f"https://{number}.example/")
    referrers.write_down()

    assert hosts(core, article) == [("*", 3), ("0.example", 1), ("1.example", 1)]


@ON_SQLITE
def test_a_post_that_is_not_there_has_no_visits(core: Core, article: Post) -> None:
    referrers = Referrers(core.database)
    referrers.note(article.id + 99, "https://a.example/")

    referrers.write_down()

    assert of_writer(core, article) == []


@ON_SQLITE
def test_what_sql_does_not_take_now_it_takes_later(
    core: Core, article: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    referrers = Referrers(core.database)
    referrers.note(article.id, "https://a.example/")
    with monkeypatch.context() as away:
        away.setattr("claps.store.database.TRIES", 0)
        with pytest.raises(Unavailable):
            referrers.write_down()

    referrers.note(article.id, "https://a.example/")
    referrers.write_down()

    assert hosts(core, article) == [("a.example", 2)]
