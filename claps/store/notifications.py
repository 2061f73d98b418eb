"""What people are told of: one row for each thing that happens to something of theirs, however many do it.

A row counts people from a ``base`` on, which is where its person stood when he read of it last; ``mark`` is how far
the count has come. Both are taken from what SQL says now and not from single events, so noting the same twice changes
nothing. Whoever changes something of a person holds the row of his box until the transaction ends.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from peewee import BigAutoField, BigIntegerField, CharField, CompositeKey, DateTimeField

from claps.plain.limits import ACTORS_KNOWN, NOTICE_TRIM_EVERY, PERSON_EVENTS_KEPT, PUBLISHED_NOTICES
from claps.plain.notifications import Kind, Subject, is_told, kind_of, person_topic
from claps.plain.people import GUEST_ID_LEAST
from claps.plain.versions import Version
from claps.store.bulk import add_rows
from claps.store.database import Model
from claps.store.logs import append, append_each, compact

_BOX_CHANGED = "box"


class Notice(Model):
    """What one person is told of one thing.

    ``people`` have done it since ``base``, of whom the person has ``looked`` at so many; ``read_turn`` says when he
    read it, and is NULL while it is unread.
    """

    id = BigAutoField()
    person_id = BigIntegerField()
    what = CharField(max_length=20)
    thing_id = BigIntegerField()
    turn = BigIntegerField()
    actor_id = BigIntegerField(null=True)
    people = BigIntegerField(default=0)
    looked = BigIntegerField(default=0)
    base = BigIntegerField(default=0)
    mark = BigIntegerField(default=0)
    read_turn = BigIntegerField(null=True)
    at = DateTimeField()


class NoticeActor(Model):
    """One of those who have done it since it was read last; at most a hundred of each notice are kept."""

    notice_id = BigIntegerField()
    actor_id = BigIntegerField()
    person_id = BigIntegerField()
    turn = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("notice_id", "actor_id")


class NoticeBox(Model):
    """A person's own: a number that grows with every change, how far he has looked, and which kinds are muted."""

    person_id = BigIntegerField(primary_key=True)
    turn = BigIntegerField(default=0)
    looked_turn = BigIntegerField(default=0)
    caught_up = BigIntegerField(default=0)
    muted = CharField(max_length=100, default="")

    def mutes(self, kind: Kind) -> bool:
        """True when nothing is told of this kind."""
        return kind in self.muted.split()


@dataclass(frozen=True, slots=True)
class Found:
    """How things stand: how many people since a base, and how far the count has come.

    :ivar come: some who have done it lately, the newest first.
    :ivar gone: some who have taken it back.
    :ivar whole: ``come`` are all there are, or the newest hundred of them.
    """

    people: int
    mark: int
    come: tuple[int, ...] = ()
    gone: tuple[int, ...] = ()
    whole: bool = False


Since = Callable[[int], Found]


def note(subject: Subject, since: Since, *, at: datetime) -> Version | None:
    """Bring one notification to how things stand; call inside a transaction.

    :param since: tells how things stand, counted from a base.
    :return: the version of the person's log when it is to be told, None when it is not.
    """
    box = take_turn(subject.person_id)
    row = _row_of(subject, box.turn, at)
    if box.mutes(kind_of(subject.what)):
        mark = since(row.mark).mark
        Notice.update(base=mark, mark=mark, read_turn=box.turn).where(Notice.id == row.id).execute()
        return None
    was_read = row.read_turn is not None
    found = since(row.mark if was_read else row.base)
    if was_read:
        if found.people <= 0 and not found.come:
            Notice.update(mark=found.mark).where(Notice.id == row.id).execute()
            return None
        _drop_actors([row.id])
        row.base, row.people, row.looked, row.read_turn, row.actor_id = row.mark, 0, 0, None, None
    # Of those who had been looked at already, who speaks again is new again.
    again = since(row.mark).come if found.whole and not was_read and row.turn <= box.looked_turn else ()
    return _bring(row, found, again, turn=box.turn, at=at)


