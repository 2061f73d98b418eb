"""A writer's dashboard at one moment: each post with its counts, and what happened in the last half hour."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from claps.plain.desk_limits import (
    DESK_ALSO,
    DESK_NAMES,
    DESK_REACTIONS,
    DESK_ROWS,
    DESK_ROWS_LEAST,
    DESK_ROWS_TOLD,
    DESK_TICKS,
)
from claps.plain.limits import MINUTES_KEPT
from claps.plain.reactions import Reaction, join_reactions
from claps.plain.tallies import FIELDS, Tally
from claps.plain.versions import Version, epoch_text

# What is counted minute by minute.
KINDS = ("claps", "likes", "views", "comments")
# One number for each of the last 30 minutes, oldest first, for each of KINDS.
Minutes = tuple[tuple[int, ...], ...]
_QUIET_MINUTES = (0,) * MINUTES_KEPT
QUIET: Minutes = (_QUIET_MINUTES,) * len(KINDS)
# How far the version goes on with each change of counts: room for the names that come after it.
_NAMED = 256


@dataclass(frozen=True, slots=True)
class DeskPost:
    """As much of a post as its line on the dashboard needs; ``title_text`` of a note is its beginning."""

    id: int
    title_text: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class DeskRow:
    """One post: its counts now, and the last 30 minutes of each kind."""

    post: DeskPost
    tally: Tally
    minutes: Minutes = QUIET

    @property
    def is_moving(self) -> bool:
        """True when somebody is reading it, or something happened within half an hour."""
        return self.tally.readers > 0 or self.minutes is not QUIET

    @property
    def claps_minutes(self) -> tuple[int, ...]:
        """The claps of the last 30 minutes."""
        return self.minutes[0]

    def with_tally(self, tally: Tally) -> DeskRow:
        """The row after a change: what was added stands in the newest minute."""
        return replace(self, tally=tally, minutes=_moved(self.minutes, _added(self.tally, tally)))

    def told(self) -> dict[str, Any]:
        """The row as JSON tells it."""
        told: dict[str, Any] = {"post": self.post.id, **self.tally.counts()}
        if self.minutes is not QUIET:
            told["minutes"] = dict(zip(KINDS, map(list, self.minutes), strict=True))
        return told


@dataclass(frozen=True, slots=True)
class Tick:
    """So many claps, likes or comments that one post got in one minute (Unix time / 60), and from whom.

    ``givers`` are people, the first three; ``has_others`` where that is not all: guests have no name to show.
    """

    minute: int
    post: DeskPost
    kind: str
    count: int
    givers: tuple[Reaction, ...] = ()
    has_others: bool = False

    @property
    def key(self) -> str:
        """Names it on the page."""
        return f"{self.kind}-{self.post.id}-{self.minute}"

    @property
    def at(self) -> datetime:
        """When the minute began."""
        return datetime.fromtimestamp(self.minute * 60, UTC)


@dataclass(frozen=True, slots=True)
class Remark:
    """One of the newest comments."""

    id: int
    post: DeskPost
    display_name: str
    words_text: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Desk:
    """A writer's posts, newest first, with the sums over all of them, at one minute (Unix time / 60).

    ``is_part`` where it is some of the posts, or one: then all rows are shown. ``reactions`` say who it was, the newest
    first.

    Made by :func:`make_desk`. A change to one post makes a new one that shares all other rows with the one before, so
    that what has changed is found by identity, whatever the number of posts.
    """

    rows: Mapping[int, DeskRow]
    minute: int
    sums: Tally
    minutes: Minutes
    remarks: tuple[Remark, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    is_part: bool = False

    def version(self) -> Version:
        """The same in every process that knows the same; names come after the counts that they belong to."""
        epoch, offset = self.sums.version.epoch, self.sums.version.offset
        return Version(epoch, (offset + self.minute) * _NAMED + min(len(self.reactions), _NAMED - 1))

    def with_tally(self, tally: Tally, *, now_minute: int) -> Desk:
        """The dashboard after a change to one of its posts."""
        aged = self.aged(now_minute)
        row = aged.rows[tally.post_id]
        return replace(
            aged,
            rows={**aged.rows, tally.post_id: row.with_tally(tally)},
            sums=_sums_after(aged.sums, row.tally, tally),
            minutes=_moved(aged.minutes, _added(row.tally, tally)),
        )

    def with_reactions(self, reactions: Iterable[Reaction]) -> Desk:
        """The dashboard after it was said who some claps and likes came from."""
        mine = [one for one in reactions if one.post_id in self.rows]
        since = self.minute - MINUTES_KEPT + 1
        return replace(self, reactions=join_reactions(self.reactions, mine, since=since, most=DESK_REACTIONS))

    def aged(self, now_minute: int) -> Desk:
        """The same some minutes later."""
        passed = min(MINUTES_KEPT, max(0, now_minute - self.minute))
        if not passed:
            return self
        rows = {
            post_id: row if row.minutes is QUIET else replace(row, minutes=_aged(row.minutes, passed))
            for post_id, row in self.rows.items()
        }
        aged = replace(self, rows=rows, minutes=_aged(self.minutes, passed), minute=now_minute)
        return aged.with_reactions(()) if self.reactions else aged

    def newest(self, most: int) -> tuple[DeskPost, ...]:
        """The newest posts, newest first."""
        return tuple(row.post for row in list(self.rows.values())[:most])

    def shown(self) -> tuple[DeskRow, ...]:
        """The rows that are shown while they move: the busiest, and the newest where few move; newest first."""
        return tuple(self.rows.values()) if self.is_part else self._chosen(DESK_ROWS, DESK_ROWS_LEAST)

    def also_read(self, shown: tuple[DeskRow, ...]) -> tuple[DeskRow, ...]:
        """Further posts that somebody is reading, the busiest hundred, newest first."""
        listed = {row.post.id for row in shown}
        read = [row for row in self.rows.values() if row.tally.readers and row.post.id not in listed]
        busy = sorted(read, key=_stir, reverse=True)[:DESK_ALSO]
        return tuple(sorted(busy, key=lambda row: -row.post.id))

    def _chosen(self, most: int, least: int) -> tuple[DeskRow, ...]:
        busy = sorted((row for row in self.rows.values() if row.is_moving), key=_stir, reverse=True)[:most]
        chosen = {row.post.id: row for row in busy}
        for place, row in enumerate(self.rows.values()):
            # The newest always: it may have come while one looks.
            if place and len(chosen) >= least:
                break
            chosen.setdefault(row.post.id, row)
        return tuple(chosen[post_id] for post_id in sorted(chosen, reverse=True))

    def others(self, listed: Iterable[DeskRow]) -> int:
        """How many are reading posts that are not listed."""
        return self.sums.readers - sum(row.tally.readers for row in listed)

    def ticks(self) -> tuple[Tick, ...]:
        """The newest reactions, newest first: those of one minute on one post are one."""
        found = []
        for row in self.rows.values():
            if row.minutes is QUIET:
                continue
            for kind, counts in zip(KINDS, row.minutes, strict=True):
                if kind != "views":
                    found += _ticks(self.minute, row.post, kind, counts)
        found.sort(key=lambda tick: (-tick.minute, -tick.post.id, tick.kind))
        return tuple(self._named(tick) for tick in found[:DESK_TICKS])

    def _named(self, tick: Tick) -> Tick:
        givers = [one for one in self.reactions if one.key == (tick.minute, tick.post.id, tick.kind)]
        shown = tuple(givers[:DESK_NAMES])
        return replace(tick, givers=shown, has_others=sum(one.count for one in shown) < tick.count) if shown else tick

    def told(self, before: Desk | None) -> dict[str, Any]:
        """The dashboard as JSON tells it: the sums, and the posts that differ from ``before``.

        To who has seen nothing it tells a hundred posts, the busiest and the newest, and how many it does not.
        """
        told: dict[str, Any] = {
            "all": {**self.sums.counts(), "minutes": dict(zip(KINDS, map(list, self.minutes), strict=True))}
        }
        if before is None:
            rows = list(self._chosen(DESK_ROWS_TOLD, DESK_ROWS_TOLD))
            return {**told, "posts": [row.told() for row in rows], "not_told": len(self.rows) - len(rows)}
        known = before.rows
        rows = [row for post_id, row in self.rows.items() if known.get(post_id) is not row]
        return {**told, "posts": [row.told() for row in rows]}


def make_desk(
    rows: Iterable[DeskRow], minute: int, remarks: tuple[Remark, ...] = (), *, is_part: bool = False
) -> Desk:
    """Put rows together, and add them up."""
    by_id = {row.post.id: row for row in rows}
    tallies = [row.tally for row in by_id.values()]
    epochs = "".join(sorted({tally.version.epoch for tally in tallies}))
    mark = epoch_text(zlib.crc32(f"{epochs} {len(tallies)}".encode()))
    version = Version(mark, sum(tally.version.offset for tally in tallies))
    counts = {name: sum(getattr(tally, name) for tally in tallies) for name in FIELDS}
    columns = zip(*(row.minutes for row in by_id.values() if row.minutes is not QUIET), strict=True)
    minutes = tuple(tuple(map(sum, zip(*column, strict=True))) for column in columns) or QUIET
    return Desk(by_id, minute, Tally(0, version, **counts), minutes, remarks, is_part=is_part)


def _added(before: Tally, after: Tally) -> tuple[int, ...]:
    return tuple(getattr(after, kind) - getattr(before, kind) for kind in KINDS)


def _moved(minutes: Minutes, added: tuple[int, ...]) -> Minutes:
    if not any(added):
        return minutes
    # What is taken back may have been given before this minute.
    return tuple(
        (*counts[:-1], max(0, counts[-1] + more)) if more else counts
        for counts, more in zip(minutes, added, strict=True)
    )


def _aged(minutes: Minutes, passed: int) -> Minutes:
    empty = (0,) * passed
    aged = tuple((counts + empty)[-MINUTES_KEPT:] for counts in minutes)
    return aged if any(map(any, aged)) else QUIET


def _sums_after(sums: Tally, before: Tally, after: Tally) -> Tally:
    counts = {name: getattr(sums, name) + getattr(after, name) - getattr(before, name) for name in FIELDS}
    version = Version(sums.version.epoch, sums.version.offset + after.version.offset - before.version.offset)
    return Tally(0, version, **counts)


def _stir(row: DeskRow) -> tuple[int, int, int]:
    return row.tally.readers, sum(map(sum, row.minutes)), row.post.id


def _ticks(now_minute: int, post: DeskPost, kind: str, counts: tuple[int, ...]) -> list[Tick]:
    first = now_minute - MINUTES_KEPT + 1
    return [Tick(first + place, post, kind, count) for place, count in enumerate(counts) if count]
