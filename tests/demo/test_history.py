"""The demo has a past, and everything in it adds up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from claps.acts.bursts import bursts_of, mark_bursts
from claps.acts.figures import referrers_of_writer, total_of_writer
from claps.app import Core
from claps.demo.filling import fill_demo
from claps.plain.figures import Span, span_of
from claps.store.figure_laws import find_gaps
from claps.store.laws import find_drifts
from claps.store.people import get_person
from claps.store.posts import latest_posts
from tests.parts.inside import ON_SQLITE

pytestmark = ON_SQLITE


@pytest.fixture
def ada(core: Core) -> int:
    """The number of the demo's Ada, whose posts have a past."""
    fill_demo(core)
    with core.database.reading():
        return get_person("ada").id


def until_yesterday() -> Span:
    """All that the demo tells of before today."""
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return span_of(today - timedelta(days=300), today, "day")


def test_figures_of_the_past_add_up(core: Core, ada: int) -> None:
    with core.database.reading():
        assert (find_gaps(most=9), find_drifts(most=9)) == ([], [])

    past = total_of_writer(core.database, ada, until_yesterday())
    assert 0 < past.people < past.readers < past.views
    assert past.claps > past.people
    assert len(referrers_of_writer(core.database, ada, until_yesterday(), limit=99)) == 5


def test_one_post_has_a_burst_to_look_at_and_nobody_else_is_taken_for_machines(core: Core, ada: int) -> None:
    assert mark_bursts(core.database) == 0

    with core.database.reading():
        posts = latest_posts(before=None, limit=99)
    found = {post.id: bursts_of(core.database, post.writer, post) for post in posts}

    [(burst,)] = [marked for marked in found.values() if marked]
    assert (burst.claps, burst.people, burst.is_out) == (1_200, 24, False)


def test_redis_knows_the_views_of_the_past(core: Core, ada: int) -> None:
    tally = core.mending.read([1])[1]

    assert tally.views > 0
