"""Which people clapped for posts and liked them in the last half hour; guests have no name to be told by."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from peewee import BigIntegerField, CompositeKey, IntegerField, chunked

from claps.plain.desk_limits import REACTIONS_SWEPT
from claps.plain.limits import MINUTES_KEPT
from claps.plain.reactions import KINDS
from claps.plain.reactions import Reaction as Named
from claps.store.bulk import sum_rows
from claps.store.database import Model
from claps.store.figures import now_minute
from claps.store.people import find_people

ROWS_PER_STATEMENT = 300


class Reaction(Model):
    """What a person gave to a post in one minute (Unix time / 60): ``count`` claps, or a like."""

    post_id = BigIntegerField()
    minute = IntegerField(index=True)
    kind = IntegerField()
    reader_id = BigIntegerField()
    count = IntegerField()

    class Meta:
        primary_key = CompositeKey("post_id", "minute", "kind", "reader_id")


class Given(NamedTuple):
    """One row; what is taken back is below zero."""

    post_id: int
    minute: int
    kind: int
    reader_id: int
    amount: int


def add_reactions(given: Iterable[Given]) -> None:
    """Note what people gave, in key order; call inside the flush's transaction."""
    columns = ("post_id", "minute", "kind", "reader_id")
    for part in chunked(sorted(given), ROWS_PER_STATEMENT):
        sum_rows("reaction", columns, ("count",), part)


def reactions_to(post_ids: Iterable[int], *, since: int, limit: int) -> list[Named]:
    """Read which people reacted to posts since a minute, newest first; who has left is missing."""
    query: Any = Reaction.select().where(
        Reaction.post_id.in_(sorted(set(post_ids))) & (Reaction.minute >= since) & (Reaction.count > 0)
    )
    query = query.order_by(Reaction.minute.desc(), Reaction.count.desc(), Reaction.reader_id).limit(limit)
    rows = [Given(*map(int, row)) for row in query.tuples()]
    people = {person.id: person for person in find_people(row.reader_id for row in rows)}
    return [
        Named(row.minute, row.post_id, KINDS[row.kind], row.reader_id, person.name, person.display_name, row.amount)
        for row in rows if (person := people.get(row.reader_id)) is not None
    ]


def drop_old_reactions() -> int:
    """Forget who it was half an hour ago; call inside a transaction; return how many rows there were."""
    query: Any = Reaction.select().where(Reaction.minute < now_minute() - MINUTES_KEPT)
    rows = list(query.order_by(Reaction.minute).limit(REACTIONS_SWEPT).tuples())
    if not rows:
        return 0
    # Whole minutes, from the oldest: a row of its own for each would be as many conditions.
    last = int(rows[-1][1]) if len(rows) == REACTIONS_SWEPT else now_minute() - MINUTES_KEPT - 1
    return int(Reaction.delete().where(Reaction.minute <= last).execute())
