"""What is read of figures, and for how long it is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from claps.acts.flush import flush_all
from claps.acts.overview import Overviews, check_own_post
from claps.app import Core
from claps.plain.changes import Change
from claps.plain.errors import NotFound
from claps.plain.figures import Span, span_of
from claps.plain.people import Person
from claps.plain.posts import Post
from tests.parts.inside import GUEST, ON_SQLITE

pytestmark = ON_SQLITE


def week() -> Span:
    """The last seven days."""
    now = datetime.now(UTC)
    return span_of(now - timedelta(days=6), now, "day")


def clap(core: Core, post: Post, times: int) -> None:
    """Give claps, and carry them into SQL."""
    core.ledger.take(Change("clap", post.id, str(GUEST.id), times))
    flush_all(core.database, core.journal)


def test_a_period_is_read_with_the_one_before(core: Core, article: Post) -> None:
    clap(core, article, 8)
    overviews = Overviews(core.database)

    of_writer, of_post = overviews.of_writer(article.writer, week()), overviews.of_post(article, week())

    assert (of_writer.total.claps, of_writer.before.claps) == (8, 0) == (of_post.total.claps, of_post.before.claps)
    assert [point.figures.claps for point in of_writer.points] == [0] * 6 + [8]
    assert len(of_writer.before_points) == 7


def test_what_was_dear_to_read_is_kept_longer(core: Core, article: Post) -> None:
    times = iter([0.0, 1.0, 19.0, 22.0, 22.0, 22.1])
    overviews = Overviews(core.database, clock=lambda: next(times))

    first = overviews.titles(article.writer)

    assert overviews.titles(article.writer) is first
    assert overviews.titles(article.writer) is not first


def test_what_was_corrected_is_read_anew(core: Core, article: Post) -> None:
    overviews = Overviews(core.database)
    ranked = overviews.ranked(article.writer, week(), by="claps", limit=5)
    clap(core, article, 8)

    overviews.forget()

    assert ranked[0][1].claps == 0
    assert overviews.ranked(article.writer, week(), by="claps", limit=5)[0][1].claps == 8


def test_figures_of_anothers_post_are_not_there(article: Post, ben: Person) -> None:
    assert check_own_post(article, article.writer) is article
    with pytest.raises(NotFound):
        check_own_post(article, ben)
