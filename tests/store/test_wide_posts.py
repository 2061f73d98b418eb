"""Posts that are told to those who look: none missed, from whichever side they are looked up."""

from __future__ import annotations

from datetime import timedelta

import pytest

from claps.app import Core
from claps.plain.people import Person
from claps.store.follows import add_follow
from claps.store.wide_posts import add_wide_post, newest_wide_id, wide_posts_for
from tests.parts.inside import publish, write_person


@pytest.mark.parametrize("compared", [0, 1_000])
def test_those_of_followed_writers_are_found_newest_first(
    core: Core, ada: Person, ben: Person, compared: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("claps.store.wide_posts.WIDE_POSTS_COMPARED", compared)
    posts = [publish(core, writer) for writer in (ada, write_person(core, "cyd"), ada, ada)]
    before, after = (posts[0].published_at + timedelta(days=days) for days in (-1, 1))
    core.database.transact(lambda: add_follow(ben.id, ada.id, at=before))
    late = write_person(core, "dee")
    core.database.transact(lambda: add_follow(late.id, ada.id, at=after))
    for post in [*posts, posts[0]]:
        core.database.transact(lambda post=post: add_wide_post(post.id))

    with core.database.reading():
        found, newest = wide_posts_for(ben.id, 1, 4, limit=9), newest_wide_id()
        assert [wide.post_id for wide in wide_posts_for(ben.id, 0, 4, limit=2)] == [posts[3].id, posts[2].id]
        assert wide_posts_for(late.id, 0, 4, limit=9) == []

    assert [wide.post_id for wide in found] == [posts[3].id, posts[2].id]
    assert newest == 4
