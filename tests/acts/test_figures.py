"""What posts and writers got over time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from claps.acts import figures
from claps.acts.flush import flush_all
from claps.app import Core
from claps.plain.changes import Change, Kind
from claps.plain.figures import Figures, Grain, Span, span_of
from claps.plain.people import Person
from claps.plain.posts import Post
from claps.store.comments import add_comment
from claps.store.figures import PostFigure, WriterFigure, add_figures, now_minute
from claps.store.follows import add_follow, remove_follow
from claps.store.sketches import add_readers
from tests.parts.inside import GUEST, ON_SQLITE, publish

HOUR, DAY = 60, 24 * 60


def take(core: Core, post: Post, kind: Kind, who: object, amount: int = 1) -> None:
    core.ledger.take(Change(kind, post.id, str(who), amount))


def today(grain: Grain = "day") -> Span:
    """The two days of which this one is the second, so that midnight does no harm."""
    now = datetime.now(UTC)
    return span_of(now - timedelta(days=1), now + timedelta(minutes=1), grain)


def earlier(core: Core, post: Post, minutes_ago: int, *, viewers: tuple[str, ...] = (), claps: int = 0) -> None:
    """Let a post have got something some minutes ago."""
    got(core, post, now_minute() - minutes_ago, viewers=viewers, claps=claps)


def got(core: Core, post: Post, minute: int, *, viewers: tuple[str, ...] = (), claps: int = 0) -> None:
    """Let a post have got something in one minute."""
    at, writers = (post.id, minute), {post.id: post.writer.id}

    def work() -> None:
        add_readers({at: set(viewers)}, writers)
        add_figures({at: [len(viewers), claps, 0, 0, 0]}, writers)

    core.database.transact(work)


def test_everything_that_is_counted_is_in_the_figures(core: Core, article: Post, ben: Person) -> None:
    for kind, who, amount in (("clap", ben.id, 8), ("clap", GUEST.id, 50), ("like", ben.id, 1), ("view", "h1", 1)):
        take(core, article, kind, who, amount)  # type: ignore[arg-type]
    flush_all(core.database, core.journal)
    core.database.transact(lambda: add_comment(article.id, ben.id, "Ding", "", created_at=datetime.now(UTC)))
    core.database.transact(lambda: add_follow(ben.id, article.writer.id, at=datetime.now(UTC)))

    of_post = figures.total_of_post(core.database, article.id, today())
    of_writer = figures.total_of_writer(core.database, article.writer.id, today())

    assert of_post == Figures(views=1, readers=1, claps=58, people=2, likes=1, comments=1)
    assert of_writer == Figures(views=1, readers=1, claps=58, people=2, likes=1, comments=1, follows=1)


@ON_SQLITE
def test_what_is_taken_back_is_less_than_nothing_in_its_time(core: Core, article: Post, ben: Person) -> None:
    take(core, article, "clap", ben.id, 8)
    flush_all(core.database, core.journal)
    core.database.transact(lambda: add_follow(ben.id, article.writer.id, at=datetime.now(UTC)))
    moved = {PostFigure.begins: PostFigure.begins - DAY}  # as if it had been yesterday
    core.database.transact(lambda: PostFigure.update(moved).where(PostFigure.grain == DAY).execute())

    take(core, article, "clap", ben.id, -50)
    flush_all(core.database, core.journal)
    core.database.transact(lambda: remove_follow(ben.id, article.writer.id))

    before, after = figures.series_of_post(core.database, article.id, today())[-2:]
    assert (before.figures.claps, after.figures.claps, after.figures.people) == (8, -8, -1)
    assert figures.total_of_writer(core.database, article.writer.id, today()).follows == 0


@ON_SQLITE
@pytest.mark.parametrize("grain", ["minute", "hour", "day"])
def test_each_grain_adds_up_to_the_same(core: Core, article: Post, grain: Grain) -> None:
    earlier(core, article, 0, claps=1)
    earlier(core, article, 61, claps=10)
    earlier(core, article, 119, claps=100)

    series = figures.series_of_post(core.database, article.id, today(grain))

    assert sum(point.figures.claps for point in series) == 111
    assert len(series) == len(today(grain).minutes)


@ON_SQLITE
def test_who_reads_twice_is_one_reader_of_post_and_writer(core: Core, article: Post) -> None:
    other = publish(core, article.writer)
    earlier(core, article, 70, viewers=("h1", "h2"))
    earlier(core, article, 5, viewers=("h1", "h3"))
    earlier(core, other, 5, viewers=("h1", "h4"))

    assert figures.total_of_post(core.database, article.id, today()).readers == 3
    assert figures.total_of_writer(core.database, article.writer.id, today()).readers == 4
    assert figures.readers_of_post_lately(core.database, article.id, minutes=30) == 2
    assert figures.readers_of_writer_lately(core.database, article.writer.id, minutes=30) == 3


@ON_SQLITE
def test_posts_are_ranked_by_what_they_got(core: Core, article: Post) -> None:
    second, third = publish(core, article.writer), publish(core, article.writer)
    earlier(core, article, 5, viewers=("h1",), claps=3)
    earlier(core, third, 5, viewers=("h1", "h2"), claps=8)

    ranked = figures.posts_by_figure(core.database, article.writer.id, today())
    by_views = figures.posts_by_figure(core.database, article.writer.id, today(), by="views", limit=1, offset=1)

    assert [(post_id, found.claps, found.readers) for post_id, found in ranked] == [
        (third.id, 8, 2), (article.id, 3, 1), (second.id, 0, 0),
    ]
    assert [post_id for post_id, _ in by_views] == [article.id]


@ON_SQLITE
def test_the_last_minutes_and_the_counts_are_of_one_instant(core: Core, article: Post) -> None:
    publish(core, article.writer)
    take(core, article, "clap", GUEST.id, 8)
    flush_all(core.database, core.journal)
    now = now_minute()
    got(core, article, now - 29, claps=5)
    got(core, article, now - 30, claps=99)

    found = figures.minutes_of_posts(core.database, article.writer.id, minute=now)

    assert set(found) == {article.id}
    assert found[article.id].stored.claps == 8
    assert (found[article.id].series["claps"][0], sum(found[article.id].series["claps"])) == (5, 13)


@ON_SQLITE
def test_old_figures_are_folded_a_step_at_a_time(core: Core, article: Post) -> None:
    earlier(core, article, 3 * HOUR, viewers=("h1",), claps=1)
    before = figures.total_of_post(core.database, article.id, today("hour"))

    while figures.keep_tidy(core.database):
        pass

    assert figures.total_of_post(core.database, article.id, today("hour")) == before
    assert figures.keep_tidy(core.database) == 0


def test_the_opening_rows_are_in_no_span(core: Core, article: Post) -> None:
    row = {"post_id": article.id, "grain": DAY, "begins": 0}
    counts = {"views": 9, "claps": 9, "people": 9, "likes": 9, "comments": 9}
    core.database.transact(lambda: PostFigure.insert({**row, **counts}).execute())

    assert figures.total_of_post(core.database, article.id, today()) == Figures()
    assert core.database.transact(lambda: WriterFigure.select().count()) == 0
