"""How things stand of which people are told: who claps, likes, comments, answers and follows, since a base."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from peewee import fn

from claps.plain.limits import TALKERS_COUNTED
from claps.plain.notifications import Subject, What
from claps.store.bulk import Pair, find_pairs
from claps.store.comments import Comment, likes_comment
from claps.store.follows import count_followers, is_following
from claps.store.notifications import Found, Since
from claps.store.posts import Post
from claps.store.stirred import NOBODY, Stir
from claps.store.webhooks import stops_of

_GIFTS: dict[str, tuple[What, str]] = {"c": ("clapped", "clap"), "l": ("liked", "like")}


class Spoken(NamedTuple):
    """A comment, and who is concerned: the writer of the post, and of the comment that is answered."""

    post_id: int
    writer_id: int
    author_id: int
    parent_id: int | None
    parent_author_id: int | None


def standing_of_gifts(stirs: Iterable[Stir]) -> list[tuple[Subject, Since]]:
    """Tell how claps and likes of some posts stand; in the order of the people whom they concern."""
    rows = set(stirs)
    query: Any = Post.select(Post.id, Post.writer_id, Post.people, Post.likes).where(
        Post.id.in_(sorted({row.post_id for row in rows}))
    )
    found = []
    given = {gift: _given(table, [row for row in rows if row.gift == gift]) for gift, (_, table) in _GIFTS.items()}
    for post_id, writer_id, people, likes in query.tuples():
        for gift, (what, _) in _GIFTS.items():
            readers = {row.reader_id for row in rows if (row.post_id, row.gift) == (post_id, gift)}
            if readers:
                named = sorted(readers - {NOBODY, writer_id})
                come = tuple(reader_id for reader_id in named if (post_id, reader_id) in given[gift])
                gone = tuple(reader_id for reader_id in named if (post_id, reader_id) not in given[gift])
                total = int(people if gift == "c" else likes)
                found.append((Subject(int(writer_id), what, int(post_id)), _counted(total, come, gone)))
    return sorted(found, key=lambda pair: pair[0])


def standing_of_comment_likes(comment_id: int, reader_id: int) -> tuple[Subject, Since] | None:
    """Tell how the likes of a comment stand, one reader's among them; None when it was taken away."""
    row = Comment.get_or_none((Comment.id == comment_id) & Comment.removed_by.is_null())
    if row is None:
        return None
    since = _one(int(row.likes), reader_id, has_come=likes_comment(comment_id, reader_id))
    return Subject(int(row.person_id), "liked_comment", comment_id), since


def standing_of_followers(person_id: int, follower_id: int) -> tuple[Subject, Since]:
    """Tell how many follow a person, one follower among them."""
    since = _one(count_followers(person_id), follower_id, has_come=is_following(follower_id, person_id))
    return Subject(person_id, "followed", 0), since


def standing_of_talk(comment_id: int) -> list[tuple[Subject, Since]]:
    """Tell how the comments stand that one of them concerns; in the order of the people whom they concern.

    Who is answered is told of an answer, and the post's writer of any other comment; nobody of his own.
    """
    spoken = _find_spoken(comment_id)
    if spoken is None:
        return []
    found: list[tuple[Subject, Since]] = []
    if spoken.parent_author_id != spoken.writer_id != spoken.author_id:
        found.append((Subject(spoken.writer_id, "commented", spoken.post_id), _commented(spoken)))
    if spoken.parent_id is not None and spoken.parent_author_id not in (None, spoken.author_id):
        found.append((Subject(int(spoken.parent_author_id or 0), "replied", spoken.parent_id), _replied(spoken)))
    return sorted(found, key=lambda pair: pair[0])


def standing_of_webhook(person_id: int, webhook_id: int) -> tuple[Subject, Since]:
    """Tell how often a webhook of somebody's was turned off for failing."""
    return Subject(person_id, "webhook", webhook_id), _counted(stops_of(webhook_id), (), ())


def _given(table: str, rows: list[Stir]) -> set[Pair]:
    pairs = [(row.post_id, row.reader_id) for row in rows if row.reader_id != NOBODY]
    if not pairs:
        return set()
    return {(int(post_id), int(reader_id)) for post_id, reader_id in find_pairs(table, ("post_id", "reader_id"), pairs)}


def _counted(total: int, come: tuple[int, ...], gone: tuple[int, ...]) -> Since:
    return lambda base: Found(total - base, total, come, gone)


def _one(total: int, actor_id: int, *, has_come: bool) -> Since:
    return _counted(total, (actor_id,) if has_come else (), () if has_come else (actor_id,))


def _commented(spoken: Spoken) -> Since:
    own = Comment.alias()
    of_writer = own.select(own.id).where((own.post_id == spoken.post_id) & (own.person_id == spoken.writer_id))
    is_it = (
        (Comment.post_id == spoken.post_id)
        & (Comment.person_id != spoken.writer_id)
        & (Comment.parent_id.is_null() | Comment.parent_id.not_in(of_writer))
    )
    return lambda base: _talkers(is_it, base)


def _replied(spoken: Spoken) -> Since:
    # By its post, because that is what comments have an index of.
    is_it = (
        (Comment.post_id == spoken.post_id)
        & (Comment.parent_id == spoken.parent_id)
        & (Comment.person_id != spoken.parent_author_id)
    )
    return lambda base: _talkers(is_it, base)


def _talkers(is_it: Any, base: int) -> Found:
    newest = fn.MAX(Comment.id)
    query: Any = Comment.select(Comment.person_id, newest).where(
        is_it & (Comment.id > base) & Comment.removed_by.is_null()
    )
    rows = list(query.group_by(Comment.person_id).order_by(newest.desc()).limit(TALKERS_COUNTED).tuples())
    come = tuple(int(person_id) for person_id, _ in rows)
    return Found(len(rows), max((int(last) for _, last in rows), default=base), come, whole=True)


def _find_spoken(comment_id: int) -> Spoken | None:
    row = Comment.get_or_none(Comment.id == comment_id)
    post = None if row is None else Post.select(Post.writer_id).where(Post.id == row.post_id).first()
    if row is None or post is None:
        return None
    parent = None if row.parent_id is None else Comment.get_or_none(Comment.id == row.parent_id)
    return Spoken(
        int(row.post_id), int(post.writer_id), int(row.person_id), row.parent_id,
        None if parent is None else int(parent.person_id),
    )
