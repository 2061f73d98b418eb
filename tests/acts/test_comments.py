"""Comments: persisted, told, answered, changed, taken away, liked."""

from __future__ import annotations

from typing import Any

import gevent
import pytest

from claps.acts.comments import (
    CommentsSource,
    Talk,
    close_comments,
    comment,
    edit_comment,
    find_comment,
    like_comment,
    remove_comment,
    restore_comment,
)
from claps.acts.errands import Errands
from claps.app import Core
from claps.hot.keys import tally_key
from claps.plain.changes import Change
from claps.plain.errors import Invalid, NotFound, Refused
from claps.plain.limits import COMMENT_LENGTH
from claps.plain.people import Person, Reader
from claps.plain.posts import Comment, Post, make_threads
from claps.plain.topics import comments_topic
from claps.store.comments import comments_of
from claps.store.errands import Errand
from claps.store.posts import Post as PostRow
from claps.store.posts import get_post
from tests.parts.inside import GUEST, ON_SQLITE
from tests.parts.redis_server import RedisServer


@pytest.fixture
def talk(core: Core) -> Talk:
    """What the acts need; nobody runs the errands."""
    return Talk(core.database, core.ledger, core.publish, Errands(core.database, {}))


def read_comments(core: Core, post: Post) -> list[Comment]:
    """All comments under a post, those that were taken away among them."""
    with core.database.reading():
        return comments_of(post.id, limit=99)


def events_of(core: Core, post: Post) -> list[dict[str, Any]]:
    """Everything that was told of a post's comments."""
    return list(CommentsSource(core.database).after(comments_topic(post.id), 0).events)


def count_of(core: Core, post: Post) -> int:
    """The live number of comments."""
    return core.mending.read([post.id])[post.id].comments


def test_a_comment_is_kept_cleaned_and_the_count_moves(core: Core, talk: Talk, article: Post, ben: Person) -> None:
    comment(talk, ben, article, body="  *Hear*, <b>hear</b>!\r\n")
    comment(talk, ben, article, body="Again.")

    assert [one.body_html for one in read_comments(core, article)] == [
        "<p><em>Hear</em>, &lt;b&gt;hear&lt;/b&gt;!</p>\n", "<p>Again.</p>\n",
    ]
    assert count_of(core, article) == 2


@pytest.mark.parametrize("body", ["", " \n\t ", "x" * (COMMENT_LENGTH + 1)])
def test_nothing_and_too_much_are_refused(core: Core, talk: Talk, article: Post, ben: Person, body: str) -> None:
    with pytest.raises(Invalid) as error:
        comment(talk, ben, article, body=body)

    assert error.value.field == "body"
    assert read_comments(core, article) == []


def test_an_answer_to_an_answer_stands_beside_it(core: Core, talk: Talk, article: Post, ben: Person) -> None:
    first = comment(talk, ben, article, body="One.")
    second = comment(talk, ben, article, body="Two.", parent_id=first.id)
    comment(talk, ben, article, body="Three.", parent_id=second.id)

    [thread] = make_threads(read_comments(core, article))

    assert thread.comment.id == first.id
    assert [answer.body_html for answer in thread.answers] == ["<p>Two.</p>\n", "<p>Three.</p>\n"]


def test_a_form_that_is_sent_twice_writes_one_comment(core: Core, talk: Talk, article: Post, ben: Person) -> None:
    sent = [gevent.spawn(comment, talk, ben, article, body="Once.") for _ in range(3)]
    gevent.joinall(sent, timeout=20, raise_error=True)

    assert len({greenlet.value.id for greenlet in sent}) == 1
    assert (len(read_comments(core, article)), len(events_of(core, article))) == (1, 1)
    assert core.database.transact(lambda: Errand.select().where(Errand.kind == "notify").count()) == 1


@pytest.mark.parametrize(("change", "error"), [({"published_at": None}, NotFound), ({"closed": True}, Refused)])
def test_a_post_that_takes_none_meanwhile_gets_none(
    core: Core, talk: Talk, article: Post, ben: Person, change: dict[str, Any], error: type[Exception]
) -> None:
    core.database.transact(lambda: PostRow.update(**change).execute())

    with pytest.raises(error):
        comment(talk, ben, article, body="Too late.")

    assert read_comments(core, article) == []


def test_what_is_answered_must_be_there(talk: Talk, article: Post, ada: Person, ben: Person, core: Core) -> None:
    gone = comment(talk, ben, article, body="Gone.")
    remove_comment(talk, ada, article, gone)

    for parent_id in (gone.id, gone.id + 99):
        with pytest.raises(NotFound):
            comment(talk, ben, article, body="Answer.", parent_id=parent_id)


