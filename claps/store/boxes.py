"""A person's notifications: pages of them, the badge, and what he has read, looked at and muted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC
from typing import Any, NamedTuple

from peewee import fn

from claps.plain.limits import BADGE_MOST, BADGE_NOTICES
from claps.plain.notifications import KINDS, Kind, Notification, What, shorten
from claps.plain.people import Person as PersonValue
from claps.store.comments import Comment
from claps.store.notifications import Notice, NoticeActor, NoticeBox, take_turn
from claps.store.people import Person
from claps.store.posts import Post
from claps.store.webhooks import hosts_of


class Box(NamedTuple):
    """How far a person's notifications have come, how far they were looked at, and what is muted."""

    turn: int = 0
    looked_turn: int = 0
    caught_up: int = 0
    muted: tuple[Kind, ...] = ()


def box_of(person_id: int) -> Box:
    """Read a person's box."""
    row = NoticeBox.get_or_none(NoticeBox.person_id == person_id)
    if row is None:
        return Box()
    return Box(row.turn, row.looked_turn, row.caught_up, tuple(kind for kind in KINDS if row.mutes(kind)))


def notifications_before(person_id: int, before_turn: int | None, limit: int) -> tuple[list[Notification], int | None]:
    """Read a person's notifications, newest first, in a number of queries that does not grow with them.

    What was withdrawn or taken away since is not shown.

    :param before_turn: of the last one already seen; None to begin.
    :return: one page, and the turn behind which the next one begins; None on the last.
    """
    query = Notice.select().where((Notice.person_id == person_id) & (Notice.people > 0))
    if before_turn is not None:
        query = query.where(Notice.turn < before_turn)
    rows = list(query.order_by(Notice.turn.desc()).limit(limit + 1))
    return _values(rows[:limit]), rows[limit - 1].turn if len(rows) > limit else None


def notifications(notice_ids: Iterable[int]) -> dict[int, Notification]:
    """Read notifications by id; those of which nothing is left are missing."""
    rows = Notice.select().where(Notice.id.in_(sorted(set(notice_ids))) & (Notice.people > 0))
    return {found.id: found for found in _values(list(rows))}


def owner_of(notice_id: int) -> int | None:
    """Tell whose a notification is."""
    row = Notice.select(Notice.person_id).where(Notice.id == notice_id).first()
    return None if row is None else int(row.person_id)


def count_new(person_id: int) -> int:
    """Count the people who have done something since the person looked last, each once; 100 stands for more than 99.

    Of a notification that is told of so many that it does not know them all, those whom it does not know are added.
    """
    looked = box_of(person_id).looked_turn
    new = (Notice.person_id == person_id) & (Notice.turn > looked)
    query: Any = Notice.select(Notice.id, Notice.people, Notice.looked).where(
        new & Notice.read_turn.is_null() & (Notice.people > Notice.looked)
    )
    rows = list(query.order_by(Notice.turn.desc()).limit(BADGE_NOTICES).tuples())
    if not rows:
        return 0
    is_new = (NoticeActor.person_id == person_id) & (NoticeActor.turn > looked)
    is_new &= NoticeActor.notice_id.in_([notice_id for notice_id, _, _ in rows])
    by_notice: Any = NoticeActor.select(NoticeActor.notice_id, fn.COUNT(NoticeActor.actor_id)).where(is_new)
    known = {int(notice_id): int(count) for notice_id, count in by_notice.group_by(NoticeActor.notice_id).tuples()}
    people = int(NoticeActor.select(fn.COUNT(fn.DISTINCT(NoticeActor.actor_id))).where(is_new).scalar())
    others = sum(max(0, people - looked_at - known.get(notice_id, 0)) for notice_id, people, looked_at in rows)
    return int(min(BADGE_MOST + 1, people + others))


def look(person_id: int, upto_turn: int) -> bool:
    """Note that a person has looked at all there was up to a turn; call inside a transaction.

    :return: False when that was known.
    """
    looked = box_of(person_id).looked_turn
    is_behind = (NoticeBox.person_id == person_id) & (NoticeBox.looked_turn < upto_turn)
    # The box first, which is then held; of two who look at once one finds that the other has.
    if not NoticeBox.update(looked_turn=upto_turn).where(is_behind).execute():
        return False
    is_seen = (Notice.person_id == person_id) & (Notice.turn > looked) & (Notice.turn <= upto_turn)
    Notice.update({Notice.looked: Notice.people}).where(is_seen).execute()
    return True


def read_all(person_id: int, upto_turn: int) -> int | None:
    """Mark as read what a person was shown up to a turn; call inside a transaction.

    :return: what takes it back, None when all was read.
    """
    return _read((Notice.person_id == person_id) & (Notice.turn <= upto_turn), person_id)