def _bring(row: Any, found: Found, again: Sequence[int], *, turn: int, at: datetime) -> Version | None:
    people = max(found.people, _meet(row, found, turn))
    if again:
        is_one = (NoticeActor.notice_id == row.id) & NoticeActor.actor_id.in_(list(again))
        NoticeActor.update(turn=turn).where(is_one).execute()
    before, new_before, had_mark = row.people, row.people - row.looked, row.mark
    if found.people < 0:
        # More have taken it back than have come: who comes next is not to make up for them first.
        row.base = found.mark
    row.people, row.mark, row.looked = people, found.mark, max(0, min(row.looked, people - len(again)))
    row.actor_id = _name_one(row, found)
    if people > before or (found.whole and found.mark > had_mark):
        row.turn, row.at = turn, _naive(at)
    row.save()
    if is_told(new_before, people - row.looked) or (before and not people):
        return tell(row.person_id, str(row.id))
    return None


def tell(person_id: int, body: str = _BOX_CHANGED) -> Version:
    """Write into a person's log that a notification has changed, or the whole box; call inside a transaction."""
    topic = person_topic(person_id)
    version = append(topic, [body])
    if not version.offset % PERSON_EVENTS_KEPT:
        compact(topic, keep=PERSON_EVENTS_KEPT)
    return version


def bring_published(post_id: int, writer_id: int, reader_ids: Sequence[int], *, at: datetime) -> list[int]:
    """Tell people of a new post, all in a few statements; call inside a transaction.

    :param reader_ids: in their order.
    :return: who is to hear of it: those who had it already, and those who have muted it, are missing.
    """
    wanted = _unmuted_without(post_id, reader_ids)
    if not wanted:
        return []
    turns = _take_turns(wanted)
    now = _naive(at)
    add_rows(
        "notice",
        ("person_id", "what", "thing_id", "turn", "actor_id", "people", "looked", "base", "mark", "at"),
        [(person_id, "published", post_id, turns[person_id], writer_id, 1, 0, 0, 1, now) for person_id in wanted],
    )
    ids = _published(post_id, wanted)
    actors = [(ids[person_id], writer_id, person_id, turns[person_id]) for person_id in wanted]
    add_rows("notice_actor", ("notice_id", "actor_id", "person_id", "turn"), sorted(actors))
    versions = append_each({person_topic(person_id): str(ids[person_id]) for person_id in wanted}, at=at)
    for topic, version in versions.items():
        if not version.offset % PERSON_EVENTS_KEPT:
            compact(topic, keep=PERSON_EVENTS_KEPT)
    for person_id in wanted:
        if not turns[person_id] % NOTICE_TRIM_EVERY:
            _trim(person_id)
    return wanted


def take_turn(person_id: int) -> Any:
    """Hold a person's box until the transaction ends, and count one change; return its row."""
    if not _count_turn([person_id]):
        add_rows("notice_box", ("person_id", "turn", "looked_turn", "caught_up", "muted"), [(person_id, 0, 0, 0, "")])
        _count_turn([person_id])
    return NoticeBox.get(NoticeBox.person_id == person_id)


def drop_notices_of(person_id: int) -> None:
    """Forget all that a person was told; call inside a transaction."""
    NoticeActor.delete().where(NoticeActor.person_id == person_id).execute()
    Notice.delete().where(Notice.person_id == person_id).execute()
    NoticeBox.delete().where(NoticeBox.person_id == person_id).execute()


def drop_notice(subject: Subject) -> None:
    """Forget what a person was told of one thing, which is gone; call inside a transaction."""
    is_it = (
        (Notice.person_id == subject.person_id) & (Notice.what == subject.what) & (Notice.thing_id == subject.thing_id)
    )
    Notice.delete().where(is_it).execute()


def _count_turn(person_ids: Sequence[int]) -> int:
    query = NoticeBox.update({NoticeBox.turn: NoticeBox.turn + 1}).where(NoticeBox.person_id.in_(list(person_ids)))
    return int(query.execute())


