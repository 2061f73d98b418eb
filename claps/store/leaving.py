"""What is left of one who leaves, taken away by some rows in a transaction, until none is found."""

from __future__ import annotations

from typing import Any

from claps.plain.limits import CLAPS_PER_READER
from claps.store.bookmarks import Bookmark, bookmarks_before
from claps.store.calm import CalmPerson, CalmPost
from claps.store.claps import move_claps, move_likes
from claps.store.comments import Comment, CommentLike
from claps.store.database import locked
from claps.store.drafts import Draft
from claps.store.feeds import Feed
from claps.store.figures import add_follows, add_to_post, writers_of
from claps.store.follows import Follow
from claps.store.held import held_of_readers, move_held
from claps.store.people import Person
from claps.store.posts import Post, move_counts
from claps.store.revisions import Revision
from claps.store.search import drop_text
from claps.store.shares import ShareLink
from claps.store.tags import PostTag
from claps.store.webhook_turns import gather_claps
from claps.store.wide_posts import WidePost


def wipe_posts(writer_id: int, after_id: int, limit: int) -> list[int]:
    """Withdraw posts and wipe what they say; what others gave to them stays, and nobody sees it.

    :return: the ids of the posts, in their order.
    """
    mine = (Post.writer_id == writer_id) & (Post.id > after_id)
    rows = locked(Post.select(Post.id).where(mine).order_by(Post.id).limit(limit))
    ids = [int(row.id) for row in rows]
    if not ids:
        return []
    # By itself and first: MySQL reads in one statement what that has just set.
    Post.update({Post.first_published_at: Post.published_at}).where(
        Post.id.in_(ids) & Post.published_at.is_null(False)
    ).execute()
    Post.update(
        published_at=None, title=None, slug="", body="", body_html="", summary="", words=0, tags="", draft_key=None,
        closed=True,
    ).where(Post.id.in_(ids)).execute()
    PostTag.delete().where(PostTag.post_id.in_(ids)).execute()
    WidePost.delete().where(WidePost.post_id.in_(ids)).execute()
    for post_id in ids:
        drop_text(post_id)
    return ids


def drop_revisions(writer_id: int, limit: int) -> int:
    """Delete what a writer's posts said before; return how many went."""
    query: Any = (
        Revision.select(Revision.post_id, Revision.number)
        .join(Post, on=(Post.id == Revision.post_id))
        .where(Post.writer_id == writer_id)
        .limit(limit)
    )
    found = [(int(post_id), int(number)) for post_id, number in query.tuples()]
    for post_id, number in sorted(found):
        Revision.delete().where((Revision.post_id == post_id) & (Revision.number == number)).execute()
    return len(found)


def drop_drafts(writer_id: int, limit: int) -> int:
    """Delete drafts; return how many went."""
    query: Any = Draft.select(Draft.id).where(Draft.writer_id == writer_id).order_by(Draft.id).limit(limit)
    ids = [int(draft_id) for (draft_id,) in query.tuples()]
    return int(Draft.delete().where(Draft.id.in_(ids)).execute()) if ids else 0


def drop_shares(writer_id: int, limit: int) -> int:
    """Delete links to the figures of a writer's posts; return how many went."""
    query: Any = ShareLink.select(ShareLink.id).join(Post, on=(Post.id == ShareLink.post_id))
    ids = [int(share_id) for (share_id,) in query.where(Post.writer_id == writer_id).limit(limit).tuples()]
    return int(ShareLink.delete().where(ShareLink.id.in_(ids)).execute()) if ids else 0


def drop_calm(person_id: int, limit: int) -> int:
    """Forget from whom a person hid numbers; return how many rows went."""
    query: Any = CalmPost.select(CalmPost.post_id).join(Post, on=(Post.id == CalmPost.post_id))
    ids = [int(post_id) for (post_id,) in query.where(Post.writer_id == person_id).limit(limit).tuples()]
    shown = int(CalmPost.delete().where(CalmPost.post_id.in_(ids)).execute()) if ids else 0
    return shown + int(CalmPerson.delete().where(CalmPerson.person_id == person_id).execute())


def comments_left(person_id: int, after_id: int, limit: int) -> list[tuple[int, bool]]:
    """Read which comments of a person still say something, and whether each is an answer."""
    mine = (Comment.person_id == person_id) & (Comment.id > after_id)
    query: Any = Comment.select(Comment.id, Comment.parent_id).where(
        mine & ((Comment.body != "") | Comment.removed_by.is_null())
    )
    rows = query.order_by(Comment.id).limit(limit).tuples()
    return [(int(comment_id), parent_id is not None) for comment_id, parent_id in rows]


def likes_left(reader_id: int, limit: int) -> list[int]:
    """Read which comments a reader likes."""
    query: Any = CommentLike.select(CommentLike.comment_id).where(CommentLike.reader_id == reader_id)
    return [int(comment_id) for (comment_id,) in query.order_by(CommentLike.comment_id).limit(limit).tuples()]


def drop_followed(person_id: int, limit: int) -> list[int]:
    """Let a person follow nobody any more; return whose follower he was."""
    return _drop_follows(Follow.follower_id == person_id, Follow.writer_id, person_id, limit)


def drop_followers(person_id: int, limit: int) -> list[int]:
    """Let nobody follow a person any more; return who did."""
    return _drop_follows(Follow.writer_id == person_id, Follow.follower_id, person_id, limit)


def drop_bookmarks(person_id: int, limit: int) -> int:
    """Delete bookmarks; return how many went."""
    ids = bookmarks_before(person_id, None, limit)
    mine = (Bookmark.person_id == person_id) & Bookmark.post_id.in_(ids)
    return int(Bookmark.delete().where(mine).execute()) if ids else 0


def drop_feed(reader_id: int) -> None:
    """Forget what was brought to a person."""
    Feed.delete().where(Feed.reader_id == reader_id).execute()


def take_back_withdrawn(post_id: int, reader_id: int) -> None:
    """Take a reader's claps and like back from a post that is withdrawn, which Redis does not count.

    The post's row is held: who publishes it again meanwhile waits, and its tally is read from SQL after that.
    """
    hidden = Post.select(Post.id).where((Post.id == post_id) & Post.published_at.is_null())
    if locked(hidden).first() is None:
        return
    claps, people = move_claps({(post_id, reader_id): -CLAPS_PER_READER}).get(post_id, (0, 0))
    likes = move_likes({(post_id, reader_id): -1}).get(post_id, 0)
    held = held_of_readers(post_id, [reader_id])
    move_held({(post_id, reader_id): -claps for reader_id, claps in held.items()})
    moved = {"claps": claps, "people": people, "likes": likes}
    move_counts(post_id, moved)
    add_to_post(post_id, **moved)
    gather_claps({post_id: (claps, people)}, writers_of([post_id]))


def _drop_follows(mine: Any, other: Any, person_id: int, limit: int) -> list[int]:
    # Held, so that who unfollows in the same moment is not counted twice.
    rows = locked(Follow.select(other).where(mine).order_by(other).limit(limit))
    others = [int(getattr(row, other.name)) for row in rows]
    if others:
        Follow.delete().where(mine & other.in_(others)).execute()
        theirs, own = (Person.followers, Person.following)
        if other is Follow.follower_id:
            theirs, own = own, theirs
        Person.update({theirs: theirs - 1}).where(Person.id.in_(others)).execute()
        Person.update({own: own - len(others)}).where(Person.id == person_id).execute()
        lost = {person_id: -len(others)} if other is Follow.follower_id else dict.fromkeys(others, -1)
        add_follows(lost)
    return others
