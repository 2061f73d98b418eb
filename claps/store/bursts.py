"""Claps that look like a machine's: which minutes were looked at, what was marked, and whose claps those are.

Who they are is not written down again: a newcomer's row in ``reader`` says since when there is such a reader.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from peewee import SQL, BigAutoField, BigIntegerField, BooleanField, CharField, IntegerField, fn

from claps.plain import bursts
from claps.plain.figures import DAY, MINUTE, time_of
from claps.plain.limits import BURST_PEOPLE, BURSTS_LOOKED_AT
from claps.store.claps import Clap
from claps.store.database import Model, locked
from claps.store.figures import PostFigure, now_minute
from claps.store.held import HeldClap
from claps.store.readers import Reader

LOOKED_MINUTES = 10


class Burst(Model):
    """A minute of a post that was looked at, or several that were marked; then ``reason`` says why.

    ``people`` and ``claps`` are what they were when it was marked.
    """

    id = BigAutoField()
    post_id = BigIntegerField()
    begins = IntegerField()
    ends = IntegerField()
    reason = CharField(max_length=20)
    amount = IntegerField()
    people = BigIntegerField()
    claps = BigIntegerField()
    is_out = BooleanField()

    def value(self) -> bursts.Burst:
        """The row as others see it."""
        return bursts.Burst(
            id=self.id, post_id=self.post_id, began_at=time_of(self.begins), ended_at=time_of(self.ends),
            claps=self.claps, people=self.people, reason_text=bursts.say_why(self.reason, self.amount),
            is_out=self.is_out,
        )


def minutes_to_look_at() -> list[tuple[int, int]]:
    """Read which posts had many who clapped for the first time, in minutes that are over; a bounded number."""
    now = now_minute()
    looked_at = Burst.select(Burst.id).where(
        (Burst.post_id == PostFigure.post_id) & (Burst.begins <= PostFigure.begins) & (Burst.ends > PostFigure.begins)
    )
    query: Any = (
        PostFigure.select(PostFigure.post_id, PostFigure.begins)
        .where((PostFigure.grain == MINUTE) & PostFigure.begins.between(now - LOOKED_MINUTES, now - 2))
        .where((PostFigure.people >= BURST_PEOPLE) & ~fn.EXISTS(looked_at))
        .order_by(PostFigure.begins, PostFigure.post_id)
        .limit(BURSTS_LOOKED_AT)
    )
    return [(int(post_id), int(begins)) for post_id, begins in query.tuples()]


def is_crowded(post_id: int, minute: int) -> bool:
    """Tell whether so many began to clap for a post in one minute that it is looked at by itself."""
    is_this = (PostFigure.post_id == post_id) & (PostFigure.grain == MINUTE) & (PostFigure.begins == minute)
    return bool(PostFigure.select().where(is_this & (PostFigure.people >= BURST_PEOPLE)).exists())


def claim(post_id: int, minute: int) -> int | None:
    """Note that a minute is looked at; call inside a transaction; None when somebody else does it."""
    values: dict[str, Any] = {
        "post_id": post_id, "begins": minute, "ends": minute + 1, "reason": "", "amount": 0, "people": 0, "claps": 0,
        "is_out": False,
    }
    if not Burst.insert(values).on_conflict_ignore().as_rowcount().execute():
        return None
    return int(Burst.get((Burst.post_id == post_id) & (Burst.begins == minute)).id)


def newcomers(post_id: int, minute: int) -> dict[int, int]:
    """Count who came to the site in one minute by clapping for a post: how many gave so many claps, by claps."""
    query: Any = _of_minutes(Clap, post_id, minute, minute + 1)
    return {int(claps): int(people) for claps, people in _grouped(query)}


def mark(burst_id: int, suspicion: bursts.Suspicion, found: Mapping[int, int], *, minutes: int) -> None:
    """Mark a minute that was claimed, and the one behind it if ``minutes`` is 2; call inside a transaction.

    It goes on with the burst before it, if that is of the same kind and not decided about.
    """
    row: Any = Burst.get_by_id(burst_id)
    counted = {amount: people for amount, people in found.items() if suspicion.amount in (0, amount)}
    people = sum(counted.values())
    claps = sum(amount * number for amount, number in counted.items())
    same = (Burst.reason == suspicion.reason) & (Burst.amount == suspicion.amount) & ~Burst.is_out
    before = locked(Burst.select().where((Burst.post_id == row.post_id) & (Burst.ends == row.begins) & same)).first()
    if before is not None:
        Burst.delete().where(Burst.id == burst_id).execute()
        Burst.update(
            ends=row.begins + minutes, people=Burst.people + people, claps=Burst.claps + claps
        ).where(Burst.id == before.id).execute()
        return
    Burst.update(
        reason=suspicion.reason, amount=suspicion.amount, ends=row.begins + minutes, people=people, claps=claps
    ).where(Burst.id == burst_id).execute()


def marked_bursts(post_id: int, limit: int) -> list[bursts.Burst]:
    """Read what was marked of a post's claps, newest first."""
    query = Burst.select().where((Burst.post_id == post_id) & (Burst.reason != ""))
    return [row.value() for row in query.order_by(Burst.begins.desc()).limit(limit)]


def set_out(burst_id: int, post_id: int, *, is_out: bool) -> bool:
    """Decide about a burst of a post; call inside a transaction; False when it is decided so already, or not there."""
    is_this = (Burst.id == burst_id) & (Burst.post_id == post_id) & (Burst.reason != "")
    return bool(Burst.update(is_out=is_out).where(is_this & (Burst.is_out != is_out)).execute())


def readers_to_move(burst_id: int, after_id: int, limit: int) -> tuple[int, bool, list[int]] | None:
    """Read whose claps are not yet where the decision wants them, in their order, behind ``after_id``.

    :return: the post, whether they are to be taken out (or put back), and the readers; None without such a burst.
    """
    row: Any = Burst.get_or_none(Burst.id == burst_id)
    if row is None:
        return None
    model: Any = Clap if row.is_out else HeldClap
    query = _of_minutes(model, row.post_id, row.begins, row.ends).where(model.reader_id > after_id)
    if row.is_out and row.amount:
        query = query.where(model.claps == row.amount)
    ids = query.select(model.reader_id).order_by(model.reader_id).limit(limit)
    return int(row.post_id), bool(row.is_out), [int(reader_id) for (reader_id,) in ids.tuples()]


def drop_looks(limit: int = BURSTS_LOOKED_AT) -> int:
    """Forget minutes in which nothing was found; call inside a transaction; return how many."""
    old = (Burst.reason == "") & (Burst.begins < now_minute() - DAY)
    ids = [row.id for row in Burst.select(Burst.id).where(old).limit(limit)]
    return int(Burst.delete().where(Burst.id.in_(ids)).execute()) if ids else 0


def _of_minutes(model: Any, post_id: int, begins: int, ends: int) -> Any:
    first, last = (time_of(minute).replace(tzinfo=None) for minute in (begins, ends))
    came = Reader.created_at.between(first, last - timedelta(seconds=1))
    return model.select().join(Reader, on=(Reader.id == model.reader_id)).where((model.post_id == post_id) & came)


def _grouped(query: Any) -> Any:
    return query.select(Clap.claps, fn.COUNT(SQL("*"))).group_by(Clap.claps).tuples()
