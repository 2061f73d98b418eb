"""Carries the journal into SQL, each entry exactly once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from claps.hot.journal import Journal
from claps.plain.changes import JournalEntry, Sums
from claps.plain.versions import epoch_text
from claps.store.bulk import Pair
from claps.store.claps import move_claps, move_likes
from claps.store.database import Database
from claps.store.journal_positions import Position, lock_position, set_position
from claps.store.posts import move_counts
from claps.store.readers import note_readers
from claps.store.stirred import stir


@dataclass(frozen=True, slots=True)
class Flushed:
    """What one turn carried over, and of which posts; ``fenced`` when the shard must be compared with SQL first."""

    entries: int = 0
    fenced: bool = False
    post_ids: frozenset[int] = frozenset()


def flush_all(
    database: Database,
    journal: Journal,
    *,
    reopen: Callable[[int], None] | None = None,
    moved: Callable[[set[int]], None] | None = None,
) -> int:
    """Carry every shard's journal into SQL until it is empty; return the number of entries.

    :param reopen: begins a new epoch of a shard that waits for one and has entries, and carries them over. Without
        it such shards are left alone until somebody reads or claps there.
    :param moved: is told at the end which posts' counts have moved.
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
            total += flushed.entries
            length -= flushed.entries
            if not flushed.entries:
                break
    if moved is not None and post_ids:
        moved(post_ids)
    return total


def flush_shard(database: Database, journal: Journal, shard: int) -> Flushed:
    """Carry a shard's next entries into SQL in one transaction; then trim them.

    The position's row is locked before the journal is read, so a second flusher reads after the first has
    committed and finds nothing. What is killed before COMMIT has changed nothing; after it, the position
    says so, and only the trimming is left to the next.
    """
    sums = Sums()

    def carry() -> tuple[Position, int, bool]:
        nonlocal sums
        sums = Sums()
        position = lock_position(database, shard)
        life = journal.life(shard)
        if not life.verified or life.epoch != epoch_text(position.epoch):
            return position, 0, True
        entries = journal.entries_after(shard, position.entry_id)
        if not entries:
            return position, 0, False
        sums = write_entries(entries)
        position = replace(position, entry_id=entries[-1].entry_id)
        set_position(position)
        return position, len(entries), False

    position, entries, fenced = database.transact(carry)
    if not fenced:
        journal.settle(shard, position.entry_id, sums.post_ids())
    return Flushed(entries, fenced, frozenset(sums.post_ids()))


def write_entries(entries: list[JournalEntry]) -> Sums:
    """Add journal entries to the rows they are about; call inside the transaction that moves the position.

    Rows are written table by table in key order: two flushers of different shards cannot wait in a circle.
    """
    sums = Sums()
    for entry in entries:
        sums.add(entry)
    claps = {pair: amount for pair, amount in sums.claps.items() if amount}
    likes = {pair: amount for pair, amount in sums.likes.items() if amount}
    note_readers({reader for _, reader in claps} | {reader for _, reader in likes})
    clappers: list[Pair] = []
    likers: list[Pair] = []
    clap_moves = move_claps(claps, turned=clappers)
    like_moves = move_likes(likes, turned=likers)
    for post_id in sorted(sums.post_ids()):
        moved, people = clap_moves.get(post_id, (0, 0))
        move_counts(
            post_id,
            {
                "claps": moved,
                "people": people,
                "likes": like_moves.get(post_id, 0),
                "views": sums.views.get(post_id, 0),
            },
        )
    stir(clappers, likers)
    return sums
