"""Commenting: persisted first, told after."""

from __future__ import annotations

import pytest

from claps.acts.comments import comment
from claps.app import Core
from claps.hot.keys import tally_key
from claps.plain.changes import Change
from claps.plain.errors import Invalid
from claps.plain.limits import COMMENT_LENGTH
from claps.plain.people import Person
from claps.plain.posts import Post
from claps.store.comments import comments_of
from tests.parts.inside import ON_SQLITE
from tests.parts.redis_server import RedisServer

pytestmark = ON_SQLITE


def list_comments(core: Core, article: Post) -> list[str]:
    with core.database.reading():
        return [item.body_html for item in comments_of(article.id, limit=9)]


def test_a_comment_is_kept_cleaned_and_the_count_moves(core: Core, article: Post, ben: Person) -> None:
    comment(core.database, core.ledger, core.publish, ben, article, body="  *Hear*, <b>hear</b>!\n")
    comment(core.database, core.ledger, core.publish, ben, article, body="Again.")

    assert list_comments(core, article) == [
        "<p><em>Hear</em>, &lt;b&gt;hear&lt;/b&gt;!</p>\n", "<p>Again.</p>\n",
    ]
    assert core.mending.read([article.id])[article.id].comments == 2


@pytest.mark.parametrize("body", ["", " \n\t ", "x" * (COMMENT_LENGTH + 1)])
def test_nothing_and_too_much_are_refused(core: Core, article: Post, ben: Person, body: str) -> None:
    with pytest.raises(Invalid) as error:
        comment(core.database, core.ledger, core.publish, ben, article, body=body)

    assert error.value.field == "body"
    assert list_comments(core, article) == []


def test_a_comment_is_taken_while_redis_is_away_and_counted_when_it_is_back(
    core: Core, article: Post, ben: Person, redis: RedisServer
) -> None:
    redis.kill()
    comment(core.database, core.ledger, core.publish, ben, article, body="Hear, hear!")
    assert list_comments(core, article) == ["<p>Hear, hear!</p>\n"]

    redis.start()

    assert core.mending.read([article.id])[article.id].comments == 1


def test_an_empty_redis_learns_the_count_with_the_next_comment(core: Core, article: Post, ben: Person) -> None:
    comment(core.database, core.ledger, core.publish, ben, article, body="One.")
    core.redis.flushall()

    comment(core.database, core.ledger, core.publish, ben, article, body="Two.")

    assert core.mending.read([article.id])[article.id].comments == 2


def test_a_number_that_arrives_late_is_not_taken(core: Core, article: Post, ben: Person) -> None:
    comment(core.database, core.ledger, core.publish, ben, article, body="One.")
    comment(core.database, core.ledger, core.publish, ben, article, body="Two.")
    core.redis.delete(tally_key(article.id))

    clapped = core.ledger.take(Change("comments", article.id, "1", 1))

    assert clapped.tally.comments == 2
