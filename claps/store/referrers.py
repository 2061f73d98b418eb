"""Where readers came from: the host of the page that led there, and nothing else of its address."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from peewee import EXCLUDED, BigIntegerField, CharField, CompositeKey, IntegerField, chunked, fn

from claps.plain.figures import DAY, Span, minute_of
from claps.plain.limits import REFERRERS_A_DAY
from claps.plain.referrers import OTHERS
from claps.store.database import Model, on_sqlite
from claps.store.figures import writers_of

ROWS_PER_STATEMENT = 200
Key = tuple[int, int, str]


class PostReferrer(Model):
    """How often a post was asked for on one day (days since 1970) by those who came from one host."""

    post_id = BigIntegerField()
    day = IntegerField()
    host = CharField(max_length=100)
    visits = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("post_id", "day", "host")


class WriterReferrer(Model):
    """The same for all posts of a writer."""

    writer_id = BigIntegerField()
    day = IntegerField()
    host = CharField(max_length=100)
    visits = BigIntegerField()

    class Meta:
        primary_key = CompositeKey("writer_id", "day", "host")


def add_referrers(visits: Mapping[Key, int]) -> None:
    """Add visits by post, day and host; call inside a transaction.

    A host that is new when a post has fifty of that day already is counted with the others; a writer's likewise.
    """
    writers = writers_of(post_id for post_id, _, _ in visits)
    of_writers: dict[Key, int] = defaultdict(int)
    for (post_id, day, host), number in visits.items():
        if post_id in writers:
            of_writers[writers[post_id], day, host] += number
    _add(PostReferrer, {key: number for key, number in visits.items() if key[0] in writers})
    _add(WriterReferrer, of_writers)


def bring_referrers(from_id: int, to_id: int) -> None:
    """Put where the readers of one post came from to those of another; call inside a transaction."""
    rows: Any = PostReferrer.select(PostReferrer.day, PostReferrer.host, PostReferrer.visits)
    found = rows.where(PostReferrer.post_id == from_id).tuples()
    _add(PostReferrer, {(to_id, int(day), host): int(visits) for day, host, visits in found})
    PostReferrer.delete().where(PostReferrer.post_id == from_id).execute()


def referrers_of(model: Any, subject_id: int, span: Span, limit: int) -> list[tuple[str, int]]:
    """Add up the visits of a post or writer by host in the days of a span, most first."""
    within = model.day.between(minute_of(span.begin) // DAY, (minute_of(span.end) - 1) // DAY)
    total = fn.SUM(model.visits)
    query = model.select(model.host, total).where((_subject(model) == subject_id) & within).group_by(model.host)
    return [(host, int(visits)) for host, visits in query.order_by(total.desc(), model.host).limit(limit).tuples()]


def _add(model: Any, visits: Mapping[Key, int]) -> None:
    known = _hosts(model, {(subject_id, day) for subject_id, day, _ in visits})
    rows: dict[Key, int] = defaultdict(int)
    # Those of whom most came first, in case that not all have room.
    for (subject_id, day, host), number in sorted(visits.items(), key=lambda pair: (-pair[1], pair[0])):
        hosts = known[subject_id, day]
        named = host if host in hosts or len(hosts) < REFERRERS_A_DAY else OTHERS
        hosts.add(named)
        rows[subject_id, day, named] += number
    key = [_subject(model), model.day, model.host]
    for part in chunked([(*where, rows[where]) for where in sorted(rows)], ROWS_PER_STATEMENT):
        adding = model.insert_many(part, fields=[*key, model.visits])
        if on_sqlite():
            adding.on_conflict(conflict_target=key, update={model.visits: model.visits + EXCLUDED.visits}).execute()
        else:
            adding.on_conflict(update={model.visits: model.visits + fn.VALUES(model.visits)}).execute()


def _hosts(model: Any, days: Iterable[tuple[int, int]]) -> dict[tuple[int, int], set[str]]:
    found: dict[tuple[int, int], set[str]] = defaultdict(set)
    by_day: dict[int, list[int]] = defaultdict(list)
    for subject_id, day in sorted(days):
        by_day[day].append(subject_id)
    subject = _subject(model)
    for day, subject_ids in by_day.items():
        for part in chunked(subject_ids, ROWS_PER_STATEMENT):
            query = model.select(subject, model.host).where((model.day == day) & subject.in_(part))
            for subject_id, host in query.tuples():
                found[int(subject_id), day].add(host)
    return found


def _subject(model: Any) -> Any:
    return model.post_id if model is PostReferrer else model.writer_id
