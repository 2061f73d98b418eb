"""Carries the journal into SQL, each entry exactly once."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby, islice

import gevent

from claps.hot.journal import Journal
from claps.plain.changes import JournalEntry, Sums
from claps.plain.desk_limits import REACTIONS_NAMED
from claps.plain.errors import ClapsError
from claps.plain.meters import meters
from claps.plain.people import GUEST_ID_LEAST
from claps.plain.spans import spans
from claps.plain.versions import epoch_text
from claps.store.bulk import Pair
from claps.store.claps import move_claps, move_likes
from claps.store.database import Database
from claps.store.figures import POST_COUNTS, Moves, add_figures, writers_of
from claps.store.held import move_held
from claps.store.journal_positions import Position, lock_position, set_position
from claps.store.posts import move_counts
from claps.store.reactions import Given, add_reactions
from claps.store.readers import note_readers
from claps.store.sketches import add_readers
from claps.store.stirred import stir
from claps.store.webhook_turns import gather_claps

log = logging.getLogger(__name__)
SAID_AGAIN_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Flushed:
    """What one turn carried over, of which posts, and what people gave them.

    ``fenced`` when the shard must be compared with SQL first.
    """

    entries: int = 0
    fenced: bool = False
    post_ids: frozenset[int] = frozenset()
    given: tuple[Given, ...] = ()


def flush_all(
    database: Database,
    journal: Journal,
    *,
    reopen: Callable[[int], None] | None = None,
    moved: Callable[[set[int]], None] | None = None,
    given: Callable[[Sequence[Given]], None] | None = None,
) -> int:
    """Carry every shard's journal into SQL until it is empty; return the number of entries.

    :param reopen: begins a new epoch of a shard that waits for one and has entries, and carries them over. Without
        it such shards are left alone until somebody reads or claps there.
    :param moved: is told at the end which posts' counts have moved.
    :param given: is told after each turn what people gave.
    """
    total = 0
    post_ids: set[int] = set()
    for shard, length in enumerate(journal.lengths()):
        while length > 0:
            flushed = flush_shard(database, journal, shard)
            if flushed.fenced and reopen is not None:
                reopen(shard)
                flushed = Flushed(length)
            post_ids |= flushed.post_ids
            if given is not None and flushed.given:
                given(flushed.given)
            total += flushed.entries
            length -= flushed.entries
            if not flushed.entries:
                break
    if moved is not None and post_ids:
        moved(post_ids)
    return total


def flush_forever(
    database: Database,
    journal: Journal,
    reopen: Callable[[int], None],
    *,
    moved: Callable[[set[int]], None],
    given: Callable[[Sequence[Given]], None],
    pause_seconds: float,
) -> None:
    """Flush again and again, with pauses of about so many seconds.

    Every worker does it; the row of the position lets one through, and the rest find an empty journal. That it
    cannot be done is said once, and once a minute while it lasts.
    """
    failed_at = 0.0
    while True:
        gevent.sleep(pause_seconds * random.uniform(0.75, 1.25))
        began = time.monotonic()
        try:
            entries = flush_all(database, journal, reopen=reopen, moved=moved, given=given)
        except Exception as error:
            meters.flushes_failed += 1
            if not failed_at or began - failed_at >= SAID_AGAIN_SECONDS:
                failed_at = began
                said = error.message if isinstance(error, ClapsError) else "a flush failed"
                log.warning("the journal waits: %s", said, exc_info=not isinstance(error, ClapsError))
            continue
        if failed_at:
            failed_at = 0.0
            log.warning("the journal goes into SQL again")
        if entries and spans.done is not None:
            spans.done("flush", time.monotonic() - began, {"entries": entries})


def flush_shard(database: Database, journal: Journal, shard: int) -> Flushed:
    """Carry a shard's next entries into SQL in one transaction; then trim them.

    The position's row is locked before the journal is read, so a second flusher reads after the first has
    committed and finds nothing. What is killed before COMMIT has changed nothing; after it, the position
    says so, and only the trimming is left to the next.
    """
    post_ids: set[int] = set()
    given: list[Given] = []
    rows, began = 0, time.monotonic()

    def carry() -> tuple[Position, int, bool]:
        nonlocal post_ids, rows
        post_ids = set()
        given.clear()
        position = lock_position(database, shard)
        life = journal.life(shard)
        if not life.verified or life.epoch != epoch_text(position.epoch):
            return position, 0, True
        entries = journal.entries_after(shard, position.entry_id)
        if not entries:
            return position, 0, False
        post_ids, rows = write_entries(entries, given=given), sum(entry.changes for entry in entries)
        position = replace(position, entry_id=entries[-1].entry_id)
        set_position(position)
        return position, len(entries), False

    position, entries, fenced = database.transact(carry)
    if entries:
        meters.flush.note(time.monotonic() - began)
        meters.flushed_entries += entries
        meters.flushed_rows += rows
    if not fenced:
        journal.settle(shard, position.entry_id, post_ids)
    return Flushed(entries, fenced, frozenset(post_ids), tuple(given))


def write_entries(entries: list[JournalEntry], *, given: list[Given] | None = None) -> set[int]:
    """Add journal entries to the rows they are about; call inside the transaction that moves the position.

    Rows are written table by table in key order: two flushers of different shards cannot wait in a circle. Those of
    readers are written minute by minute, because what a minute has moved is what its figures say.

    :param given: is told what people gave, the first five hundred.
    :return: the posts that they are about.
    """
    post_ids = {entry.post_id for entry in entries}
    minutes = [(minute, _add_up(group).drop_nothing()) for minute, group in groupby(entries, lambda e: e.minute)]
    note_readers({reader for _, sums in minutes for _, reader in chain(sums.claps, sums.likes)})
    moves: dict[tuple[int, int], list[int]] = {}
    clappers: list[Pair] = []
    likers: list[Pair] = []
    for minute, sums in minutes:
        clap_moves = move_claps(sums.claps, turned=clappers)
        like_moves = move_likes(sums.likes, turned=likers)
        move_held(sums.held)
        for post_id in {*clap_moves, *like_moves, *sums.views}:
            claps, people = clap_moves.get(post_id, (0, 0))
            moves[post_id, minute] = [sums.views.get(post_id, 0), claps, people, like_moves.get(post_id, 0), 0]
    totals = _move_totals(moves)
    stir(clappers, likers)
    named = list(islice(_by_people(minutes), REACTIONS_NAMED))
    add_reactions(named)
    if given is not None:
        given += named
    # Last, because writers' rows are shared by all who write, and their webhooks' by all who have something to tell.
    writers = writers_of(post_id for post_id, _ in moves)
    add_readers({(post, minute): names for minute, sums in minutes for post, names in sums.viewers.items()}, writers)
    add_figures(moves, writers)
    gather_claps({post_id: (counts[1], counts[2]) for post_id, counts in totals.items()}, writers)
    return post_ids


def _by_people(minutes: Iterable[tuple[int, Sums]]) -> Iterator[Given]:
    for minute, sums in minutes:
        for kind, gifts in enumerate((sums.claps, sums.likes)):
            for (post_id, reader_id), count in gifts.items():
                if reader_id < GUEST_ID_LEAST:
                    yield Given(post_id, minute, kind, reader_id, count)


def _add_up(entries: Iterable[JournalEntry]) -> Sums:
    sums = Sums()
    for entry in entries:
        sums.add(entry)
    return sums


def _move_totals(moves: Moves) -> dict[int, list[int]]:
    totals: dict[int, list[int]] = {}
    for (post_id, _), counts in moves.items():
        before = totals.get(post_id)
        totals[post_id] = counts if before is None else [a + b for a, b in zip(before, counts, strict=True)]
    for post_id in sorted(totals):
        move_counts(post_id, dict(zip(POST_COUNTS, totals[post_id], strict=True)))
    return totals
