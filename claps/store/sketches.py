"""How many different readers a post or a writer had, by minute, hour and day, as sketches that can be put together.

The flush writes minutes, in its own transaction. Later they are merged into the rows of their hour, their day and
their block of 32 days, which say besides how many it were, and go.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import zip_longest
from typing import Any

from peewee import BigIntegerField, BlobField, CompositeKey, IntegerField, chunked

from claps.plain.figures import BLOCK, DAY, HOUR, MINUTE, MINUTES_OF, Span, days_and_blocks, minute_of
from claps.plain.limits import HOURS_KEPT, SKETCH_MINUTES, SKETCHES_FOLDED
from claps.plain.sketches import EMPTY, add_to, count, merge, pack, unpack
from claps.store.database import Model, locked
from claps.store.figures import now_minute

ROWS_PER_STATEMENT = 100
Key = tuple[int, int, int]


class PostSketch(Model):
    """Who read a post in ``grain`` minutes from ``begins``; ``readers`` of a minute is not filled in."""

    post_id = BigIntegerField()
    grain = IntegerField()
    begins = IntegerField()
    readers = BigIntegerField()
    sketch = BlobField()

    class Meta:
        primary_key = CompositeKey("post_id", "grain", "begins")


class WriterSketch(Model):
    """The same for all posts of a writer: who reads two of them is one reader."""

    writer_id = BigIntegerField()
    grain = IntegerField()
    begins = IntegerField()
    readers = BigIntegerField()
    sketch = BlobField()

    class Meta:
        primary_key = CompositeKey("writer_id", "grain", "begins")


def add_readers(viewers: Mapping[tuple[int, int], set[str]], writers: Mapping[int, int]) -> None:
    """Add who viewed posts to the sketches of the minutes; call last in the flush's transaction.

    :param viewers: by post and minute.
    :param writers: who wrote these posts.
    """
    now = now_minute()
    posts: dict[Key, set[str]] = defaultdict(set)
    of_writers: dict[Key, set[str]] = defaultdict(set)
    for (post_id, minute), names in viewers.items():
        if post_id in writers:
            posts[post_id, MINUTE, min(minute, now)] |= names
            of_writers[writers[post_id], MINUTE, min(minute, now)] |= names
    for model, found in ((PostSketch, posts), (WriterSketch, of_writers)):
        for keys in chunked(sorted(found), ROWS_PER_STATEMENT):
            before = _read(model, keys)
            _put(model, {key: (0, add_to(before.get(key, EMPTY), found[key])) for key in keys})


def fold_readers(limit: int = SKETCHES_FOLDED) -> int:
    """Merge minutes of hours that are over into their hour and day; call inside a transaction; return how many.

    Who does it at the same time waits at the first of these rows, and then finds others.
    """
    horizon = (now_minute() - SKETCH_MINUTES) // HOUR * HOUR
    return sum(_fold(model, horizon, limit) for model in (PostSketch, WriterSketch))


def drop_old_readers(limit: int = SKETCHES_FOLDED) -> int:
    """Take away hours that are not kept any longer; call inside a transaction; return how many rows."""
    dropped = 0
    for model in (PostSketch, WriterSketch):
        is_old = (model.grain == HOUR) & (model.begins < _hours_since())
        for row in locked(_keys(model).where(is_old).limit(limit)).tuples():
            dropped += int(model.delete().where(_is(model, [tuple(row)])).execute())
    return dropped


def bring_readers(from_id: int, to_id: int) -> None:
    """Put who read one post to who read another; the first has none then. Call inside a transaction."""
    rows = locked(_keys(PostSketch, PostSketch.sketch).where(PostSketch.post_id == from_id)).tuples()
    found = {(to_id, int(grain), int(begins)): unpack(bytes(sketch)) for _, grain, begins, sketch in rows}
    for keys in chunked(sorted(found), ROWS_PER_STATEMENT):
        before = _read(PostSketch, keys, hold=True)
        sums = {key: merge([before.get(key, EMPTY), found[key]]) for key in keys}
        _put(PostSketch, {key: (count(sketch) if key[1] > MINUTE else 0, sketch) for key, sketch in sums.items()})
    PostSketch.delete().where(PostSketch.post_id == from_id).execute()


def readers_of(model: Any, subject_ids: Iterable[int], begin: int, end: int) -> dict[int, int]:
    """Estimate how many different readers each had from minute ``begin`` up to ``end``.

    To the minute as far as minutes are kept, then to the hour, then to the day; who had none is missing.
    """
    found: dict[int, list[bytes]] = defaultdict(list)
    subject = _subject(model)
    for ids in chunked(sorted(set(subject_ids)), ROWS_PER_STATEMENT):
        for grain, first, last in _parts(begin, end):
            within = (model.grain == grain) & model.begins.between(first, last - 1)
            for subject_id, sketch in model.select(subject, model.sketch).where(subject.in_(ids) & within).tuples():
                found[int(subject_id)].append(unpack(bytes(sketch)))
    return {subject_id: count(merge(sketches)) for subject_id, sketches in found.items()}


def _parts(begin: int, end: int) -> list[tuple[int, int, int]]:
    # Whole blocks and days; at both ends hours, as long as they are kept; and minutes that are not merged yet.
    if begin < _hours_since():
        begin = begin // DAY * DAY
    first, last = -(-begin // DAY) * DAY, end // DAY * DAY
    hours = begin // HOUR * HOUR
    if first < last:
        coarse = [(HOUR, hours, first), *days_and_blocks(first, last), (HOUR, last, end)]
    else:
        coarse = [(HOUR, hours, end)]
    return [part for part in (*coarse, (MINUTE, begin, end)) if part[1] < part[2]]


def readers_in(model: Any, subject_id: int, span: Span) -> dict[int, int]:
    """Estimate how many different readers one had in each grain of a span, by the minute it begins in."""
    size = MINUTES_OF[span.grain]
    begin, end = minute_of(span.begin), minute_of(span.end)
    mine = (_subject(model) == subject_id) & model.begins.between(begin, end - 1)
    readers: dict[int, int] = {}
    if size > MINUTE:
        query = model.select(model.begins, model.readers).where(mine & (model.grain == size))
        readers = {int(begins): int(number) for begins, number in query.tuples()}
    fresh: dict[int, list[bytes]] = defaultdict(list)
    query = model.select(model.begins, model.sketch).where(mine & (model.grain == MINUTE))
    for begins, sketch in query.tuples():
        fresh[begins - begins % size].append(unpack(bytes(sketch)))
    # What is not merged yet is put to what is.
    merged = _read(model, [(subject_id, size, begins) for begins in fresh]) if size > MINUTE else {}
    for begins, sketches in fresh.items():
        readers[begins] = count(merge([merged.get((subject_id, size, begins), EMPTY), *sketches]))
    return readers


def _fold(model: Any, horizon: int, limit: int) -> int:
    query = _keys(model, model.sketch).where((model.grain == MINUTE) & (model.begins < horizon))
    # All that fold begin at the same row, and so take turns.
    query = query.order_by(model.begins, _subject(model)).limit(limit)
    rows = [((int(row[0]), MINUTE, int(row[2])), unpack(bytes(row[3]))) for row in locked(query).tuples()]
    coarser: dict[Key, list[bytes]] = defaultdict(list)
    for (subject_id, _, begins), sketch in rows:
        for grain in (HOUR, DAY, BLOCK):
            if grain >= DAY or begins >= _hours_since():
                coarser[subject_id, grain, begins - begins % grain].append(sketch)
    for keys in chunked(sorted(coarser), ROWS_PER_STATEMENT):
        before = _read(model, keys, hold=True)
        sums = {key: merge([before.get(key, EMPTY), *coarser[key]]) for key in keys}
        _put(model, {key: (count(sketch), sketch) for key, sketch in sums.items()})
    for keys in chunked(sorted(key for key, _ in rows), ROWS_PER_STATEMENT):
        model.delete().where(_is(model, keys)).execute()
    return len(rows)


def _read(model: Any, keys: Iterable[Key], *, hold: bool = False) -> dict[Key, bytes]:
    found: dict[Key, bytes] = {}
    for part in chunked(sorted(keys), ROWS_PER_STATEMENT):
        query = _keys(model, model.sketch).where(_is(model, part))
        for subject_id, grain, begins, sketch in (locked(query) if hold else query).tuples():
            found[int(subject_id), int(grain), int(begins)] = unpack(bytes(sketch))
    return found


def _put(model: Any, sketches: Mapping[Key, tuple[int, bytes]]) -> None:
    fields = (_subject(model), model.grain, model.begins, model.readers, model.sketch)
    rows = [(*key, number, pack(sketch)) for key, (number, sketch) in sorted(sketches.items())]
    if rows:
        model.replace_many(rows, fields=fields).execute()


def _is(model: Any, keys: Iterable[Key]) -> Any:
    # One clause for each grain and beginning, with all subjects in it: keys of a flush are of one or two minutes.
    subjects: dict[tuple[int, int], list[int]] = defaultdict(list)
    for subject_id, grain, begins in keys:
        subjects[grain, begins].append(subject_id)
    clauses = [
        (model.grain == grain) & (model.begins == begins) & _subject(model).in_(ids)
        for (grain, begins), ids in subjects.items()
    ]
    # As a tree and not as a chain, which would be too deep for SQLite's parser.
    while len(clauses) > 1:
        pairs = zip_longest(clauses[::2], clauses[1::2])
        clauses = [one if other is None else one | other for one, other in pairs]
    return clauses[0]


def _keys(model: Any, *others: Any) -> Any:
    return model.select(_subject(model), model.grain, model.begins, *others)


def _subject(model: Any) -> Any:
    return model.post_id if model is PostSketch else model.writer_id


def _hours_since() -> int:
    return (now_minute() - HOURS_KEPT * HOUR) // DAY * DAY