def test_one_changes_ones_own_and_nobody_elses(core: Core, talk: Talk, article: Post, ada: Person, ben: Person) -> None:
    mine = comment(talk, ben, article, body="Mine.")

    edit_comment(talk, ben, mine, body="Mine, *better*.")
    with pytest.raises(Refused):
        edit_comment(talk, ada, mine, body="Hers.")
    with pytest.raises(Invalid):
        edit_comment(talk, ben, mine, body=" ")

    found = find_comment(core.database, mine.id)
    assert (found.body_html, found.is_edited) == ("<p>Mine, <em>better</em>.</p>\n", True)
    assert [event["why"] for event in events_of(core, article)] == ["written", "edited"]


def test_what_was_taken_away_can_be_put_back_by_who_did_it(
    core: Core, talk: Talk, article: Post, ada: Person, ben: Person
) -> None:
    mine = comment(talk, ben, article, body="Mine.")

    remove_comment(talk, ada, article, mine)
    remove_comment(talk, ada, article, mine)
    removed = find_comment(core.database, mine.id)
    with pytest.raises(Refused):
        restore_comment(talk, ben, removed)
    with pytest.raises(NotFound):
        edit_comment(talk, ben, removed, body="Still here.")

    assert (removed.body_html, count_of(core, article)) == ("", 0)
    assert [event["op"] for event in events_of(core, article)] == ["remove", "remove"]  # its words are told no more
    restore_comment(talk, ada, removed)
    assert (find_comment(core.database, mine.id).body_html, count_of(core, article)) == ("<p>Mine.</p>\n", 1)


def test_only_its_writer_and_the_posts_take_a_comment_away(
    core: Core, talk: Talk, article: Post, ada: Person, ben: Person
) -> None:
    hers = comment(talk, ada, article, body="Hers.")

    with pytest.raises(Refused):
        remove_comment(talk, ben, article, hers)

    assert count_of(core, article) == 1


def test_a_thread_of_which_only_answers_are_left_keeps_its_place(
    core: Core, talk: Talk, article: Post, ben: Person
) -> None:
    first, alone = (comment(talk, ben, article, body=body) for body in ("One.", "Alone."))
    comment(talk, ben, article, body="Two.", parent_id=first.id)
    for one in (first, alone):
        remove_comment(talk, ben, article, one)

    [thread] = make_threads(read_comments(core, article))

    assert thread.comment.is_removed and len(thread.answers) == 1


def test_a_like_counts_once_and_can_be_taken_back(core: Core, talk: Talk, article: Post, ben: Person) -> None:
    mine = comment(talk, ben, article, body="Mine.")

    for reader in (GUEST, GUEST, Reader(99)):
        like_comment(talk, reader, mine, liked=True)
    like_comment(talk, GUEST, mine, liked=False)
    with pytest.raises(Refused):
        like_comment(talk, Reader(ben.id), mine, liked=True)

    assert find_comment(core.database, mine.id).likes == 1
    assert [event["why"] for event in events_of(core, article)] == ["written", "liked", "liked", "liked"]


def test_only_the_posts_writer_closes_its_comments(core: Core, article: Post, ada: Person, ben: Person) -> None:
    with pytest.raises(Refused):
        close_comments(core.database, ben, article, closed=True)

    close_comments(core.database, ada, article, closed=True)

    with core.database.reading():
        assert get_post(article.id).closed


def test_a_comment_is_taken_while_redis_is_away_and_counted_when_it_is_back(
    core: Core, talk: Talk, article: Post, ben: Person, redis: RedisServer
) -> None:
    redis.kill()
    comment(talk, ben, article, body="Hear, hear!")
    assert [one.body_html for one in read_comments(core, article)] == ["<p>Hear, hear!</p>\n"]

    redis.start()

    assert count_of(core, article) == 1


@ON_SQLITE
def test_an_empty_redis_learns_the_count_with_the_next_comment(
    core: Core, talk: Talk, article: Post, ben: Person
) -> None:
    comment(talk, ben, article, body="One.")
    core.redis.flushall()

    comment(talk, ben, article, body="Two.")

    assert count_of(core, article) == 2


@ON_SQLITE
def test_a_number_that_arrives_late_is_not_taken(core: Core, talk: Talk, article: Post, ben: Person) -> None:
    comment(talk, ben, article, body="One.")
    comment(talk, ben, article, body="Two.")
    core.redis.delete(tally_key(article.id))

    clapped = core.ledger.take(Change("comments", article.id, "1", 1))

    assert clapped.tally.comments == 2