def read_one(person_id: int, notice_id: int) -> int | None:
    """Mark one notification as read; call inside a transaction; None when it was so already."""
    return _read((Notice.person_id == person_id) & (Notice.id == notice_id), person_id)


def unread(person_id: int, read_turn: int) -> bool:
    """Take back that something was marked as read; call inside a transaction; False when there is nothing to take back.

    What has come anew meanwhile stays as it is.
    """
    take_turn(person_id)
    is_it = (Notice.person_id == person_id) & (Notice.read_turn == read_turn)
    return bool(Notice.update(read_turn=None).where(is_it).execute())


def unread_one(person_id: int, notice_id: int) -> bool:
    """Mark one notification as not read; call inside a transaction; False when it was so already."""
    take_turn(person_id)
    is_it = (Notice.person_id == person_id) & (Notice.id == notice_id) & Notice.read_turn.is_null(False)
    return bool(Notice.update(read_turn=None).where(is_it).execute())


def set_muted(person_id: int, kind: Kind, whats: Sequence[What], *, muted: bool) -> None:
    """Mute one kind, or not any more; call inside a transaction. What is there of it counts as read."""
    box = take_turn(person_id)
    kinds = [one for one in KINDS if (muted if one == kind else box.mutes(one))]
    NoticeBox.update(muted=" ".join(kinds)).where(NoticeBox.person_id == person_id).execute()
    if muted:
        is_it = (Notice.person_id == person_id) & Notice.what.in_(list(whats)) & Notice.read_turn.is_null()
        Notice.update(read_turn=box.turn).where(is_it).execute()


def catch_up(person_id: int, upto_id: int) -> None:
    """Note up to which widely read post a person was told; call inside a transaction."""
    NoticeBox.update(caught_up=upto_id).where(
        (NoticeBox.person_id == person_id) & (NoticeBox.caught_up < upto_id)
    ).execute()


def _read(where: Any, person_id: int) -> int | None:
    turn = int(take_turn(person_id).turn)
    changed = Notice.update(read_turn=turn).where(where & Notice.read_turn.is_null() & (Notice.people > 0)).execute()
    return turn if changed else None


def _values(rows: Sequence[Any]) -> list[Notification]:
    comments = _comments_of(rows)
    posts = _posts_of({*(comment[0] for comment in comments.values()), *(row.thing_id for row in rows)})
    people = _people_of({row.actor_id for row in rows if row.actor_id is not None})
    webhooks = hosts_of(row.thing_id for row in rows if row.what == "webhook")
    found = []
    for row in rows:
        post_id, comment_id = comments.get(row.id, (row.thing_id, None))
        if row.what in ("followed", "webhook"):
            post_id = None
        elif post_id not in posts or (_is_of_comment(row) and comment_id is None):
            continue
        if row.what == "webhook" and row.thing_id not in webhooks:
            continue
        thing_text = webhooks[row.thing_id] if row.what == "webhook" else posts.get(post_id or 0, "")
        found.append(
            Notification(
                id=row.id, what=row.what, people=row.people, actor=people.get(row.actor_id), post_id=post_id,
                comment_id=comment_id, thing_text=thing_text, turn=row.turn,
                at=row.at.replace(tzinfo=UTC), is_read=row.read_turn is not None,
            )
        )
    return found


def _comments_of(rows: Sequence[Any]) -> dict[int, tuple[int, int]]:
    """By notice: the post and the comment that it leads to; of several comments the newest."""
    leads = {row.id: row.thing_id if row.what == "liked_comment" else row.mark for row in rows if _is_of_comment(row)}
    if not leads:
        return {}
    query: Any = Comment.select(Comment.id, Comment.post_id, Comment.removed_by)
    found = {int(row.id): row for row in query.where(Comment.id.in_(sorted(set(leads.values()))))}
    return {
        row.id: (int(found[leads[row.id]].post_id), leads[row.id]) for row in rows
        if leads.get(row.id) in found and not (row.what == "liked_comment" and found[leads[row.id]].removed_by)
    }


def _is_of_comment(row: Any) -> bool:
    return row.what in ("commented", "replied", "liked_comment")


def _posts_of(post_ids: set[int]) -> dict[int, str]:
    if not post_ids:
        return {}
    query: Any = Post.select(Post.id, Post.title, Post.summary).where(
        Post.id.in_(sorted(post_ids)) & Post.published_at.is_null(False)
    )
    return {int(post_id): shorten(title or summary) for post_id, title, summary in query.tuples()}


def _people_of(person_ids: set[int]) -> dict[int, PersonValue]:
    if not person_ids:
        return {}
    return {row.id: row.value() for row in Person.select().where(Person.id.in_(sorted(person_ids)))}