def _take_turns(person_ids: Sequence[int]) -> dict[int, int]:
    columns = ("person_id", "turn", "looked_turn", "caught_up", "muted")
    add_rows("notice_box", columns, [(person_id, 0, 0, 0, "") for person_id in person_ids])
    _count_turn(person_ids)
    query: Any = NoticeBox.select(NoticeBox.person_id, NoticeBox.turn).where(NoticeBox.person_id.in_(list(person_ids)))
    return {int(person_id): int(turn) for person_id, turn in query.tuples()}


def _unmuted_without(post_id: int, reader_ids: Sequence[int]) -> list[int]:
    if not reader_ids:
        return []
    query: Any = NoticeBox.select().where(NoticeBox.person_id.in_(list(reader_ids)) & (NoticeBox.muted != ""))
    left_out = {int(box.person_id) for box in query if box.mutes("published")} | set(_published(post_id, reader_ids))
    return [reader_id for reader_id in reader_ids if reader_id not in left_out]


def _published(post_id: int, person_ids: Sequence[int]) -> dict[int, int]:
    query: Any = Notice.select(Notice.person_id, Notice.id).where(
        Notice.person_id.in_(list(person_ids)) & (Notice.what == "published") & (Notice.thing_id == post_id)
    )
    return {int(person_id): int(notice_id) for person_id, notice_id in query.tuples()}


def _row_of(subject: Subject, turn: int, at: datetime) -> Any:
    is_it = (
        (Notice.person_id == subject.person_id) & (Notice.what == subject.what) & (Notice.thing_id == subject.thing_id)
    )
    # The box is held: nobody else makes this row meanwhile.
    return Notice.get_or_none(is_it) or Notice.create(
        person_id=subject.person_id, what=subject.what, thing_id=subject.thing_id, turn=turn, at=_naive(at)
    )


def _meet(row: Any, found: Found, turn: int) -> int:
    """Keep who has come and drop who has gone; tell how many are kept."""
    query: Any = NoticeActor.select(NoticeActor.actor_id).where(NoticeActor.notice_id == row.id)
    known = {int(actor_id) for (actor_id,) in query.tuples()}
    gone = (known - set(found.come)) if found.whole else known & set(found.gone)
    if gone:
        _drop_actors([row.id], gone)
    new = [actor_id for actor_id in found.come if actor_id not in known]
    # Oldest last, so that those who do not fit are the ones who came first.
    new = new[: max(0, ACTORS_KNOWN - len(known - gone))]
    if new:
        rows = [(row.id, actor_id, row.person_id, turn) for actor_id in sorted(new)]
        add_rows("notice_actor", ("notice_id", "actor_id", "person_id", "turn"), rows)
    return len(known - gone) + len(new)


def _name_one(row: Any, found: Found) -> int | None:
    newest = next((actor_id for actor_id in found.come if actor_id < GUEST_ID_LEAST), None)
    if newest is not None:
        return newest
    is_one = (NoticeActor.notice_id == row.id) & (NoticeActor.actor_id < GUEST_ID_LEAST)
    query: Any = NoticeActor.select(NoticeActor.actor_id).where(is_one).order_by(NoticeActor.turn.desc())
    first = query.tuples().first()
    return None if first is None else int(first[0])


def _drop_actors(notice_ids: Sequence[int], actor_ids: Iterable[int] | None = None) -> None:
    where = NoticeActor.notice_id.in_(list(notice_ids))
    if actor_ids is not None:
        where &= NoticeActor.actor_id.in_(sorted(actor_ids))
    NoticeActor.delete().where(where).execute()


def _trim(person_id: int) -> None:
    # Only of what others publish; where a count goes on from, as with claps, must not be forgotten.
    is_it = (Notice.person_id == person_id) & (Notice.what == "published")
    query: Any = Notice.select(Notice.id).where(is_it).order_by(Notice.turn.desc()).offset(PUBLISHED_NOTICES)
    ids = [int(notice_id) for (notice_id,) in query.limit(2 * NOTICE_TRIM_EVERY).tuples()]
    if ids:
        _drop_actors(ids)
        Notice.delete().where(Notice.id.in_(ids)).execute()


def _naive(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
